package upkeep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// What a comment above a query allows: -- drey:allow RULE: reason.
const (
	ReadsDeleted = "deleted" // reading or removing rows without a look at whether they are deleted
	LeavesOld    = "updated" // a change that sets neither updated_at nor version
)

// Rules are both of them, with what they are in words.
var Rules = []struct{ Name, Idle string }{
	{ReadsDeleted, "the query says which rows it means of every table whose rows are deleted softly, so nothing has to be allowed"},
	{LeavesOld, "the query sets what every change of a row sets, so nothing has to be allowed"},
}

// Check finds the tables that a query reads or writes and does not say of whether deleted
// rows are meant: it does not mention the column, in the SELECT or the statement that has
// the table. It also finds changes that leave the time of the change or the version as it
// was. Views are what their text says. The problems are by rule.
func (p *Plan) Check(s *schema.Schema, q *query.Query) map[string]diag.Problems {
	if p == nil {
		return nil
	}
	stmt, err := syntax.Parse(q.Text)
	if err != nil {
		return nil
	}
	w := &walker{plan: p, schema: s, query: q, found: map[string]diag.Problems{}, elsewhere: map[string]bool{}}
	w.node(stmt, nil)
	for _, m := range w.mentions {
		if name := m.kept.Deleted.Name; !m.said && !w.elsewhere[sqltext.Fold(name)] {
			w.problem(m.at, ReadsDeleted, "add "+m.name+"."+name+" IS NULL",
				"%s is %s without a look at %s, so deleted rows are among them", m.table, m.verb, name)
		}
	}
	return w.found
}

type walker struct {
	plan     *Plan
	schema   *schema.Schema
	query    *query.Query
	found    map[string]diag.Problems
	mentions []*mention
	// elsewhere has the columns that the query mentions as those of something else than a
	// table: of a subquery or a common table expression, which may have them from one.
	elsewhere map[string]bool
}

// mention is a table with soft delete in a query.
type mention struct {
	at    ast.Node
	table string
	name  string // the alias, or the table's name
	verb  string
	kept  Table
	said  bool // the query mentions its column
}

// frame is a SELECT or a statement, with what it reads.
type frame struct {
	outer   *frame
	sources []source
	ctes    []string
}

// source is what a FROM clause has. Without a table it is a subquery.
type source struct {
	name    string
	table   *schema.Table
	mention *mention // nil without soft delete
}

func (w *walker) problem(at ast.Node, rule, fix, format string, args ...any) {
	start, _ := syntax.Span(at)
	p := w.query.At(start)
	p.Msg, p.Fix = fmt.Sprintf(format, args...), fix+"; or say above the query why not: -- drey:allow "+rule+": reason"
	w.found[rule] = append(w.found[rule], p)
}

// node reads what is below a node.
func (w *walker) node(n ast.Node, f *frame) {
	switch n := n.(type) {
	case *ast.SelectStmt:
		f = &frame{outer: f}
		if n.With != nil {
			for _, c := range n.With.CTEs {
				f.ctes = append(f.ctes, c.Name.Name)
			}
		}
	case *ast.SelectQuery:
		f = &frame{outer: f}
		w.from(n.From, f)
	case *ast.UpdateStmt:
		f = w.statement(n.With, n.Table, n.Alias, n.From, "changed")
		w.sets(n.Table, n.Set)
	case *ast.DeleteStmt:
		f = w.statement(n.With, n.Table, n.Alias, nil, "removed from")
	case *ast.InsertStmt:
		f = &frame{}
		for _, up := range n.Upserts {
			if !up.DoNothing {
				f = w.statement(n.With, n.Table, n.Alias, nil, "changed")
				w.sets(n.Table, up.Set)
			}
		}
	case *ast.SetPair:
		for _, id := range n.Columns {
			w.refers(syntax.Column{Name: id.Name}, f)
		}
	case *ast.InExpr:
		if n.Table != nil && !n.HasArgs {
			w.add(&frame{outer: f}, n.Table, nil, "read")
		}
	}
	if x, ok := n.(ast.Expr); ok {
		if c, ok := syntax.ColumnOf(x); ok {
			w.refers(c, f)
			return
		}
	}
	for _, child := range n.Children() {
		if !isNil(child) {
			w.node(child, f)
		}
	}
}

func isNil(n ast.Node) bool {
	none := true
	ast.Walk(n, func(ast.Node) bool { none = false; return false })
	return none
}

func (w *walker) statement(with *ast.With, table *ast.QualifiedName, alias *ast.Ident, from []*ast.TableRef, verb string) *frame {
	f := &frame{}
	if with != nil {
		for _, c := range with.CTEs {
			f.ctes = append(f.ctes, c.Name.Name)
		}
	}
	w.add(f, table, alias, verb)
	w.from(from, f)
	return f
}

// from adds the tables of a FROM clause.
func (w *walker) from(list []*ast.TableRef, f *frame) {
	for _, t := range list {
		switch {
		case t.List != nil && t.Alias == nil:
			w.from(t.List, f)
		case t.Name != nil && !t.HasArgs && t.List == nil:
			w.add(f, t.Name, t.Alias, "read")
		default:
			f.sources = append(f.sources, source{name: syntax.Name(t.Alias)})
		}
	}
}

// add adds a table to a frame.
func (w *walker) add(f *frame, name *ast.QualifiedName, alias *ast.Ident, verb string) {
	src := source{name: name.Name.Name}
	if alias != nil {
		src.name = alias.Name
	}
	isCTE := false
	for at := f; at != nil && name.Schema == nil; at = at.outer {
		isCTE = isCTE || slices.ContainsFunc(at.ctes, func(cte string) bool { return sqltext.EqualFold(cte, name.Name.Name) })
	}
	if !isCTE {
		src.table = w.schema.Table(name.Name.Name)
	}
	if src.table != nil {
		if kept := w.plan.Of(src.table.Name); src.table.Kind == schema.KindTable && kept.Deleted != nil {
			src.mention = &mention{at: name, table: src.table.Name, name: src.name, verb: verb, kept: kept}
			w.mentions = append(w.mentions, src.mention)
		}
	}
	f.sources = append(f.sources, src)
}

// refers notes what a column is of.
func (w *walker) refers(c syntax.Column, f *frame) {
	for ; f != nil; f = f.outer {
		found := false
		for _, src := range f.sources {
			if c.Table != "" && !sqltext.EqualFold(c.Table, src.name) {
				continue
			}
			switch {
			case src.table == nil:
				found = found || c.Table != ""
				w.elsewhere[sqltext.Fold(c.Name)] = true
			case src.table.Column(c.Name) != nil:
				found = true
				if m := src.mention; m != nil && sqltext.EqualFold(m.kept.Deleted.Name, c.Name) {
					m.said = true
				}
			}
		}
		if found {
			return
		}
	}
}

// sets finds what every change sets and this one does not.
func (w *walker) sets(table *ast.QualifiedName, set []*ast.SetPair) {
	t := w.schema.Table(table.Name.Name)
	if t == nil {
		return
	}
	kept := w.plan.Of(t.Name)
	var names, fixes []string
	add := func(column, value string) {
		if !slices.ContainsFunc(set, func(s *ast.SetPair) bool {
			return slices.ContainsFunc(s.Columns, func(id *ast.Ident) bool { return sqltext.EqualFold(id.Name, column) })
		}) {
			names, fixes = append(names, column), append(fixes, column+" = "+value)
		}
	}
	if s := kept.Updated; s != nil {
		add(s.Name, s.Now)
	}
	if c := kept.Version; c != nil {
		add(c.Name, c.Name+" + 1")
	}
	if names != nil {
		w.problem(table, LeavesOld, "add "+strings.Join(fixes, ", "), "the query changes rows of %s, and leaves %s as it was", t.Name, strings.Join(names, " and "))
	}
}
