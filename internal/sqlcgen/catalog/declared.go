package catalog

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// declaration is how the CREATE statement of a table writes its names and
// types.
type declaration struct {
	name   string
	quoted map[string]bool   // by folded name: the column's name stands in quotes
	types  map[string]string // by folded name
}

// column spells a column's name.
func (d *declaration) column(name string) string {
	if d.quoted[sqltext.Fold(name)] {
		return name
	}
	return sqltext.Fold(name)
}

// constraints begin what follows a column's type.
var constraints = words("CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS")

// tableConstraints begin what follows the columns.
var tableConstraints = words("CONSTRAINT PRIMARY UNIQUE CHECK FOREIGN")

// declared reads the statement. A virtual table's arguments are what its module
// makes of them, often columns. A view's columns count as quoted where a name
// like theirs is.
func declared(t *schema.Table) *declaration {
	d := &declaration{quoted: map[string]bool{}, types: map[string]string{}}
	if t.Kind == schema.KindView {
		d.name = sqltext.Fold(t.Name)
		for _, tok := range sqltext.Significant(t.SQL) {
			if quoted(tok) {
				d.quoted[sqltext.Fold(tok.Name())] = true
			}
		}
		return d
	}
	head, items := split(t.SQL)
	for _, item := range items {
		if len(item) == 0 || item[0].Kind == sqltext.Word && tableConstraints[strings.ToUpper(item[0].Text)] {
			continue
		}
		name := sqltext.Fold(item[0].Name())
		d.quoted[name] = quoted(item[0])
		if t.Kind == schema.KindTable {
			d.types[name] = typeOf(item[1:])
		}
	}
	d.name = t.Name
	if !slices.ContainsFunc(head, quoted) || d.renamed(t.Name) {
		d.name = sqltext.Fold(t.Name)
	}
	return d
}

// renamed reports whether SQLite and not the user has put the table's name in
// quotes, as it does when a table is renamed. Who quotes a name that needs no
// quotes quotes columns as well.
func (d *declaration) renamed(name string) bool {
	for _, is := range d.quoted {
		if is {
			return false
		}
	}
	return isBare(name)
}

func quoted(tok sqltext.Token) bool { return tok.Kind == sqltext.Quoted }

// split cuts a CREATE TABLE into what stands before the parenthesis and the
// items within.
func split(sql string) (head []sqltext.Token, items [][]sqltext.Token) {
	depth := 0
	for _, tok := range sqltext.Significant(sql) {
		switch {
		case tok.Is("("):
			if depth++; depth == 1 {
				items = append(items, nil)
				continue
			}
		case tok.Is(")"):
			if depth--; depth == 0 {
				return head, items
			}
		case tok.Is(",") && depth == 1:
			items = append(items, nil)
			continue
		}
		if depth == 0 {
			head = append(head, tok)
			continue
		}
		items[len(items)-1] = append(items[len(items)-1], tok)
	}
	return head, items
}

func typeOf(tokens []sqltext.Token) string {
	var parts []string
	for _, tok := range tokens {
		if tok.Kind == sqltext.Word && constraints[strings.ToUpper(tok.Text)] {
			break
		}
		parts = append(parts, tok.Text)
	}
	return strings.Join(parts, " ")
}

// isBare reports whether a name could stand without quotes.
func isBare(name string) bool {
	tokens := sqltext.Tokens(name)
	return len(tokens) == 1 && tokens[0].Kind == sqltext.Word
}

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}
