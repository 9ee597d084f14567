package verify

import (
	"slices"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqltext"
	"github.com/dreysql/drey/internal/syntax"
)

// first is the offset of the first expression that is as asked for, -1 where
// there is none.
func (r *refused) first(is func(syntax.Expr) bool) int {
	found := -1
	syntax.Visit(r.tree, func(_ syntax.Clause, root syntax.Expr) {
		syntax.Walk(root, func(x syntax.Expr) bool {
			if found < 0 && is(x) {
				found, _ = x.Span()
			}
			return found < 0
		})
	})
	return found
}

// operator finds one of these.
func operator(ops ...string) func(*refused) int {
	return func(r *refused) int {
		return r.first(func(x syntax.Expr) bool {
			b, ok := x.(*syntax.Binary)
			return ok && slices.Contains(ops, b.Op)
		})
	}
}

func call(is func(*syntax.Call) bool) func(*refused) int {
	return func(r *refused) int {
		return r.first(func(x syntax.Expr) bool {
			c, ok := x.(*syntax.Call)
			return ok && is(c)
		})
	}
}

// theName accepts what sqlc's message names, at the place that it says.
func theName(is func(*refused) bool) func(*refused) int {
	return func(r *refused) int {
		if is(r) {
			return 0
		}
		return -1
	}
}

func hasParameters(r *refused) int {
	if len(r.written.params) == 0 {
		return -1
	}
	return 0
}

func isRowID(r *refused) bool {
	return slices.Contains([]string{"rowid", "oid", "_rowid_"}, fold(r.name))
}

// isRank accepts the hidden column rank of an FTS5 table in the statement, where
// nothing else is called so.
func isRank(r *refused) bool {
	if fold(r.name) != "rank" {
		return false
	}
	fts5 := false
	tokens := sqltext.Significant(r.rendered.sql)
	for i, tok := range tokens {
		if i > 0 && tokens[i-1].Is("AS") && fold(tok.Name()) == "rank" {
			return false
		}
		t := r.Schema.Table(tok.Name())
		fts5 = fts5 || t != nil && t.FTS5()
	}
	return fts5
}

func updateFrom(r *refused) int {
	if u, ok := r.tree.(*syntax.Update); ok && u.From != nil {
		return u.Set[0].Pos
	}
	return -1
}

func upserts(r *refused) int {
	if in, ok := r.tree.(*syntax.Insert); ok && len(in.Upserts) > 1 {
		return in.Upserts[1].Pos
	}
	return -1
}

func updateAlias(r *refused) int {
	if u, ok := r.tree.(*syntax.Update); ok && u.Table.Alias != "" {
		return u.Table.Pos
	}
	return -1
}

func withModify(r *refused) int {
	var with *syntax.With
	switch stmt := r.tree.(type) {
	case *syntax.Update:
		with = stmt.With
	case *syntax.Delete:
		with = stmt.With
	}
	if with == nil {
		return -1
	}
	return with.CTEs[0].Pos
}

func withInsert(r *refused) int {
	in, ok := r.tree.(*syntax.Insert)
	switch {
	case !ok:
	case in.With != nil:
		return in.With.CTEs[0].Pos
	case in.Rows != nil && in.Rows.With != nil:
		return in.Rows.With.CTEs[0].Pos
	}
	return -1
}

// ctes are all common table expressions at the top of a select.
func (r *refused) ctes() []*syntax.CTE {
	if sel, ok := r.tree.(*syntax.Select); ok && sel.With != nil {
		return sel.With.CTEs
	}
	return nil
}

func valuesCTE(r *refused) int {
	for _, c := range r.ctes() {
		if sel, ok := c.Body.(*syntax.Select); ok && sel.Cores[0].Values != nil {
			return c.Pos
		}
	}
	return -1
}

func namedCTE(r *refused) int {
	for _, c := range r.ctes() {
		if slices.ContainsFunc(c.Columns, func(name string) bool { return schema.EqualFold(name, r.name) }) {
			return c.Pos
		}
	}
	return -1
}

// parameterAlone: the result column of the name has a parameter that nothing
// gives a type.
func parameterAlone(r *refused) int {
	sel, ok := r.tree.(*syntax.Select)
	if !ok {
		return -1
	}
	for _, core := range sel.Cores {
		for _, c := range core.Columns {
			if c.Expr == nil || !schema.EqualFold(c.Alias, r.name) {
				continue
			}
			offset := -1
			syntax.Walk(c.Expr, func(x syntax.Expr) bool {
				if v, ok := x.(*syntax.Variable); ok && offset < 0 {
					offset = v.Start
				}
				return true
			})
			return offset
		}
	}
	return -1
}

func minusParameter(r *refused) int {
	return r.first(func(x syntax.Expr) bool {
		u, ok := x.(*syntax.Unary)
		if !ok || u.Op != "-" && u.Op != "~" {
			return false
		}
		_, ok = u.X.(*syntax.Variable)
		return ok
	})
}

func threeParts(r *refused) int {
	return r.first(func(x syntax.Expr) bool {
		c, ok := x.(*syntax.Column)
		return ok && c.Schema != ""
	})
}
