package policy

import (
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Tables tells whether a table that SQLite does not find is a mistake.
type Tables struct {
	names   []string        // of the schemas
	created map[string]bool // by the package itself, case-folded
	open    bool            // the package attaches databases, or creates tables by names that are not constant
}

// PackageTables reads the tables of the project, and those that a package creates. Its
// error is [ErrNoSchema].
func (p Project) PackageTables(info *types.Info) (*Tables, error) {
	names, err := p.Tables()
	if err != nil {
		return nil, err
	}
	t := &Tables{names: names, created: map[string]bool{}}
	for _, tv := range info.Types {
		if tv.Value != nil && tv.Value.Kind() == constant.String {
			t.read(constant.StringVal(tv.Value))
		}
	}
	return t, nil
}

var (
	creates  = regexp.MustCompile(`(?i)\bCREATE\s+(?:TEMP\w*\s+|VIRTUAL\s+)*(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:\w+\.)?["\[` + "`" + `]?(\w*)`)
	attaches = regexp.MustCompile(`(?i)^\s*ATTACH\b`)
)

func (t *Tables) read(text string) {
	if len(text) < len("ATTACH") {
		return
	}
	t.open = t.open || attaches.MatchString(text)
	for _, m := range creates.FindAllStringSubmatch(text, -1) {
		if m[1] == "" {
			t.open = true
		}
		t.created[sqltext.Fold(m[1])] = true
	}
}

// others are tables that tools create: their lists of migrations, and those of SQLite
// that not every build has.
var others = []string{
	"goose_db_version", "schema_migrations", "d1_migrations", "gorp_migrations", "atlas_schema_revisions",
	"dbstat", "bytecode", "tables_used", "generate_series", "carray", "fsdir", "_litestream_seq", "_litestream_lock",
}

// shadow matches the names of the tables that hold a virtual table's content.
var shadow = regexp.MustCompile(`^(.+)_(?:data|idx|content|docsize|config|node|parent|rowid|segments|segdir|stat)$`)

// Missing returns the table that a message of SQLite's about a statement is about,
// without its schema main. ok is false if the table may be there all the same:
// because a tool or the package itself creates it, because it is of another schema
// of the connection, or because it is a function.
func (t *Tables) Missing(msg, statement string) (name string, ok bool) {
	name, ok = strings.CutPrefix(msg, "no such table: ")
	if !ok {
		return "", false
	}
	if schema, table, qualified := strings.Cut(name, "."); qualified {
		if schema != "main" {
			return "", false
		}
		name = table
	}
	folded := sqltext.Fold(name)
	if t.created[folded] || t.Has(name) || slices.Contains(others, folded) || strings.HasPrefix(folded, "sqlite_") || strings.HasPrefix(folded, "pragma_") {
		return "", false
	}
	if m := shadow.FindStringSubmatch(folded); m != nil && t.created[m[1]] {
		return "", false
	}
	return name, !called(name, statement)
}

// Near returns the table that another one may be a slip for, or "".
func (t *Tables) Near(name string) string { return Nearest(name, t.names) }

// Open reports whether tables may be there that cannot be read from the package.
func (t *Tables) Open() bool { return t.open }

// Names lists the tables and views of the schemas.
func (t *Tables) Names() []string { return t.names }

// Has reports whether the schemas have a table or view.
func (t *Tables) Has(name string) bool {
	return slices.ContainsFunc(t.names, func(n string) bool { return sqltext.EqualFold(n, name) })
}

// called reports whether a statement uses a name as a table-valued function.
func called(name, statement string) bool {
	tokens := sqltext.Significant(statement)
	for i, tok := range tokens {
		if i > 0 && i+1 < len(tokens) && tok.Ident() && sqltext.EqualFold(tok.Name(), name) && tokens[i+1].Is("(") && !tokens[i-1].Is("INTO") {
			return true
		}
	}
	return false
}
