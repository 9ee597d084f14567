package crud

import (
	"strings"
	"unicode"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// quote quotes an identifier if SQLite or sqlc need it: keywords, capitals (sqlc lowers
// the case of bare names) and everything but letters, digits and underscores.
func quote(name string) string {
	if isPlain(name) && strings.ToLower(name) == name && !keywords[name] {
		return name
	}
	return sqltext.Quote(name)
}

// isPlain reports whether a name can stand in SQL without quotes, unless it is
// a keyword.
func isPlain(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || '9' < c) {
			return false
		}
	}
	return name != ""
}

// unreadable tells why sqlc cannot read the names of a table, or "". sqlc reads the
// text between double quotes as a Go string.
func unreadable(t *schema.Table) string {
	const reason = ` has a character that sqlc cannot read in a name (a double quote, a backslash, a control character)`
	odd := func(name string) bool {
		return name == "" || strings.ContainsFunc(name, func(r rune) bool { return r == '"' || r == '\\' || unicode.IsControl(r) })
	}
	if odd(t.Name) {
		return "its name" + reason
	}
	for _, c := range t.Columns {
		if odd(c.Name) {
			return "a column's name" + reason
		}
	}
	return ""
}

// readable reports whether sqlc can read a condition that SQLite takes, and a comment
// can have it.
func readable(condition string) bool {
	for t := range sqltext.All(condition) {
		if strings.Contains(t.Text, "\n") || t.Kind == sqltext.Word && sqltext.EqualFold(t.Text, "DISTINCT") ||
			(t.Kind == sqltext.Integer || t.Kind == sqltext.Float) && strings.Contains(t.Text, "_") {
			return false
		}
	}
	return true
}

// paramName makes a name for the parameters of a column. sqlc can read it, and it
// gives the same Go name as the column if possible.
func paramName(column string, rename map[string]string) string {
	if isPlain(column) {
		return column
	}
	if to := rename[column]; names.IsIdentifier(to) {
		return to
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, column)
	name = strings.Trim(name, "_")
	if name == "" || unicode.IsDigit([]rune(name)[0]) {
		return "c" + name
	}
	return name
}

// goLocals are the variables of sqlc's methods. A parameter that stands alone must
// not have one of these names.
var goLocals = set("ctx db q row rows err i items result arg query")

// keywords are SQLite's, and the additional words of sqlc's grammar.
var keywords = set(`abort action add after all alter always analyze and as asc attach autoincrement before begin
	between by cascade case cast check collate column commit conflict constraint create cross current current_date
	current_time current_timestamp database default deferrable deferred delete desc detach distinct do drop each else
	end escape except exclude exclusive exists explain fail filter first following for foreign from full generated
	glob group groups having if ignore immediate in index indexed initially inner insert instead intersect into is
	isnull join key last left like limit match materialized natural no not nothing notnull null nulls of offset on or
	order others outer over partition plan pragma preceding primary query raise range recursive references regexp
	reindex release rename replace restrict returning right rollback row rows savepoint select set table temp
	temporary then ties to transaction trigger unbounded union unique update using vacuum values view virtual when
	where window with without false lag lead ntile rank stored strict true`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
