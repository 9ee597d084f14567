package v131

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// declaration is how the CREATE statement of a table spells its names and types.
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

// declared reads the statement. The arguments of a virtual table are what its
// module makes of them, often columns. The columns of a view count as quoted if the
// statement quotes a name like theirs.
func declared(t *schema.Table) *declaration {
	d := &declaration{name: t.Name, quoted: map[string]bool{}, types: map[string]string{}}
	stmt, _ := syntax.Parse(t.SQL)
	switch create := stmt.(type) {
	case *ast.CreateViewStmt:
		d.name = sqltext.Fold(t.Name)
		ast.Walk(create, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && quoted(id) {
				d.quoted[sqltext.Fold(id.Name)] = true
			}
			return true
		})
		return d
	case *ast.CreateTableStmt:
		for _, def := range create.Columns {
			name := sqltext.Fold(def.Name.Name)
			d.quoted[name] = quoted(def.Name)
			d.types[name] = typeOf(def.Type)
		}
	case *ast.CreateVirtualTableStmt:
		for _, arg := range create.Args {
			if tokens := sqltext.Significant(arg); len(tokens) > 0 {
				d.quoted[sqltext.Fold(tokens[0].Name())] = tokens[0].Kind == sqltext.Quoted
			}
		}
	}
	if _, name := syntax.Created(stmt); name == nil || !quoted(name.Name) || d.renamed(t.Name) {
		d.name = sqltext.Fold(t.Name)
	}
	return d
}

// renamed reports whether SQLite and not the user has put the table's name in
// quotes, as it does when a table is renamed. A user who quotes a name without need
// also quotes the columns.
func (d *declaration) renamed(name string) bool {
	for _, is := range d.quoted {
		if is {
			return false
		}
	}
	return isBare(name)
}

func quoted(id *ast.Ident) bool { return id.Quote != ast.QuoteNone && id.Quote != ast.QuoteSingle }

// typeOf returns a type as it is declared, with one blank between its tokens.
func typeOf(t *ast.TypeName) string {
	if t == nil {
		return ""
	}
	var parts []string
	for _, tok := range sqltext.Significant(t.Raw) {
		parts = append(parts, tok.Text)
	}
	return strings.Join(parts, " ")
}

// isBare reports whether a name could stand without quotes.
func isBare(name string) bool {
	tokens := sqltext.Tokens(name)
	return len(tokens) == 1 && tokens[0].Kind == sqltext.Word
}
