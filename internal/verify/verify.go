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
//
// What certainly goes wrong for some rows or arguments is a problem; what is
// merely worth knowing (a column of type interface{}) is a warning. What cannot
// be told, a Go type from an override for one, is neither.
//
// [Explain] is for the opposite case, queries that SQLite accepts and sqlc does
// not.
package verify

import (
	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/query"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlcgen"
	"github.com/dreysql/drey/internal/sqlite"
)

// Input is a package that sqlc has generated, and what it was generated from.
type Input struct {
	Conn    *sqlite.Conn   // to the migrated database
	Schema  *schema.Schema // of that database
	Queries []*query.Query
	Package *sqlcgen.Package
	Names   names.Options // that the package was generated with

	// Where tells where a view was created, for messages; nil where nobody
	// knows.
	Where func(view string) (file string, line int)
	// Runtime is the name that a function of package runtime has in the package;
	// nil where it is its own.
	Runtime func(name string) string
}

// Package verifies all queries of a package, and the row types of its views.
// Both lists are sorted by position. The completions are what the package is to
// be completed with; problems and warnings are those of the completed package.
func Package(in Input) (problems, warnings diag.Problems, completions sqlcgen.Completions) {
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
	methods  map[string]*sqlcgen.Method
	models   map[*schema.Table]*sqlcgen.Struct // row types; nil for a table that has none
	reported map[string]bool                   // view columns, by "view.column"
	notes    []*note
	problems diag.Problems
	warnings diag.Problems

	completions sqlcgen.Completions
}

func newChecker(in Input) *checker {
	c := &checker{
		Input:    in,
		infer:    infer.New(in.Schema),
		methods:  map[string]*sqlcgen.Method{},
		models:   map[*schema.Table]*sqlcgen.Struct{},
		reported: map[string]bool{},
	}
	for _, m := range in.Package.Queries {
		c.methods[m.Name] = m
	}
	models := map[string]*sqlcgen.Struct{}
	for _, s := range in.Package.Models {
		models[s.Name] = s
	}
	for _, t := range in.Schema.Tables {
		if m := models[in.Names.Struct(t.Name)]; m != nil && len(m.Fields) == len(t.Columns) {
			c.models[t] = m
		}
	}
	return c
}

// checks are what every query goes through, in this order. Each builds on those
// before it: the first that reports false ends the query's.
var checks = []func(*subject) bool{
	(*subject).accepted,
	(*subject).generated,
	(*subject).sameText,
	(*subject).bound,
	(*subject).prepared,
	(*subject).command,
	(*subject).columns,
	(*subject).results,
	(*subject).arguments,
	(*subject).emptySlices,
	(*subject).nullCompares,
}

func (c *checker) query(q *query.Query) {
	s := newSubject(c, q)
	for _, check := range checks {
		if !check(s) {
			return
		}
	}
}
