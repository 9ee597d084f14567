package typedcolumns

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

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
	relations := map[string]relation{}
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
			if r, ok := readRelation(lit); ok {
				relations[spec.Names[0].Name] = r
			} else if name, fields := readFields(lit, relations); fields != nil {
				tables[name] = table{spec.Names[0].Name, fields}
			}
		}
	}
	return tables
}

// relation is what a source is in the database.
type relation struct {
	name    string
	columns []string
	query   bool // it is not a table
}

func readRelation(lit *ast.CompositeLit) (r relation, ok bool) {
	for _, e := range lit.Elts {
		kv, isKey := e.(*ast.KeyValueExpr)
		if !isKey {
			return r, false
		}
		key, isName := kv.Key.(*ast.Ident)
		if !isName {
			return r, false
		}
		switch value := kv.Value.(type) {
		case *ast.BasicLit:
			if key.Name == "Name" {
				r.name = unquoted(value)
			}
			r.query = r.query || key.Name == "With"
		case *ast.CompositeLit:
			if key.Name != "Columns" {
				continue
			}
			for _, column := range value.Elts {
				if text, ok := column.(*ast.BasicLit); ok {
					r.columns = append(r.columns, unquoted(text))
				}
			}
		}
	}
	return r, r.name != "" && r.columns != nil
}

// unquoted returns the name in a Go string with a quoted name, in lower case.
func unquoted(lit *ast.BasicLit) string {
	text, _ := strconv.Unquote(lit.Value)
	return sqltext.Fold(sqltext.Unquote(text))
}

// readFields reads the handles of a source's value. A column's field is made with
// the address of its relation and the column's number.
func readFields(lit *ast.CompositeLit, relations map[string]relation) (table string, fields map[string]string) {
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
			if err != nil || r.query || i >= len(r.columns) {
				return true
			}
			if fields == nil {
				table, fields = r.name, map[string]string{}
			}
			fields[r.columns[i]] = field.Name
			return true
		})
	}
	return table, fields
}
