package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// from adds the sources of a FROM clause to the scope, join by join, and returns
// those that it has added.
func (w *walker) from(s *scope, list []*ast.TableRef) []*source {
	var left []*source
	for _, t := range list {
		s.either = s.either || t.Join != nil && outerSides(t)&ast.JoinRight != 0
	}
	for _, t := range list {
		right := w.source(s, t)
		if t.Join != nil {
			w.join(s, t, left, right)
		}
		left = append(left, right...)
	}
	return left
}

// source adds one term of a FROM clause: a table, a subquery, or joins in
// parentheses.
func (w *walker) source(s *scope, t *ast.TableRef) []*source {
	sel := t.Select
	switch {
	case sel != nil:
	case t.List == nil:
		return s.add(w.table(s, t))
	case t.Alias == nil:
		return w.from(s, t.List)
	default: // joins with a name are a subquery of all their columns
		sel = &ast.SelectStmt{Cores: []ast.SelectCore{&ast.SelectQuery{Columns: []*ast.ResultColumn{{Expr: &ast.Star{}}}, From: t.List}}}
	}
	columns, ok := w.selectStmt(sel, &scope{outer: s.outer, ctes: s.ctes})
	return s.add(&source{name: syntax.Name(t.Alias), columns: columns, open: !ok})
}

func (s *scope) add(src *source) []*source {
	src.present = map[string]bool{}
	s.sources = append(s.sources, src)
	return []*source{src}
}

// join notes which side may be missing, and what the condition rules out. The
// condition sees both sides as they are when they match.
func (w *walker) join(s *scope, j *ast.TableRef, left, right []*source) {
	var held []ref
	if j.On != nil {
		w.expr(j.On, s, nil)
		held = rejects(j.On, s)
	}
	names := shared(j, left, right)
	for _, name := range names {
		held = append(held, s.compared(left, name)...)
		held = append(held, s.compared(right, name)...)
	}
	kind := outerSides(j)
	switch kind {
	case 0:
		require(held)
	case ast.JoinLeft:
		if w.promised(s, j, left, right) {
			require(held)
		} else {
			missing(right, held)
		}
	case ast.JoinRight:
		missing(left, held)
	default: // either side can stand alone if the condition is not met
		missing(left, nil)
		missing(right, nil)
	}
	if kind&ast.JoinRight != 0 {
		for _, name := range names {
			if s.merged == nil {
				s.merged = map[string]bool{}
			}
			s.merged[fold(name)] = true
		}
	}
}

// outerSides tells which side of a join stays in the result without a row of the
// other: ast.JoinLeft, ast.JoinRight, both for a FULL JOIN, or neither.
func outerSides(j *ast.TableRef) ast.JoinType {
	return j.Join.Type & (ast.JoinLeft | ast.JoinRight)
}

// missing marks a side of an outer join as one that can be without a row. What the
// join's condition ensures for that side holds whenever there is a row.
func missing(side []*source, held []ref) {
	j := &outerJoin{on: held}
	for _, src := range side {
		for _, r := range held {
			if r.src == src {
				src.present[r.name] = true
			}
		}
		src.missing = append(src.missing, j)
	}
}

// promised reports whether a foreign key promises a row on the right side of a LEFT
// JOIN for every row on the left.
func (w *walker) promised(s *scope, j *ast.TableRef, left, right []*source) bool {
	if j.Name == nil || j.HasArgs || j.On == nil || s.cte(j.Name.Name.Name) != nil {
		return false
	}
	parent := w.schema.Table(j.Name.Name.Name)
	return parent != nil && w.keyHolds(j.On, parent, &scope{sources: right}, &scope{sources: left})
}

// shared returns the columns that NATURAL or USING compare.
func shared(j *ast.TableRef, left, right []*source) []string {
	if j.Join.Type&ast.JoinNatural == 0 {
		return syntax.Names(j.Using)
	}
	var names []string
	for _, src := range right {
		for _, c := range src.columns {
			if len(having(left, c.Name)) > 0 {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// compared returns the column of a side of a join that NATURAL or USING compare:
// that of the first source that has it. With a RIGHT or FULL join it is the first
// of them that is not NULL, so it is not known which one.
func (s *scope) compared(side []*source, name string) []ref {
	found := having(side, name)
	if len(found) > 1 && s.either {
		return nil
	}
	return found[:min(1, len(found))]
}

func having(sources []*source, name string) []ref {
	var refs []ref
	for _, src := range sources {
		if _, ok := src.lookup(name); ok {
			refs = append(refs, ref{src, fold(name)})
		}
	}
	return refs
}

// require applies conditions that every row meets. The columns are not NULL, so the
// sources have a row. So the outer joins that could have left them out have found a
// row and met their own conditions.
func require(held []ref) {
	for len(held) > 0 {
		r := held[0]
		held = held[1:]
		if r.src == nil {
			continue
		}
		r.src.present[r.name] = true
		for _, j := range r.src.missing {
			if !j.matched {
				j.matched = true
				held = append(held, j.on...)
			}
		}
	}
}

// table returns the source for a name in a FROM clause.
func (w *walker) table(s *scope, t *ast.TableRef) *source {
	name := t.Name.Name.Name
	src := &source{name: name}
	if t.Alias != nil {
		src.name = t.Alias.Name
	}
	for _, arg := range t.Args {
		w.expr(arg, s, nil)
	}
	if t.HasArgs {
		src.columns, src.open = tableFunctions[fold(name)], true
		return src
	}
	if c := s.cte(name); c != nil && t.Name.Schema == nil {
		c.used = true
		src.columns, src.open = c.columns, !c.known
		return src
	}
	w.base(src, w.schema.Table(name))
	return src
}

// base fills in the columns of a table or view of the schema.
func (w *walker) base(src *source, t *schema.Table) {
	if t == nil {
		src.open = true
		return
	}
	if t.Kind == schema.KindView {
		src.columns = w.viewColumns(t)
		return
	}
	src.columns = make([]Column, len(t.Columns))
	for i := range t.Columns {
		c := &t.Columns[i]
		src.columns[i] = Column{Name: c.Name, Type: w.columnType(t, c)}
	}
	src.open = t.Kind == schema.KindVirtual
	src.rowid = !t.WithoutRowID
}

// tableFunctions are the columns of SQLite's built-in table-valued functions.
var tableFunctions = map[string][]Column{
	"json_each": jsonColumns,
	"json_tree": jsonColumns,
}

var jsonColumns = []Column{
	{Name: "key"}, {Name: "value"}, {Name: "atom"},
	{Name: "type", Type: Type{Class: Text, Null: NotNull}},
	{Name: "id", Type: Type{Class: Integer, Null: NotNull}},
	{Name: "parent", Type: Type{Class: Integer}},
	{Name: "fullkey", Type: Type{Class: Text, Null: NotNull}},
	{Name: "path", Type: Type{Class: Text, Null: NotNull}},
}
