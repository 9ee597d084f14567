package typedcolumns

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// table is one of the generated sources.
type table struct {
	source string            // the Go variable
	fields map[string]string // the handles by the columns' names, in lower case
}

// readTables reads which variable and which fields the tables have in the generated
// package, by their names in lower case. They are in the values of its variables,
// which are not part of the types.
func readTables(f *ast.File) map[string]table {
	tables := map[string]table{}
	relations := map[string]policy.Relation{}
	for _, d := range f.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.VAR {
			continue
		}
		for _, spec := range decl.Specs {
			spec := spec.(*ast.ValueSpec)
			if len(spec.Values) != 1 {
				continue
			}
			lit, ok := spec.Values[0].(*ast.CompositeLit)
			if !ok {
				continue
			}
			if r, ok := policy.ReadRelation(lit); ok {
				relations[spec.Names[0].Name] = r
			} else if name, fields := readFields(lit, relations); fields != nil {
				tables[name] = table{spec.Names[0].Name, fields}
			}
		}
	}
	return tables
}

// readFields reads the handles of a source's value. A column's field is made with
// the address of its relation and the column's number.
func readFields(lit *ast.CompositeLit, relations map[string]policy.Relation) (table string, fields map[string]string) {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		field, ok := kv.Key.(*ast.Ident)
		if !ok {
			continue
		}
		ast.Inspect(kv.Value, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			rows, ok := call.Args[0].(*ast.UnaryExpr)
			number, ok2 := call.Args[1].(*ast.BasicLit)
			if !ok || !ok2 {
				return true
			}
			r := relations[types.ExprString(rows.X)]
			i, err := strconv.Atoi(number.Value)
			if err != nil || r.Query || i >= len(r.Columns) {
				return true
			}
			if fields == nil {
				table, fields = folded(r.Name), map[string]string{}
			}
			fields[folded(r.Columns[i])] = field.Name
			return true
		})
	}
	return table, fields
}

// folded is a quoted name, in lower case.
func folded(quoted string) string { return sqltext.Fold(sqltext.Unquote(quoted)) }
