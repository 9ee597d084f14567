package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// places: predicates of callers can stand in each place that the query has for them,
// and narrow the rows of a table there.
func (s *subject) places() {
	if len(s.written.Places) == 0 {
		return
	}
	stmt, selects := s.tree.(*ast.SelectStmt)
	if s.q.Cmd != ":many" || !selects {
		s.problem(s.written.Places[0].Comment, "make it a SELECT that is :many, or remove the comment",
			"predicates of callers narrow the query of a source, and only a :many query that selects has one")
		return
	}
	var found []sqlc.Place
	for _, p := range s.written.Places {
		t := s.place(stmt, p)
		if t == nil || !s.narrowed(p, t) {
			return
		}
		for _, other := range found {
			if sqltext.EqualFold(other.Name, p.Name) && other.Table != t.Name {
				s.problem(p.Comment, "give one of them another alias",
					"%s is of %s here, and of %s in another place of the query: a predicate cannot be of both", p.Name, t.Name, other.Table)
				return
			}
		}
		found = append(found, sqlc.Place{Start: s.emittedAt(p.Start), Table: t.Name, Name: p.Name})
	}
	s.completions.Place(s.m.Name, found)
}

// place returns the table whose rows predicates in a place narrow, or nil after a
// problem.
func (s *subject) place(stmt *ast.SelectStmt, p query.Place) *schema.Table {
	at := s.emittedAt(p.Start)
	core, clause := placed(stmt, at)
	switch {
	case core == nil && clause == syntax.HavingClause:
		s.problem(p.Comment, "put it into WHERE, before GROUP BY; what the query gives is filtered by Where",
			"the place for predicates on %s stands in HAVING, above the aggregates: its rows are gone there", p.Name)
		return nil
	case core == nil:
		where := "does not stand in a WHERE, an ON or a FILTER"
		if clause == syntax.WhereClause || clause == syntax.OnClause {
			where = "is a part of another condition than AND and OR"
		}
		s.problem(p.Comment, "write WHERE /* drey:where "+p.Name+" */ TRUE, with AND or OR between it and other conditions",
			"the place for predicates on %s %s, so they would not say which rows the query reads", p.Name, where)
		return nil
	}
	from := read(nil, core.From)
	i := slices.IndexFunc(from, func(t *ast.TableRef) bool { return sqltext.EqualFold(called(t), p.Name) })
	if i < 0 {
		var names []string
		for _, t := range from {
			names = append(names, called(t))
		}
		s.problem(p.Comment, "name what the FROM beside it has: "+strings.Join(names, ", "),
			"there is no %s in the FROM of this SELECT", p.Name)
		return nil
	}
	t := s.Schema.Table(syntax.Name(name(from[i])))
	hides := hiding(stmt, at)
	switch {
	case from[i].Name == nil || from[i].HasArgs || t == nil || from[i].Name.Schema == nil && hides[fold(t.Name)] != nil:
		s.problem(p.Comment, "put the place into the SELECT that reads the table",
			"%s is not a table or view of the schema, so there are no predicates on it", p.Name)
		return nil
	case strings.Contains(p.Name, "'"):
		s.problem(p.Comment, "give it another alias", "drey's own subqueries have such names: %s", p.Name)
		return nil
	}
	for _, t := range s.Schema.Tables {
		if cte := hides[fold(t.Name)]; cte != nil {
			s.problem(s.origin(cte.Name.Pos()), "give the common table expression another name",
				"it hides the %s %s from subqueries in the predicates of callers", kinds[t.Kind], t.Name)
			return nil
		}
	}
	return t
}

var kinds = map[schema.Kind]string{schema.KindTable: "table", schema.KindVirtual: "table", schema.KindView: "view"}

// name returns the name of the table that a part of FROM reads, nil for a subquery.
func name(t *ast.TableRef) *ast.Ident {
	if t.Name == nil {
		return nil
	}
	return t.Name.Name
}

// called returns what a query calls a part of its FROM.
func called(t *ast.TableRef) string {
	if t.Alias != nil {
		return t.Alias.Name
	}
	return syntax.Name(name(t))
}

// read appends the parts of a FROM that have names.
func read(to, from []*ast.TableRef) []*ast.TableRef {
	for _, t := range from {
		if t.Alias == nil && t.Name == nil {
			to = read(to, t.List)
		} else {
			to = append(to, t)
		}
	}
	return to
}

// placed returns the SELECT in whose WHERE, ON or FILTER the TRUE at an offset is a
// condition, by itself or beside AND or OR, so that predicates there narrow rows that
// the SELECT reads. It returns nil for a TRUE anywhere else, and the clause.
func placed(stmt *ast.SelectStmt, at int) (core *ast.SelectQuery, clause syntax.Clause) {
	ast.Walk(stmt, func(n ast.Node) bool {
		if c, ok := n.(*ast.SelectQuery); ok && core == nil && slices.ContainsFunc(conditions(c), func(x ast.Expr) bool { return within(x, at) }) {
			core = c
		}
		return core == nil
	})
	syntax.Visit(stmt, func(c syntax.Clause, root ast.Expr) {
		syntax.Walk(root, func(x ast.Expr) bool {
			if x.Pos() == at {
				clause = c
			}
			return true
		})
	})
	return core, clause
}

// conditions are what a SELECT compares the rows with that it reads.
func conditions(c *ast.SelectQuery) []ast.Expr {
	list := on([]ast.Expr{c.Where}, c.From)
	filters := func(x ast.Expr) bool {
		if call, ok := x.(*ast.FuncCall); ok && call.Filter != nil {
			list = append(list, call.Filter)
		}
		return true
	}
	for _, rc := range c.Columns {
		if syntax.Star(rc) == nil {
			syntax.Walk(rc.Expr, filters)
		}
	}
	syntax.Walk(c.Having, filters)
	for _, x := range syntax.Ordered(c.OrderBy) {
		syntax.Walk(x, filters)
	}
	return list
}

func on(list []ast.Expr, from []*ast.TableRef) []ast.Expr {
	for _, t := range from {
		list = on(append(list, t.On), t.List)
	}
	return list
}

// within reports whether the TRUE at an offset is x, or one of what AND and OR make it
// of.
func within(x ast.Expr, at int) bool {
	if b, ok := x.(*ast.BinaryExpr); ok && (b.Op == ast.OpAnd || b.Op == ast.OpOr) {
		return within(b.X, at) || within(b.Y, at)
	}
	if x == nil || x.Pos() != at {
		return false
	}
	value, ok := syntax.Bool(x)
	return ok && value
}

// hiding returns the common table expressions that may be named at an offset, by name.
func hiding(stmt *ast.SelectStmt, at int) map[string]*ast.CTE {
	list := map[string]*ast.CTE{}
	ast.Walk(stmt, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectStmt); ok && sel.With != nil && sel.Pos() <= at && at < sel.End() {
			for _, c := range sel.With.CTEs {
				list[fold(c.Name.Name)] = c
			}
		}
		return true
	})
	return list
}

// narrowed: SQLite takes a predicate on every column of the table in a place.
func (s *subject) narrowed(p query.Place, t *schema.Table) bool {
	var columns []string
	for _, c := range t.Columns {
		columns = append(columns, sqltext.Quote(p.Name)+"."+sqltext.Quote(c.Name))
	}
	at, sql := s.emittedAt(p.Start), s.emitted.sql
	_, err := s.Conn.Describe(fmt.Sprintf("%s(0 IN (%s))%s", sql[:at], strings.Join(columns, ", "), sql[at+len("TRUE"):]))
	if err != nil {
		s.problem(p.Comment, "put the place where the columns of "+p.Name+" can be named",
			"SQLite refuses a predicate on %s here: %v", p.Name, err).Err = err
	}
	return err == nil
}

// emittedAt maps the offset of an item in the author's text to one in the emitted SQL.
func (s *subject) emittedAt(offset int) int {
	for i := range s.emitted.pairs {
		if s.emitted.pairs[i].item.Start == offset {
			return s.emitted.pairs[i].start
		}
	}
	return -1
}
