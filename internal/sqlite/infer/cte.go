package infer

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// with returns a scope that knows the common table expressions.
func (w *walker) with(with *ast.With, outer *scope) *scope {
	ctx := &scope{outer: outer}
	if with == nil {
		return ctx
	}
	for _, c := range with.CTEs {
		ctx.ctes = append(ctx.ctes, w.cte(c, ctx))
	}
	return ctx
}

func (w *walker) cte(c *ast.CTE, ctx *scope) *cte {
	sel := c.Select
	if len(sel.Cores) == 1 {
		columns, known := w.selectStmt(sel, ctx)
		return named(c, columns, known)
	}
	// It may be recursive; SQLite only sees that in its parts. So infer the others
	// with the first one's columns for the table itself, and trust what comes out
	// the same.
	inner := w.with(sel.With, ctx)
	first, _, known := w.core(sel.Cores[0], inner)
	self := named(c, first, known)
	inner = &scope{outer: inner, ctes: []*cte{self}}
	columns, rest := w.compound(sel, first, inner)
	for i := range columns {
		if !self.used {
			break
		}
		if columns[i].Type.Class != first[i].Type.Class {
			columns[i].Type.Class = Unknown
		}
		if columns[i].Type.null() != first[i].Type.null() {
			columns[i].Type = columns[i].Type.unsure()
		}
	}
	_, limit := syntax.Tail(sel)
	w.limit(limit, inner)
	return named(c, columns, known && rest)
}

func named(c *ast.CTE, columns []Column, known bool) *cte {
	columns = slices.Clone(columns)
	if len(c.Columns) == len(columns) {
		for i := range columns {
			columns[i].Name = c.Columns[i].Name
		}
	}
	return &cte{name: c.Name.Name, columns: columns, known: known}
}
