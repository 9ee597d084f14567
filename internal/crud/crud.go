// Package crud writes the queries that every table needs: from a schema, it makes
// one file of sqlc queries for each table.
//
//	get     GetLink by primary key, GetLinkBySlug by each unique key
//	list    ListLinks, ListLinksByUserID by each foreign key, both in the order of the primary key
//	count   CountLinks
//	create  CreateLink
//	update  UpdateLink by primary key
//	upsert  UpsertLink by primary key, UpsertLinkBySlug by each further unique key and partial unique index
//	delete  DeleteLink by primary key
//
// Views and virtual tables do not get queries: SQLite does not say what can be
// written to them, and what identifies a row. A table without a primary key only
// gets the queries that do not need one. A partial unique index is a key of the rows
// that its condition holds for, and gets an upsert; those over expressions, or under a
// condition that sqlc cannot read, do not count. A table that is called excluded does not
// get an upsert: in its DO UPDATE excluded would be the old row.
//
// # Columns that may be left out
//
// Create takes every column but generated ones. A column with a default may be left
// out and then gets it. So may a rowid alias, unless it is a foreign key; SQLite
// then counts it up. Update may leave out every column, which then stays as it is.
// Upsert inserts as create does, with a rowid alias only if it is the key. On a row
// that exists already it writes every column that was given. It keeps the key, the
// primary key, and columns with a default that were left out.
//
// A parameter that is nil, or not valid, leaves its column out:
//
//	title = COALESCE(sqlc.narg('title'), title)
//
// A second parameter makes a column NULL that would otherwise stay or get its
// default:
//
//	note = COALESCE(sqlc.narg('note'), CASE WHEN CAST(@set_note AS BOOLEAN) THEN NULL ELSE note END)
//
// A value counts whether or not that parameter is true: values are never ignored.
//
// sqlc gives such a parameter the type that an override names. That type may not
// have a value that stands for "left out", or none for NULL. [Options.Optional] is told
// about these parameters, so that they become pointers.
//
// If the other parameters of a Create stand alone, without a struct, it does not
// take the rowid alias: that would change its signature. A second query does:
// CreateTagWithID.
//
// # Tenants
//
// Where a column says whose a row is, get, list, count, update and delete compare it with a
// parameter, and create takes it always. Update and upsert do not change it. An upsert of a
// key that another tenant's row has leaves that row alone and returns none.
//
// # What RETURNING returns
//
// The row as the statement left it. AFTER triggers run later, so what they
// change in the row is not in it.
package crud

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/upkeep"
)

// Options tell what to write. The zero value writes everything, with sqlc's default
// names.
type Options struct {
	Names names.Options

	// Skip lists by table what not to write: operations ("upsert"), queries
	// ("GetLinkBySlug") or "all". The table "*" stands for every table.
	Skip map[string][]string

	// Written are the queries that people have written. A written query with the
	// name of a generated one takes its place.
	Written []*query.Query

	// Positional is the largest number of parameters that a method has without a struct
	// for them, sqlc's query_parameter_limit. Nil means sqlc's own default, 1.
	Positional *int

	// Tenants are the columns that say whose a row is, by table. Every query of
	// such a table takes the tenant and stays with its rows.
	Tenants map[string]string

	// Upkeep has the columns that the queries keep up themselves. It may be nil.
	Upkeep *upkeep.Plan

	// Optional, if set, is told about each parameter that may be left out, or NULL.
	Optional func(Optional)

	// Raises, if set, is told the name of each query whose error the runtime's Raised
	// has to read.
	Raises func(query string)

	// Config is the file that Names come from, and Line is where the block begins
	// in it, for messages.
	Config string
	Line   int
}

// Optional is a parameter of a generated query that may be left out, or NULL. Its
// Go type must have a value for that.
type Optional struct {
	Query, Param  string // Param is the name that the query writes
	Table, Column string
	OnlyNull      bool // it may be NULL, and cannot be left out
}

// Generate returns the files by their name in the crud folder, and warnings about
// what it left out because sqlc cannot read it. The error is [diag.Problems]: a
// table without a Go name of its own. [CheckSkip] finds names in Skip that do not
// exist.
func Generate(s *schema.Schema, o Options) (files map[string]string, warnings diag.Problems, err error) {
	g := newGenerator(s, o)
	for _, q := range o.Written {
		g.written[Constant(q.Name)] = q
	}
	var tables []*table
	for _, t := range s.Tables {
		if t.Kind != schema.KindTable {
			continue
		}
		if reason := unreadable(t); reason != "" {
			if !g.named(t.Name, all) {
				g.warn(t, reason)
			}
			continue
		}
		tables = append(tables, g.newTable(t))
	}
	g.tables = tables
	g.checkRowTypes(tables)

	files = map[string]string{}
	file := fileNames{}
	for _, t := range tables {
		name := file.of(t.Name)
		if content := g.file(t); content != "" {
			files[name] = content
		}
	}
	g.problems.Sort()
	return files, g.warnings, g.problems.Err()
}

// generator is one run.
type generator struct {
	Options
	spelling sqlc.Spelling
	written  map[string]*query.Query // by constant
	owner    map[string]*table       // by constant of what has been generated
	tables   []*table
	warnings diag.Problems
	problems diag.Problems
}

func newGenerator(s *schema.Schema, o Options) *generator {
	return &generator{Options: o, spelling: sqlc.NewSpelling(s), written: map[string]*query.Query{}, owner: map[string]*table{}}
}

// statement is one generated query.
type statement struct {
	Op   string // as in Skip
	Name string
	Cmd  string
	Doc  string // what the query does; its lines become the Go method's comment
	SQL  string

	optional []*column // their parameters may be left out
	nulls    []*column // they may be NULL
	raises   bool      // it raises an error of the runtime's
}

// Constant returns the name of the Go constant of a query's SQL. Two queries cannot
// share one: sqlc lowers the first letter.
func Constant(query string) string {
	first, size := utf8.DecodeRuneInString(query)
	return string(unicode.ToLower(first)) + query[size:]
}

// file returns the content of a table's file, or "".
func (g *generator) file(t *table) string {
	var b strings.Builder
	var notes []string
	taken := map[*table][]string{}
	for _, q := range t.statements() {
		if g.skips(t, q) {
			continue
		}
		if w := g.written[Constant(q.Name)]; w != nil {
			notes = append(notes, fmt.Sprintf("-- %s is written by hand, in %s.\n", q.Name, w.File))
			continue
		}
		if other := g.owner[Constant(q.Name)]; other != nil {
			if other.row != t.row { // that is a problem already
				taken[other] = append(taken[other], q.Name)
			}
			continue
		}
		g.owner[Constant(q.Name)] = t
		if g.Optional != nil {
			for _, c := range q.optional {
				g.Optional(Optional{q.Name, c.param, t.Name, c.Name, false})
			}
			for _, c := range q.nulls {
				g.Optional(Optional{q.Name, c.param, t.Name, c.Name, true})
			}
		}
		if q.raises && g.Raises != nil {
			g.Raises(q.Name)
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "-- name: %s %s\n", q.Name, q.Cmd)
		for line := range strings.Lines(q.Doc) {
			b.WriteString("-- " + line)
		}
		fmt.Fprintf(&b, "\n%s;\n", q.SQL)
	}
	for _, other := range g.tables {
		if taken[other] != nil {
			g.collisions(t, taken[other], other)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	if notes != nil {
		b.WriteString("\n" + strings.Join(notes, ""))
	}
	return query.Header + "\n" + b.String() // sqlc takes it for a part of the first query's comment, so no blank line follows
}

// checkRowTypes finds tables and columns for which sqlc does not have a Go name,
// and tables that get the same one.
func (g *generator) checkRowTypes(tables []*table) {
	first := map[string]*table{}
	for _, t := range tables {
		for _, c := range t.columns {
			if c.field == "" {
				name := g.spelling.Of(c.Name)
				g.problem(fmt.Sprintf("sqlc makes no Go name of the column %q of %s", name, t.Name),
					fmt.Sprintf("name its field under gen.go: rename: {%q: SomeName}", name))
			}
		}
		if t.row == "" {
			g.problem(fmt.Sprintf("sqlc makes no Go name of the table %q", t.Name),
				fmt.Sprintf("name its row type under gen.go: rename: {%q: SomeName}", g.renameKey(t)))
			continue
		}
		other := first[t.row]
		if other == nil {
			first[t.row] = t
			continue
		}
		g.problem(fmt.Sprintf("the tables %s and %s both become the Go type %s", other.Name, t.Name, t.row),
			fmt.Sprintf("rename one of them under gen.go: rename: {%q: %sRow}", g.renameKey(t), t.row))
	}
}

func (g *generator) renameKey(t *table) string { return g.Names.RenameKey(g.spelling.Of(t.Name)) }

// collisions warns about queries of a table that have the name of another table's.
func (g *generator) collisions(t *table, queries []string, owner *table) {
	g.warnings = append(g.warnings, &diag.Problem{
		File: g.Config, Line: g.Line,
		Msg: fmt.Sprintf("table %q has no generated %s: table %q has queries of those names", t.Name, strings.Join(queries, ", "), owner.Name),
		Fix: fmt.Sprintf("name a row type under gen.go.rename, or say that they are not needed, in options.drey.crud: skip: {%q: [%s]}",
			t.Name, strings.Join(queries, ", ")),
	})
}

func (g *generator) problem(msg, fix string) {
	g.problems = append(g.problems, &diag.Problem{File: g.Config, Line: g.Line, Msg: msg, Fix: fix})
}

func (g *generator) warn(t *schema.Table, reason string) {
	g.warnings = append(g.warnings, &diag.Problem{
		File: g.Config, Line: g.Line,
		Msg: fmt.Sprintf("table %q has no CRUD queries: %s", t.Name, reason),
		Fix: fmt.Sprintf("give it another name in a migration, or say that it needs none in options.drey.crud: skip: {%q: all}", t.Name),
	})
}
