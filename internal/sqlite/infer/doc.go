// Package infer says what the result columns of a SQLite statement can hold and
// what its parameters are compared with or assigned to.
//
// SQLite tells the declared type of a result column that is a table's column, and
// nothing about any other. This package works out the rest from the statement's
// tree and the schema: storage classes of expressions, and whether NULL can come
// from a nullable column, from the far side of an outer join, from an aggregate or
// a subquery over no rows. It knows that a WHERE clause or a join condition can
// rule out NULL. So can the schema: a CHECK that says so, a CASE with a condition
// for each value that a CHECK lists, a LEFT JOIN along a foreign key that is NOT
// NULL.
//
// Its results can be relied on: what it does not know for certain it reports as
// unknown, never as a guess. Two things it does not consider: that a column holds
// something else than its declared type, as an INTEGER column of a table that is
// not STRICT can hold text, and that a calculation with integers needs more than 64
// bits, which makes it a REAL.
package infer

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Column is a result column.
type Column struct {
	Name     string
	Type     Type
	Pos, End int // byte offsets of its text, or of the star that stands for it
}

// Result is what is known about a statement.
type Result struct {
	Columns []Column // nil if the statement does not return rows, or if the columns are not known
	Uses    []Use    // of parameters, by occurrence

	Comparisons []Comparison // without those inside of views
}

// Analyzer infers over one schema. It is not safe for concurrent use.
type Analyzer struct {
	schema *schema.Schema
	views  map[*schema.Table][]Column
	checks map[*schema.Table]*checks.Table
}

// New returns an analyzer for a schema.
func New(s *schema.Schema) *Analyzer {
	return &Analyzer{schema: s, views: map[*schema.Table][]Column{}, checks: map[*schema.Table]*checks.Table{}}
}

// Analyze infers over one statement. It never fails: an unknown table or column
// makes types unknown.
func (a *Analyzer) Analyze(stmt ast.Stmt) *Result {
	w := &walker{Analyzer: a, uses: map[*ast.BindParam]Use{}}
	columns, ok := w.statement(stmt)
	if !ok {
		columns = nil
	}
	return &Result{Columns: columns, Uses: w.sortedUses(), Comparisons: w.comparisons}
}

// walker is the state of one analysis.
type walker struct {
	*Analyzer
	uses        map[*ast.BindParam]Use
	comparisons []Comparison
}

// viewColumns infers over the select of a view.
func (a *Analyzer) viewColumns(t *schema.Table) []Column {
	if columns, ok := a.views[t]; ok {
		return columns
	}
	a.views[t] = untyped(t) // a view that refers to itself ends here
	view := t.View()
	if view == nil {
		return a.views[t]
	}
	w := &walker{Analyzer: a, uses: map[*ast.BindParam]Use{}}
	if columns, ok := w.selectStmt(view.Select, nil); ok && len(columns) == len(t.Columns) {
		for i := range columns {
			columns[i].Name = t.Columns[i].Name
			columns[i].Type.View = t.Name + "." + t.Columns[i].Name
		}
		a.views[t] = columns
	}
	return a.views[t]
}

func untyped(t *schema.Table) []Column {
	columns := make([]Column, len(t.Columns))
	for i := range columns {
		columns[i].Name = t.Columns[i].Name
	}
	return columns
}

func fold(name string) string { return sqltext.Fold(name) }
