// Package tenant finds the queries that leave the tenant open: those that read or write
// rows of a table with tenants, and do not say of which tenant.
//
// A mention of such a table says it if its column of the tenant is compared by = with a
// parameter, or with a column that equals one: in the WHERE, or in the ON of a join, at the
// top level of AND. The ON of a LEFT JOIN says it of the right side alone, as that side's
// rows are the ones that it chooses. An INSERT says it by the parameter that it stores. A
// foreign key does not say it: nothing holds both of its rows to one tenant.
//
// A view, a common table expression or a subquery of a FROM clause may leave the tenant
// open if one of its columns is the tenant of all the rows that it has read. Then it is
// like a table with tenants. A subquery of an expression may be compared with the query
// around it.
//
// Triggers are not looked at, nor what ON DELETE CASCADE does.
package tenant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Checker checks queries over one schema. It is not safe for concurrent use.
type Checker struct {
	schema  *schema.Schema
	columns map[string]string // of tables, as [Columns] has them
	views   map[*schema.Table]*rows
}

// New returns a checker for the columns that say whose a row is, by table.
func New(s *schema.Schema, columns map[string]string) *Checker {
	return &Checker{schema: s, columns: columns, views: map[*schema.Table]*rows{}}
}

// Sources returns the columns that say whose a row is, by table and by view. It is "" for a
// view that mixes the rows of tenants.
func (c *Checker) Sources() map[string]string {
	if len(c.columns) == 0 {
		return nil
	}
	sources := map[string]string{}
	for _, t := range c.schema.Tables {
		if column, ok := c.columns[t.Name]; ok {
			sources[t.Name] = column
			continue
		}
		if t.Kind != schema.KindView {
			continue
		}
		v := c.view(t)
		switch {
		case v.open == nil:
		case len(v.keys) == 0:
			sources[t.Name] = ""
		default:
			sources[t.Name] = v.columns[v.keys[0]].name
		}
	}
	return sources
}

// Replacing returns the tables with tenants that delete the row that has a key already,
// whose tenant it may be, by ON CONFLICT REPLACE in their declaration.
func (c *Checker) Replacing() (tables []*schema.Table) {
	for _, t := range c.schema.Tables {
		column, create := c.columns[t.Name], t.Create()
		if column == "" || create == nil {
			continue
		}
		replaces := false
		for _, con := range create.Constraints {
			own := slices.ContainsFunc(con.Columns, func(term *ast.OrderingTerm) bool {
				key, ok := syntax.ColumnOf(term.Expr)
				return ok && sqltext.EqualFold(key.Name, column)
			})
			replaces = replaces || con.OnConflict == ast.ConflictReplace && con.Kind != ast.TableCheck && !own
		}
		for _, def := range create.Columns {
			for _, con := range def.Constraints {
				key := con.Kind == ast.ColumnPrimaryKey || con.Kind == ast.ColumnUnique
				replaces = replaces || key && con.OnConflict == ast.ConflictReplace && !sqltext.EqualFold(def.Name.Name, column)
			}
		}
		if replaces {
			tables = append(tables, t)
		}
	}
	return tables
}

// Check returns what of a query leaves the tenant open, in the order of its text. A
// comment of the query may allow it; that is the caller's business.
func (c *Checker) Check(q *query.Query) diag.Problems {
	if len(c.columns) == 0 {
		return nil
	}
	w := &walker{Checker: c}
	if stmt, err := syntax.Parse(q.Text); err == nil {
		w.statement(stmt)
	} else {
		w.unreadable(q.Text)
	}
	slices.SortStableFunc(w.faults, func(a, b fault) int { return a.at - b.at })
	var problems diag.Problems
	for i, f := range w.faults {
		if i > 0 && f == w.faults[i-1] {
			continue
		}
		p := q.At(f.at)
		p.Msg, p.Fix = f.msg, f.fix+"; or say above the query why it may: "+Allow+"reason"
		problems = append(problems, p)
	}
	return problems
}

// Params returns the parameters of a statement that say whose its rows are, by their
// offsets in its text.
func (c *Checker) Params(text string) map[int]bool {
	stmt, err := syntax.Parse(text)
	if c == nil || err != nil {
		return nil
	}
	w := &walker{Checker: c}
	w.statement(stmt)
	found := map[int]bool{}
	for _, p := range w.params {
		start, _ := syntax.Span(p)
		found[start] = true
	}
	return found
}

// Rule is what a comment above a query allows, and Allow is how the comment begins.
const (
	Rule  = "tenant"
	Allow = "-- drey:allow " + Rule + ": "
)

// walker is the state of one statement.
type walker struct {
	*Checker
	faults []fault
	params []*ast.BindParam // that say a tenant
}

// unsaid returns the mentions of a frame whose tenant nothing says, and notes the parameters
// that say one.
func (w *walker) unsaid(f *frame) []mention {
	w.params = append(w.params, f.said()...)
	return f.unsaid(f.reached())
}

// fault is a place that leaves the tenant open.
type fault struct {
	at       int
	msg, fix string
}

// mention is a table or view whose rows a statement reads or writes.
type mention struct {
	at     int
	table  string
	alias  string
	column string // that says whose a row is, "" for a view that mixes them
}

// report reports what is left open.
func (w *walker) report(open []mention, verb string) {
	for _, m := range open {
		w.faults = append(w.faults, m.fault(verb))
	}
}

func (m mention) fault(verb string) fault {
	if m.column == "" {
		return fault{m.at, fmt.Sprintf("%s mixes the rows of tenants, and no column of it says whose a row is", m.table),
			"have it select the column that says it, of every table with tenants, and group by it where it groups"}
	}
	column := label(m.alias) + "." + label(m.column)
	return fault{m.at, fmt.Sprintf("rows of %s are %s without their tenant, so of every %s", m.table, verb, m.column),
		fmt.Sprintf("compare %s = @%s in WHERE, or in the ON of its join", column, param(m.column))}
}

// label returns a name as SQL has it.
func label(name string) string {
	if names.IsIdentifier(name) {
		return name
	}
	return sqltext.Quote(name)
}

// param returns a name for the parameter that a column is compared with.
func param(column string) string {
	if names.IsIdentifier(column) {
		return strings.ToLower(column)
	}
	return "tenant"
}

// unreadable reports the tables of a statement that only SQLite can read.
func (w *walker) unreadable(text string) {
	for _, t := range sqltext.Significant(text) {
		if table := w.schema.Table(t.Name()); table != nil && w.base(table, table.Name, t.Start).open != nil {
			w.faults = append(w.faults, fault{t.Start, fmt.Sprintf("drey cannot read whose rows of %s these are", table.Name), "write the query in another way"})
		}
	}
}

func (w *walker) statement(stmt ast.Stmt) {
	switch s := stmt.(type) {
	case *ast.SelectStmt:
		w.report(w.selectStmt(s, nil).open, "read")
	case *ast.InsertStmt:
		w.insert(s)
	case *ast.UpdateStmt:
		w.update(s)
	case *ast.DeleteStmt:
		w.delete(s)
	}
}
