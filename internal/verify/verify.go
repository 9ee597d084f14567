// Package verify compares every query with the Go that sqlc has made of it, on the
// migrated database.
//
// sqlc does not run SQLite. It reads queries with a grammar and a type checker of
// its own. Where these fall short it is often silent, and generates Go that
// compiles and does the wrong thing. So verify checks for each query:
//
//   - SQLite prepares it as its author wrote it. It is an error if SQLite refuses it.
//   - The SQL that sqlc emitted is the author's, token by token, except for the
//     parameters, sqlc's macros and the stars that it replaces.
//   - Each parameter is bound to the argument that it should have, also when a
//     sqlc.slice has zero, one, two or three elements. An argument that sqlc left
//     out of the Go function is an error.
//   - Each result column goes to the right field, and the field's Go type can hold
//     what the column can be: its storage class, and NULL (see package infer).
//   - Each parameter's Go type fits the column that it is compared with or
//     assigned to.
//   - What is compared with a time or a date has the same form (see package sqltime).
//
// Sometimes it is known what a column can be, but sqlc's type does not hold it, or
// sqlc does not have a type. Then the package is completed with a type that does
// (see [sqlc.Package.Complete]): int64 for SUM of integers, a pointer or one of
// database/sql's types for what may be NULL, the name that RETURNING gives a
// column. An override of sqlc.yaml wins.
//
// What certainly goes wrong for some rows or arguments is a problem. What is only
// worth knowing (a column of type interface{}) is a warning. What cannot be known,
// such as a Go type from an override, is neither.
//
// [Explain] is for the opposite case: queries that SQLite accepts and sqlc does
// not.
package verify

import (
	"errors"
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Input is a package that sqlc has generated, and what it was generated from.
type Input struct {
	Conn    *sqlite.Conn   // to the migrated database
	Schema  *schema.Schema // of that database
	Queries []*query.Query
	Package *sqlc.Package
	Names   names.Options // that the package was generated with

	// Where tells where a view was created, for messages. It is nil if that is not
	// known.
	Where func(view string) (file string, line int)
	// PointersForNull: what may be NULL is a pointer in Go, instead of one of
	// database/sql's types.
	PointersForNull bool
	JSONTags        names.JSONTags
	// Overridden reports whether sqlc.yaml gives the Go type of a column. It is nil
	// if sqlc.yaml does not do that for any column.
	Overridden func(table, column string) bool
	// Runtime returns the name that a function of package runtime has in the
	// package. It is nil if the function keeps its own name.
	Runtime func(name string) string
	// Held are queries that are known to hold. It may be nil.
	Held *Held
	// Tenants returns the parameters of a statement that say whose its rows are, by their
	// offsets. It is nil if no table has tenants.
	Tenants func(sql string) map[int]bool
	// Untyped: the Go types are not those that the project will have, so they are
	// not checked.
	Untyped bool
}

// Refused returns the problems of queries that SQLite does not prepare. The input
// does not need a Package.
func Refused(in Input) diag.Problems {
	c := &checker{Input: in}
	for _, q := range in.Queries {
		if !in.Held.isPrepared(q) && newSubject(c, q).accepted() {
			in.Held.addPrepared(q)
		}
	}
	c.problems.Sort()
	return c.problems
}

// ErrDiffers: SQLite and what sqlc has generated of a query differ. Problems that do not
// have another cause wrap it.
var ErrDiffers = errors.New("SQLite and the Go of sqlc differ")

// Package verifies all queries of a package, and the row types of its tables and views. Both
// lists are sorted by position. The completions are the changes to make in the
// package; problems and warnings are those of the package after them.
func Package(in Input) (problems, warnings diag.Problems, completions sqlc.Completions) {
	c := newChecker(in)
	c.tables()
	c.views()
	for _, q := range in.Queries {
		c.heldOr(q, func() { c.query(q) })
	}
	c.unread()
	c.reportNotes()
	for _, p := range c.problems {
		if p.Err == nil {
			p.Err = ErrDiffers
		}
	}
	c.problems.Sort()
	c.warnings.Sort()
	return c.problems, c.warnings, c.completions
}

// checker is the state of one run.
type checker struct {
	Input
	infer    *infer.Analyzer
	methods  map[string]*sqlc.Method
	models   map[*schema.Table]*sqlc.Struct // row types; nil for a table without one
	reported map[string]bool                // view columns, by "view.column"
	notes    []*note
	noted    int    // how often
	head     string // see common
	problems diag.Problems
	warnings diag.Problems

	completions sqlc.Completions
}

func newChecker(in Input) *checker {
	c := &checker{
		Input:    in,
		infer:    infer.New(in.Schema),
		methods:  map[string]*sqlc.Method{},
		models:   map[*schema.Table]*sqlc.Struct{},
		reported: map[string]bool{},
	}
	for _, m := range in.Package.Queries {
		c.methods[m.Name] = m
	}
	models := map[string]*sqlc.Struct{}
	for _, s := range in.Package.Models {
		models[s.Name] = s
	}
	spelling := sqlc.NewSpelling(in.Schema)
	for _, t := range in.Schema.Tables {
		if m := models[in.Names.Struct(spelling.Of(t.Name))]; m != nil && len(m.Fields) == len(t.Columns) {
			c.models[t] = &sqlc.Struct{Name: m.Name, Fields: slices.Clone(m.Fields)}
		}
	}
	return c
}

// query checks a query. If a check fails, the checks that build on it are left out.
// All others still run, so that the query's faults are reported at once.
func (c *checker) query(q *query.Query) {
	s := newSubject(c, q)
	if !s.accepted() || !s.generated() || !s.sameText() {
		return
	}
	s.unbound = !s.bound()
	if !s.prepared() {
		return
	}
	s.command()
	if s.columns() && !c.Untyped {
		s.results()
	}
	if !c.Untyped {
		s.arguments()
		s.times()
		s.nullCompares()
	}
	s.emptySlices()
	s.looseSlices()
	s.places()
}
