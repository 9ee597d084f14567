package nativesql

import (
	"go/ast"
	"go/types"

	"github.com/dreysql/drey/internal/lint/fragment"
)

// handed is the fact that what other packages give to a function, or assign to a field,
// gets into a query.
type handed struct {
	Takings []fragment.Taking
}

func (*handed) AFact() {}

func (*handed) String() string { return "makes a query of what it is given" }

// exportHanded says what other packages hand in of the queries of a package, but for whole
// queries: see wrapper.
func (c *checker) exportHanded(calls []checker) {
	if m := c.pass.Module; m == nil || m.Path == "" || m.Version != "" {
		return // it belongs to a library, which is not looked at
	}
	takings := fragment.Takings{}
	for _, call := range calls {
		if call.generated || call.arg < 0 {
			continue
		}
		query := call.call.Args[call.arg]
		if _, constant := c.flow.Occurring(query); constant {
			continue
		}
		for _, p := range fragment.Places(c.flow, query, "", "") {
			if sourced.MatchString(p.Before + p.After) {
				takings.Add(p.Handed, p.Before, p.After, 0)
			}
		}
	}
	takings.Export(c.pass.Pkg, func(obj types.Object, list []fragment.Taking) { c.pass.ExportObjectFact(obj, &handed{list}) })
}

// hands prepares the queries that another package makes of what a node gives to it.
func (c *checker) hands(n ast.Node) {
	for _, g := range fragment.GivenAt(c.pass.TypesInfo, n, func(obj types.Object) []fragment.Taking {
		var fact handed
		if obj.Pkg() == nil || obj.Pkg() == c.pass.Pkg || !c.pass.ImportObjectFact(obj, &fact) {
			return nil
		}
		return fact.Takings
	}) {
		for _, t := range g.Texts(c.flow, "", "") {
			if len(t.Constants()) > 0 {
				c.prepare(g.Expr, t, false, false)
			}
		}
	}
}
