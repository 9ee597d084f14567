package tenant

import (
	"slices"
	"strconv"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// view returns the rows of a view.
func (c *Checker) view(t *schema.Table) *rows {
	if r, ok := c.views[t]; ok {
		return r
	}
	mixed := &rows{open: []mention{{table: t.Name}}}
	for _, c := range t.Columns {
		mixed.columns = append(mixed.columns, column{name: c.Name})
	}
	c.views[t] = mixed // as is one that cannot be read
	view := t.View()
	if view == nil {
		return mixed
	}
	w := &walker{Checker: c}
	r := w.selectStmt(view.Select, nil)
	if r.unlisted || len(r.columns) != len(t.Columns) {
		if r.open == nil {
			mixed.open = nil
		}
		return mixed
	}
	r = r.called(nil)
	for i := range r.columns {
		r.columns[i].name = t.Columns[i].Name
	}
	c.views[t] = r
	return r
}

// called returns a copy of the rows with other names for the columns, if there are any.
func (r *rows) called(names []string) *rows {
	n := *r
	n.columns = slices.Clone(r.columns)
	if len(names) == len(n.columns) {
		for i := range names {
			n.columns[i].name = names[i]
		}
	}
	return &n
}

// base returns the rows of a table or view that a statement mentions.
func (w *walker) base(t *schema.Table, alias string, at int) *rows {
	m := mention{at: at, table: t.Name, alias: alias}
	if t.Kind == schema.KindView {
		r := *w.view(t)
		if r.open != nil {
			if len(r.keys) > 0 {
				m.column = r.columns[r.keys[0]].name
			}
			r.open = []mention{m}
		}
		return &r
	}
	r := &rows{unlisted: t.Kind == schema.KindVirtual}
	for i := range t.Columns {
		r.columns = append(r.columns, column{name: t.Columns[i].Name, of: &t.Columns[i]})
	}
	if m.column = w.columns[t.Name]; m.column != "" {
		r.open, r.keys = []mention{m}, []int{r.column(m.column)}
	}
	return r
}

// table returns the rows that a name means.
func (w *walker) table(name *ast.QualifiedName, alias *ast.Ident, in *ctes) *source {
	src := &source{name: name.Name.Name}
	if alias != nil {
		src.name = alias.Name
	}
	if name.Schema == nil {
		for c := in; c != nil; c = c.outer {
			if sqltext.EqualFold(c.name, name.Name.Name) {
				src.rows = c.rows
				return src
			}
		}
	}
	if t := w.schema.Table(name.Name.Name); t != nil {
		at, _ := syntax.Span(name)
		src.rows = w.base(t, src.name, at)
	} else {
		src.rows = &rows{unlisted: true} // one of SQLite's own
	}
	return src
}

// selectStmt reads a SELECT that stands for itself.
func (w *walker) selectStmt(sel *ast.SelectStmt, in *ctes) *rows {
	in = w.with(sel.With, in)
	return w.compound(sel.Cores, in)
}

// compound reads the parts of a SELECT.
func (w *walker) compound(cores []ast.SelectCore, in *ctes) *rows {
	whole := w.core(cores[0], in)
	for _, core := range cores[1:] {
		whole = whole.and(w.core(core, in))
	}
	return whole
}

// and returns the rows of both. A column of it is what it is in both.
func (r *rows) and(more *rows) *rows {
	both := r.called(nil)
	if len(r.columns) != len(more.columns) {
		both.unlisted = true
		both.columns = nil
	}
	for i := range both.columns {
		c, other := &both.columns[i], more.columns[i]
		c.fixed, c.params = c.fixed && other.fixed, slices.Concat(c.params, other.params)
		if c.of != nil && (other.of == nil || !alike(c.of, other.of)) {
			c.of = nil
		}
	}
	both.unlisted = both.unlisted || more.unlisted
	both.open = slices.Concat(r.open, more.open)
	switch {
	case both.unlisted:
		both.keys = nil
	case r.open == nil:
		both.keys = more.keys
	case more.open != nil:
		both.keys = slices.DeleteFunc(slices.Clone(r.keys), func(col int) bool { return !slices.Contains(more.keys, col) })
	}
	return both
}

// with reads the common table expressions of a statement.
func (w *walker) with(with *ast.With, in *ctes) *ctes {
	if with == nil {
		return in
	}
	for _, c := range with.CTEs {
		in = &ctes{c.Name.Name, w.cte(c, in), in}
	}
	return in
}

// cte reads a common table expression. What it says of itself, if it is recursive, has to
// hold of the rows that it begins with, and of those that it adds if it holds of those
// before.
func (w *walker) cte(c *ast.CTE, in *ctes) *rows {
	sel, names := c.Select, syntax.Names(c.Columns)
	in = w.with(sel.With, in)
	if len(sel.Cores) == 1 {
		return w.core(sel.Cores[0], in).called(names)
	}
	self := w.core(sel.Cores[0], in).called(names)
	for {
		whole := w.compound(sel.Cores, &ctes{c.Name.Name, self, in}).called(names)
		if whole.unlisted || whole.says(self) {
			return whole
		}
		self = whole
	}
}

// says reports whether the rows say as much as others.
func (r *rows) says(as *rows) bool {
	return len(r.keys) == len(as.keys) && (r.open == nil) == (as.open == nil) &&
		slices.EqualFunc(r.columns, as.columns, func(a, b column) bool { return a.fixed == b.fixed && (a.of == nil) == (b.of == nil) })
}

// core reads one SELECT or VALUES.
func (w *walker) core(core ast.SelectCore, in *ctes) *rows {
	s := &scope{frame: newFrame(), ctes: in}
	r := &rows{}
	q, ok := core.(*ast.SelectQuery)
	if !ok {
		r = w.values(core.(*ast.ValuesClause), s)
		r.open = w.unsaid(s.frame)
		return r
	}
	w.query(q, s)
	results, known := s.results(q)
	reached := s.reached()
	for _, res := range results {
		c := column{name: res.name, fixed: res.param, params: res.bound}
		if res.is {
			c.of, c.fixed = res.ref.column().of, reached[res.ref]
		}
		r.columns = append(r.columns, c)
	}
	r.unlisted = !known
	if r.open = w.unsaid(s.frame); r.open == nil || q.Limit != nil || !known {
		return r
	}
	for i, res := range results {
		if res.is && s.apart(q, results, res.ref) && s.unsaid(s.reached(res.ref)) == nil {
			r.keys = append(r.keys, i)
		}
	}
	return r
}

// values reads VALUES.
func (w *walker) values(v *ast.ValuesClause, s *scope) *rows {
	r := &rows{}
	for n, row := range v.Rows {
		for i, x := range row {
			w.expr(x, s)
			if n == 0 {
				r.columns = append(r.columns, column{name: "column" + strconv.Itoa(i+1), fixed: true})
			}
			c := &r.columns[i]
			c.fixed, c.params = c.fixed && isParam(x), append(c.params, bound(x)...)
		}
	}
	return r
}

// query reads all of a SELECT but what its columns are.
func (w *walker) query(q *ast.SelectQuery, s *scope) {
	w.from(q.From, s)
	s.holds(q.Where, nil)
	w.expr(q.Where, s)
	for _, c := range q.Columns {
		if syntax.Star(c) == nil {
			w.expr(c.Expr, s)
		}
	}
	for _, x := range q.GroupBy {
		w.expr(x, s)
	}
	w.expr(q.Having, s)
	for _, win := range q.Windows {
		for _, x := range syntax.WindowExprs(win) {
			w.expr(x, s)
		}
	}
	for _, x := range syntax.Ordered(q.OrderBy) {
		w.expr(x, s)
	}
	w.limit(q.Limit, s)
}

func (w *walker) limit(l *ast.Limit, s *scope) {
	if l != nil {
		w.expr(l.Count, s)
		w.expr(l.Offset, s)
	}
}

// from reads a FROM clause, join by join, and returns its sources.
func (w *walker) from(list []*ast.TableRef, s *scope) []*source {
	var left []*source
	for _, t := range list {
		right := w.item(t, s)
		if t.Join != nil {
			w.join(t, s, left, right)
		} else if t.On != nil { // the first item of a list in parentheses does not have one
			w.expr(t.On, s)
		}
		left = append(left, right...)
	}
	return left
}

// item reads one item of a FROM clause.
func (w *walker) item(t *ast.TableRef, s *scope) []*source {
	sel := t.Select
	switch {
	case t.HasArgs:
		for _, x := range t.Args {
			w.expr(x, s)
		}
		name := t.Name.Name.Name
		if t.Alias != nil {
			name = t.Alias.Name
		}
		return s.add(&source{name: name, rows: &rows{unlisted: true}})
	case sel != nil:
	case t.List == nil:
		return s.add(w.table(t.Name, t.Alias, s.ctes))
	case t.Alias == nil:
		return w.from(t.List, s)
	default: // joins with a name are a subquery of all their columns
		sel = &ast.SelectStmt{Cores: []ast.SelectCore{&ast.SelectQuery{Columns: []*ast.ResultColumn{{Expr: &ast.Star{}}}, From: t.List}}}
	}
	return s.add(&source{name: syntax.Name(t.Alias), rows: w.selectStmt(sel, s.ctes)})
}

// join notes what the condition of a join says of the rows that it chooses.
func (w *walker) join(t *ast.TableRef, s *scope, left, right []*source) {
	only := slices.Concat(left, right)
	forLeft, forRight := true, true
	switch t.Join.Type & (ast.JoinLeft | ast.JoinRight) {
	case ast.JoinLeft:
		only, forLeft = right, false
	case ast.JoinRight:
		only, forRight, s.either = left, false, true
	case ast.JoinLeft | ast.JoinRight:
		only, forLeft, forRight, s.either = []*source{}, false, false, true
	}
	s.holds(t.On, only)
	w.expr(t.On, s)
	names := syntax.Names(t.Using)
	if t.Join.Type&ast.JoinNatural != 0 {
		names = nil
		for _, src := range right {
			for _, c := range src.rows.columns {
				names = append(names, c.name)
			}
		}
	}
	l, r := &scope{sources: left}, &scope{sources: right}
	for _, name := range names {
		a, unsure := l.find(syntax.Column{Name: name})
		b, too := r.find(syntax.Column{Name: name})
		if len(a) == 0 || len(b) == 0 {
			continue
		}
		if b[0].src.hidden == nil {
			b[0].src.hidden = map[int]bool{}
		}
		b[0].src.hidden[b[0].col] = true
		if unsure || too || s.either && len(a) > 1 {
			continue
		}
		s.same(a[0], b[0], forLeft, forRight)
	}
}

// expr reads the subqueries of an expression.
func (w *walker) expr(x ast.Expr, s *scope) {
	syntax.Walk(x, func(x ast.Expr) bool {
		if sel := syntax.Subselect(x); sel != nil {
			w.nested(sel, s)
		}
		if in, ok := x.(*ast.InExpr); ok && in.Table != nil && !in.HasArgs {
			all := w.table(in.Table, nil, s.ctes)
			if all.rows.open != nil { // all of its rows, whatever they are compared with
				s.open = append(s.open, &source{name: all.name, rows: &rows{open: all.rows.open}})
			}
		}
		return true
	})
}

// nested reads a subquery of an expression, which may be compared with the query around.
func (w *walker) nested(sel *ast.SelectStmt, outer *scope) {
	in := w.with(sel.With, outer.ctes)
	for _, core := range sel.Cores {
		s := &scope{frame: outer.frame, outer: outer, ctes: in}
		if q, ok := core.(*ast.SelectQuery); ok {
			w.query(q, s)
		} else {
			w.values(core.(*ast.ValuesClause), s)
		}
	}
}

// result is a result column.
type result struct {
	name  string
	ref   ref
	is    bool // it is the column ref
	param bool // it is a parameter
	bound []*ast.BindParam
}

// results returns the result columns of a SELECT. It reports false if they are not known.
func (s *scope) results(q *ast.SelectQuery) (list []result, known bool) {
	known = true
	for _, c := range q.Columns {
		star := syntax.Star(c)
		if star == nil {
			res := result{name: syntax.Name(c.Alias), param: isParam(c.Expr), bound: bound(c.Expr)}
			res.ref, _, res.is = s.resolve(c.Expr)
			if column, ok := syntax.ColumnOf(c.Expr); ok && res.name == "" {
				res.name = column.Name
			}
			list = append(list, res)
			continue
		}
		for _, src := range s.sources {
			if star.Table != nil && !sqltext.EqualFold(star.Table.Name, src.name) {
				continue
			}
			known = known && !src.rows.unlisted
			for i, c := range src.rows.columns {
				if star.Table == nil && src.hidden[i] {
					continue
				}
				list = append(list, result{name: c.name, ref: ref{src, i}, is: !s.either || star.Table != nil})
			}
		}
	}
	return list, known
}

// apart reports whether each row of the result is made of rows that have one value of the
// column, and the windows as well.
func (s *scope) apart(q *ast.SelectQuery, results []result, r ref) bool {
	among := func(list []ast.Expr) bool {
		return slices.ContainsFunc(list, func(x ast.Expr) bool {
			if n, ok := x.(*ast.Literal); ok && n.Kind == ast.LitInteger {
				i, err := strconv.Atoi(n.Value)
				return err == nil && i >= 1 && i <= len(results) && results[i-1].is && results[i-1].ref == r
			}
			found, own, ok := s.resolve(x)
			return ok && own && found == r
		})
	}
	if q.GroupBy != nil && !among(q.GroupBy) {
		return false
	}
	ok := true
	look := func(x ast.Expr) {
		syntax.Walk(x, func(x ast.Expr) bool {
			call, isCall := x.(*ast.FuncCall)
			switch {
			case !isCall:
			case call.Over != nil:
				ok = ok && among(partition(q, call.Over))
			case infer.IsAggregate(call) || call.Star || call.Distinct || call.Filter != nil:
				ok = ok && q.GroupBy != nil
			}
			return ok
		})
	}
	for _, c := range q.Columns {
		look(c.Expr)
	}
	for _, x := range syntax.Ordered(q.OrderBy) {
		look(x)
	}
	return ok && (q.Having == nil || q.GroupBy != nil)
}

// partition returns what a window is partitioned by, itself or by the name of another.
func partition(q *ast.SelectQuery, over *ast.WindowDef) []ast.Expr {
	list := slices.Clone(over.Partition)
	for _, name := range []*ast.Ident{over.Base, over.Name} {
		for _, win := range q.Windows {
			if name != nil && win != over && sqltext.EqualFold(win.Name.Name, name.Name) {
				list = append(list, partition(q, win)...)
			}
		}
	}
	return list
}
