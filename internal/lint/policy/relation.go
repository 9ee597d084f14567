package policy

import (
	"go/ast"
	"strconv"
	"strings"
)

// Relation is what a source of a generated package reads from.
type Relation struct {
	Name    string   // quoted
	Columns []string // quoted
	Query   bool     // it is a query of sql/
}

// From is what SQL reads its rows from, with no rows of a query.
func (r Relation) From() string {
	if !r.Query {
		return r.Name
	}
	return "(SELECT NULL AS " + strings.Join(r.Columns, ", NULL AS ") + ") AS " + r.Name
}

// ReadRelation reads the value of a generated variable. It reports false if that is of
// another type.
func ReadRelation(lit *ast.CompositeLit) (r Relation, ok bool) {
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
				r.Name, _ = strconv.Unquote(value.Value)
			}
			r.Query = r.Query || key.Name == "With"
		case *ast.CompositeLit:
			if key.Name != "Columns" {
				continue
			}
			for _, column := range value.Elts {
				if text, ok := column.(*ast.BasicLit); ok {
					name, _ := strconv.Unquote(text.Value)
					r.Columns = append(r.Columns, name)
				}
			}
		}
	}
	return r, r.Name != "" && r.Columns != nil
}

// Relations are what the sources of a generated package read from, by the names of their
// markers.
func (g *Generated) Relations() (map[string]Relation, error) {
	f, err := g.Sources()
	if err != nil {
		return nil, err
	}
	relations, found := map[string]Relation{}, map[string]Relation{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if len(n.Values) == 1 {
				if lit, ok := n.Values[0].(*ast.CompositeLit); ok {
					if r, ok := ReadRelation(lit); ok {
						relations[n.Names[0].Name] = r
					}
				}
			}
		case *ast.CallExpr: // drey.NewQuery[LinksSource](&rowsLinks, …)
			of, ok := n.Fun.(*ast.IndexExpr)
			if !ok || len(n.Args) == 0 {
				return true
			}
			marker, ok := of.Index.(*ast.Ident)
			rows, ok2 := n.Args[0].(*ast.UnaryExpr)
			if !ok || !ok2 {
				return true
			}
			if name, ok := rows.X.(*ast.Ident); ok && relations[name.Name].Name != "" {
				found[marker.Name] = relations[name.Name]
			}
		}
		return true
	})
	return found, nil
}
