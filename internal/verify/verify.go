// Package verify compares every query with the Go that sqlc has made of it, on
// the migrated database.
//
// sqlc does not run SQLite. It reads queries with a grammar and a type checker of
// its own, and where these fall short it often says nothing and generates Go that
// compiles and does the wrong thing. So, for each query:
//
//   - SQLite prepares it as its author wrote it: what SQLite refuses is an error.
//   - The SQL that sqlc emitted is the author's, token by token, but for the
//     parameters, sqlc's macros and the stars that it replaces.
//   - Each parameter is bound to the argument that it is meant to have, also when
//     a sqlc.slice has no, one, two or three elements. An argument that sqlc left
//     out of the Go function is an error.
//   - Each result column goes to the field that it is meant for, and the field's
//     Go type can hold what the column can be: its storage class, and NULL (see
//     package infer).
//   - Each parameter's Go type fits the column that it is compared with or
//     assigned to.
//   - What a time or a date is compared with has its form (see package sqltime).
//
// Where it is known what a column can be, and sqlc has a type that does not hold
// it or none at all, the package is completed with one that does (see
// [sqlc.Package.Complete]): int64 for SUM of integers, a pointer or one of
// database/sql's types where NULL can come, the name that RETURNING gives a
// column. An override of sqlc.yaml wins.
//
// What certainly goes wrong for some rows or arguments, though, is a problem; what
// is merely worth knowing (a column of type interface{}) is a warning. What cannot
// be told, a Go type from an override for one, is neither.
//
// [Explain] is for the opposite case, queries that SQLite accepts and sqlc does
// not.
package verify

import (
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

	// Where tells where a view was created, for messages; nil where nobody
	// knows.
	Where func(view string) (file string, line int)
	// PointersForNull: what may be NULL is a pointer in Go, and not one of
	// database/sql's types.
	PointersForNull bool
	JSONTags        names.JSONTags
	// Overridden reports whether sqlc.yaml gives the Go type of a column; nil
	// where it gives none.
	Overridden func(table, column string) bool
	// Runtime is the name that a function of package runtime has in the package;
	// nil where it is its own.
	Runtime func(name string) string
	// Untyped: the Go types are not those that the project means, so nothing is
	// said of them.
	Untyped bool
}

// Refused are the queries that SQLite does not prepare. The input needs no
// Package.
func Refused(in Input) diag.Problems {
	c := &checker{Input: in}
	for _, q := range in.Queries {
		newSubject(c, q).accepted()
	}
	c.problems.Sort()
	return c.problems
}

// Package verifies all queries of a package, and the row types of its views.
// Both lists are sorted by position. The completions are what the package is to
// be completed with; problems and warnings are those of the completed package.
func Package(in Input) (problems, warnings diag.Problems, completions sqlc.Completions) {
	c := newChecker(in)
	c.views()
	for _, q := range in.Queries {
		c.query(q)
	}
	c.reportNotes()
	c.problems.Sort()
	c.warnings.Sort()
	return c.problems, c.warnings, c.completions
}

// checker is the state of one run.
type checker struct {
	Input
	infer    *infer.Analyzer
	methods  map[string]*sqlc.Method
	models   map[*schema.Table]*sqlc.Struct // row types; nil for a table that has none
	reported map[string]bool                // view columns, by "view.column"
	notes    []*note
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

// query checks a query. A check that builds on another is left out where that
// fails; all others have their say, so that the query's faults come at once.
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
}
