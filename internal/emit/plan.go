// Package emit writes drey's own files of a generated package: drey_sources.go, a
// typed source for each table, view and query; drey_client.go, a client with both
// halves; drey_sqlite.go, which opens a file; drey_migrations.go, the migrations in
// the statements that goose ran; and drey_d1.go and drey_rqlite.go if those engines are asked for. It also writes
// the runtime, the package that all of these use.
//
// Row types, field names and scans come from sqlc's output, so overrides and
// renames of sqlc.yaml apply here without further code. Only the schema tells which
// columns there are, and which may be NULL if the Go type does not say it.
package emit

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
	"github.com/dreysql/drey/internal/upkeep"
)

// The files that drey writes besides sqlc's.
const (
	ClientFile     = "drey_client.go"
	EngineFile     = "drey_sqlite.go"
	D1File         = "drey_d1.go"
	RqliteFile     = "drey_rqlite.go"
	MigrationsFile = "drey_migrations.go"
)

// embeddedOnly is the build constraint of files that need the embedded driver.
const embeddedOnly = "!js"

// Input is what a package is generated from.
type Input struct {
	Config     string // the configuration file, for messages
	Line       int    // where in it the package's block begins
	Schema     *schema.Schema
	Migrations []migration.Migration
	Format     *migration.Format // that of the migrations
	Package    *sqlc.Package
	Queries    []*query.Query
	Places     map[string][]sqlc.Place // of queries, by name: where predicates of callers go
	Names      names.Options
	BuildTags  string
	// MethodsWithDBArgument: sqlc's New does not take a database.
	MethodsWithDBArgument bool
	// OmitUnusedStructs: a table that no query selects does not have a row type.
	OmitUnusedStructs bool
	Runtime           string // the import path of the runtime
	// Release is the version of drey that the client's file names, "" where it is not
	// a release: what is generated from a folder must not depend on the folder's state.
	Release string
	Engines Engines // it must run on these as well
	// Describe prepares a query on the migrated database: its result columns,
	// and whether it only reads.
	Describe func(sql string) (columns []sqlite.Column, reads bool, err error)
	// Written are the names that people have declared in the package, with the
	// files. drey's own names give way to them.
	Written map[string]string
	// Tenants are the columns that say whose a row is, by table and view. It is "" for a
	// view that mixes the rows of tenants.
	Tenants map[string]string
	// Comparable reports whether values of a type that neither Go nor drey declares
	// can be the key of a map. The path is "" for the package's own types.
	Comparable func(path, name string) bool
	// Basic returns the basic type that such a type is made of, "" if that is not
	// known, and whether its own method decides what is stored.
	Basic func(path, name string) (basic string, valuer bool)
	// Upkeep has the columns that the runtime keeps up. It may be nil.
	Upkeep *upkeep.Plan
	Shared *Shared // with other packages
}

// Output is drey's part of a package.
type Output struct {
	Files   map[string][]byte // by path, relative to the package's folder
	Renamed []Renamed         // drey's own names that gave way
	Notes   []string
}

// Generate writes drey's files of one package.
func Generate(in Input) (*Output, error) {
	p := &plan{
		in: in, infer: infer.New(in.Schema), spelling: sqlc.NewSpelling(in.Schema),
		taken: maps.Clone(in.Package.Idents),
	}
	maps.Copy(p.taken, in.Written)
	out := &Output{Files: map[string][]byte{}}
	out.Renamed = p.rename()
	p.hidden()
	if in.Engines.D1 {
		p.refuseTimes()
	}
	p.tables()
	if err := p.queries(); err != nil {
		return nil, err
	}
	if err := p.problems.Err(); err != nil {
		return nil, err
	}
	p.loaders()
	out.Notes = p.notes
	type file struct {
		name  string
		write func() ([]byte, error)
	}
	files := []file{
		{output.SourcesFile, p.sources}, {ClientFile, p.clientFile}, {EngineFile, p.sqliteFile}, {MigrationsFile, p.migrations},
	}
	if in.Engines.D1 {
		files = append(files, file{D1File, p.d1File})
	}
	if in.Engines.Rqlite {
		files = append(files, file{RqliteFile, p.rqliteFile})
	}
	for _, f := range files {
		src, err := f.write()
		if err != nil {
			return nil, err
		}
		out.Files[f.name] = src
	}
	return out, nil
}

// plan is a package's sources while their names are assigned.
type plan struct {
	in        Input
	infer     *infer.Analyzer
	spelling  sqlc.Spelling       // of the names from which sqlc has made Go names
	taken     map[string]string   // package-level names, with the file that declares them
	name      func(string) string // of drey's own names
	packages  map[string]string   // the names of the runtime's packages
	methods   map[string]bool     // of sqlc's Queries
	returns   *[]*sqlc.Method     // see returning
	notes     []string
	relations []relation
	loaded    []loader // what leads from one of them to another
	unrelated []string // foreign keys that nothing leads along, and why
	problems  diag.Problems
}

// tables plans a source for each table and view that sqlc has a row type for. First
// every source gets the name of its table. Then those that could not have it get
// another one, so that a new table does not take the name of an old one.
func (p *plan) tables() {
	structs := map[string]*sqlc.Struct{}
	for _, s := range p.in.Package.Models {
		structs[s.Name] = s
	}
	var second []*schema.Table
	for _, t := range p.in.Schema.Tables {
		if !p.table(t, structs, p.source(t)) {
			second = append(second, t)
		}
	}
	for _, t := range second {
		row := p.row(t)
		if p.table(t, structs, names.Plural(row)) || p.table(t, structs, row+kindName(t)) {
			continue
		}
		p.problem(&diag.Problem{
			Msg: fmt.Sprintf("%s %s: no name is left for its source: %s, %s and %s are taken", t.Kind, t.Name,
				p.source(t), names.Plural(row), row+kindName(t)),
			Fix: fmt.Sprintf("give its row type another name, under gen.go.rename: {%s: %sRow}", p.renameKey(t), row),
		})
	}
}

// The names that sqlc gives to a table.

func (p *plan) row(t *schema.Table) string       { return p.in.Names.Struct(p.spelling.Of(t.Name)) }
func (p *plan) source(t *schema.Table) string    { return p.in.Names.Source(p.spelling.Of(t.Name)) }
func (p *plan) renameKey(t *schema.Table) string { return p.in.Names.RenameKey(p.spelling.Of(t.Name)) }

func kindName(t *schema.Table) string {
	if t.Kind == schema.KindView {
		return "View"
	}
	return "Table"
}

// table plans the source of one table under the name base, and reports whether that
// name was free. If sqlc.yaml has omit_unused_structs, a table may lack a row type;
// then it does not get a source.
func (p *plan) table(t *schema.Table, structs map[string]*sqlc.Struct, base string) bool {
	row := structs[p.row(t)]
	if row == nil {
		if !p.in.OmitUnusedStructs {
			p.problem(&diag.Problem{
				Msg: fmt.Sprintf("sqlc has made no row type %s for %s %s", p.row(t), t.Kind, t.Name),
				Fix: fmt.Sprintf("name it under gen.go.rename, as in {%q: %q}", p.renameKey(t), p.row(t)+"Row"),
			})
		}
		return true
	}
	if !p.checkTable(t, row) {
		return true
	}
	r := relation{
		Doc:     fmt.Sprintf("%s %s", doc[t.Kind], t.Name),
		Row:     row.Name,
		SQLName: sqltext.Quote(t.Name),
	}
	if !p.claim(&r, base, kindName(t)) {
		return false
	}
	for i := range t.Columns {
		f := row.Fields[i]
		r.Handles = append(r.Handles, p.columnHandle(&t.Columns[i], f.Name, f.Type))
		dest := "&r." + f.Name
		if computedTime(t, i, f.Type) {
			dest = p.runtime("ScanTime") + "(" + dest + ")"
		}
		r.Scan = append(r.Scan, dest)
	}
	r.Table = t
	if t.Kind == schema.KindTable {
		r.Upkeep = p.in.Upkeep.Of(t.Name)
	}
	for i := range r.Handles {
		r.Handles[i].Version = r.Upkeep.Version != nil && r.Upkeep.Version.Column == &t.Columns[i]
	}
	if t.Kind == schema.KindView {
		p.viewForms(&r)
	}
	if r.Apart = t.Kind == schema.KindView && !p.infer.Settled("SELECT * FROM "+r.SQLName); r.Apart {
		r.SQL = fmt.Sprintf("SELECT * FROM main.%s", r.SQLName)
	}
	r.Unique = uniqueKeys(t)
	r.Key = totalKey(t)
	r.Keys = p.conflictKeys(t, r.Handles)
	if tenant, ok := p.in.Tenants[t.Name]; ok {
		r.Tenant = columnNumbers(t, []string{tenant})
	}
	p.add(r)
	return true
}

// computedTime reports whether a column of a view is computed by SQL and is a time
// in Go: no driver converts such a value to a time.
func computedTime(t *schema.Table, column int, goType string) bool {
	return t.Kind == schema.KindView && sqltime.FormOf(t.Columns[column].Type) == sqltime.None && isTime(goType)
}

// viewForms gives a view's columns the forms of the columns they come from: SQLite
// does not say anything about an expression.
func (p *plan) viewForms(r *relation) {
	columns := make([]sqlite.Column, len(r.Table.Columns))
	for i, c := range r.Table.Columns {
		if sqltime.FormOf(c.Type) != sqltime.None {
			columns[i].DeclType = c.Type
		}
	}
	for i, declared := range p.declaredTypes("SELECT * FROM "+r.SQLName, columns) {
		r.Handles[i].Form = formOf(declared, r.Handles[i].Type)
	}
}

// totalKey returns the columns of a key that no two rows share and that is never
// NULL: it makes any order of the rows total. The table's own collations count
// here, as they do in ORDER BY.
func totalKey(t *schema.Table) []int {
	for _, key := range t.UniqueKeys() {
		if !slices.ContainsFunc(key, func(name string) bool { return !t.Column(name).NotNull }) {
			return columnNumbers(t, key)
		}
	}
	return nil
}

// conflictKeys returns the keys that an upsert can name. SQLite itself says which:
// a key with a collation of its own cannot be named by its columns.
func (p *plan) conflictKeys(t *schema.Table, handles []handle) []key {
	if t.Kind != schema.KindTable {
		return nil
	}
	var keys []key
	taken := map[string]bool{}
	for _, h := range handles {
		taken[h.Field] = true
	}
	add := func(columns []string, k key, other string) {
		if !p.conflicts(t, columns, k.Where) {
			return
		}
		if k.Field == "" {
			k.Field = "Key"
			for _, col := range k.Columns {
				k.Field += handles[col].Field
			}
		}
		if taken[k.Field] && ast.IsExported(other) && names.IsIdentifier(other) {
			k.Field = other
		}
		for i, field := 2, k.Field; taken[k.Field]; i++ {
			k.Field = fmt.Sprintf("%s_%d", field, i)
		}
		taken[k.Field] = true
		keys = append(keys, k)
	}
	for i, columns := range t.UniqueKeys() {
		k := key{Columns: columnNumbers(t, columns)}
		if i == 0 && len(t.PrimaryKey) > 0 {
			k.Field = "PrimaryKey"
		}
		add(columns, k, "")
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		if columns, ok := t.Partial(ix); ok {
			add(columns, key{Columns: columnNumbers(t, columns), Where: ix.Where()}, "Key"+p.in.Names.Field(ix.Name))
		}
	}
	return keys
}

// conflicts reports whether ON CONFLICT can name the key of these columns.
func (p *plan) conflicts(t *schema.Table, columns []string, where string) bool {
	quoted := make([]string, len(columns))
	for i, name := range columns {
		quoted[i] = sqltext.Quote(name)
	}
	list := strings.Join(quoted, ", ")
	nulls := strings.Repeat(", NULL", len(columns))[2:]
	if where != "" {
		where = " WHERE " + where
	}
	_, _, err := p.in.Describe(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s)%s DO NOTHING",
		sqltext.Quote(t.Name), list, nulls, list, where))
	return err == nil
}

func columnNumbers(t *schema.Table, names []string) []int {
	numbers := make([]int, len(names))
	for i, name := range names {
		numbers[i] = slices.IndexFunc(t.Columns, func(c schema.Column) bool { return sqltext.EqualFold(c.Name, name) })
	}
	return numbers
}

// uniqueKeys returns the keys that at most one row has, with whatever collation the
// values are compared. For a table that mentions a collation that is only the
// rowid: its columns may be equal while its index treats them as different.
func uniqueKeys(t *schema.Table) [][]int {
	var keys [][]int
	for _, key := range t.UniqueKeys() {
		if t.Collates() && !(len(key) == 1 && t.Column(key[0]).RowIDAlias) {
			continue
		}
		keys = append(keys, columnNumbers(t, key))
	}
	return keys
}

var doc = map[schema.Kind]string{
	schema.KindTable:   "table",
	schema.KindView:    "view",
	schema.KindVirtual: "virtual table",
}

// checkTable compares sqlc's row type with the table.
func (p *plan) checkTable(t *schema.Table, row *sqlc.Struct) bool {
	if !ast.IsExported(row.Name) {
		p.problem(&diag.Problem{
			Msg: fmt.Sprintf("table %s becomes the Go type %s, which no other package can use", t.Name, row.Name),
			Fix: fmt.Sprintf("name it under gen.go.rename, as in {%q: %q}", p.renameKey(t), "T"+strings.TrimLeft(row.Name, "_")),
		})
		return false
	}
	if len(row.Fields) != len(t.Columns) {
		p.problem(&diag.Problem{
			Msg: fmt.Sprintf("%s %s has %d columns, but sqlc's type %s has %d fields; another table may have taken the name",
				t.Kind, t.Name, len(t.Columns), row.Name, len(row.Fields)),
			Fix: fmt.Sprintf("give one of them another name under gen.go.rename, as in {%q: %q}", p.renameKey(t), row.Name+"Row"),
		})
		return false
	}
	fits, seen := true, map[string]string{}
	for i, f := range row.Fields {
		column := t.Columns[i].Name
		if !ast.IsExported(f.Name) {
			p.problem(&diag.Problem{
				Msg: fmt.Sprintf("column %s of %s becomes the Go field %s, which no other package can use", column, t.Name, f.Name),
				Fix: fmt.Sprintf("name it under gen.go.rename, as in {%q: %q}", column, "C"+strings.TrimLeft(f.Name, "_")),
			})
			fits = false
		} else if other, ok := seen[f.Name]; ok {
			fix := fmt.Sprintf("name one of them under gen.go.rename, as in {%q: %q}", column, f.Name+"2")
			if strings.HasPrefix(column, other+":") { // SQLite's name for the second; sqlc has the same for both
				fix = fmt.Sprintf("name the second in the view: AS %s2", other)
			}
			p.problem(&diag.Problem{
				Msg: fmt.Sprintf("columns %s and %s of %s both become the Go field %s", other, column, t.Name, f.Name),
				Fix: fix,
			})
			fits = false
		}
		seen[f.Name] = column
	}
	return fits
}

func (p *plan) problem(problem *diag.Problem) {
	if problem.File == "" {
		problem.File, problem.Line = p.in.Config, p.in.Line
	}
	p.problems = append(p.problems, problem)
}

// claim gives the relation its names, all derived from base, if they are free.
func (p *plan) claim(r *relation, base, kind string) bool {
	marker, typ := base+"Source", base+kind
	if _, taken := p.taken[typ]; taken || strings.HasSuffix(base, kind) {
		typ = base + "Columns"
	}
	names := []string{base, marker, typ, "rows" + base, "fields" + base}
	for _, name := range names {
		if _, taken := p.taken[name]; taken || !ast.IsExported(base) {
			return false
		}
	}
	r.Var, r.Marker, r.Type = base, marker, typ
	for _, name := range names {
		p.taken[name] = output.SourcesFile
	}
	return true
}

func (p *plan) add(r relation) {
	p.freeFields(&r)
	p.relations = append(p.relations, r)
}

// freeFields renames handles that would clash with the source's methods. A column
// may hide other methods of Query that have its name (a column count, say): the
// result of Where has them again.
func (p *plan) freeFields(r *relation) {
	reserved := map[string]bool{"Query": true, "Where": true}
	if r.scoped() {
		reserved = map[string]bool{"Of": true, "OfEveryTenant": true}
		for _, k := range r.Keys {
			reserved[k.Field] = true
		}
	} else if r.writable() {
		for _, name := range []string{"TableWrites", "Insert", "Update", "Delete"} {
			reserved[name] = true
		}
		for _, k := range r.Keys {
			reserved[k.Field] = true
		}
		if r.Upkeep.Deleted != nil {
			reserved["SoftDelete"], reserved["WithDeleted"] = true, true
		}
	}
	if r.hasParams() {
		reserved = map[string]bool{"With": true}
	}
	for _, in := range r.Inner {
		reserved[in.Method], reserved["Below"] = true, true
	}
	seen := map[string]bool{}
	for _, h := range r.Handles {
		seen[h.Field] = true
	}
	for i := range r.Handles {
		h := &r.Handles[i]
		for reserved[h.Field] {
			h.Field += "Column"
			for seen[h.Field] {
				h.Field += "_"
			}
			seen[h.Field] = true
		}
	}
}
