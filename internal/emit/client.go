package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
)

// ownNames are the package-level names that drey declares in a package besides its
// sources.
var ownNames = []string{
	"Client", "Tx", "Batch", "InBatch", "Using", "NewClient", "OnDBTX", "Conn", "Options", "Open", "OpenWith", "Migrate", "OpenD1", "CheckD1", "OpenRqlite",
	"dreyClient", "dreyTx", "dreyBatch", "dreyClientOf", "dreyTxOf", "returning", "returned", "migrations", "migrationNames", "kept", "bindDate", "ofTenant", "scanTime", "raised",
}

// Renamed is one of these names that gave way to another.
type Renamed struct{ From, To string }

// Names returns the function that maps drey's own names to those that they get in a
// package. taken has the names that are declared there already, each with its file;
// drey gives its own the prefix Drey in their place.
func Names(taken map[string]string) func(name string) string {
	return func(name string) string {
		if _, ok := taken[name]; !ok {
			return name
		}
		prefix := "drey"
		if ast.IsExported(name) {
			prefix = "Drey"
		}
		return prefix + strings.ToUpper(name[:1]) + name[1:]
	}
}

// rename renames drey's own names for the package, and the imports to names that it
// does not have itself.
func (p *plan) rename() (renamed []Renamed) {
	p.name = Names(maps.Clone(p.taken))
	own := map[string]string{}
	for _, name := range ownNames {
		to := p.name(name)
		if to != name {
			renamed = append(renamed, Renamed{name, to})
		}
		own[to] = ClientFile
	}
	for name, file := range own {
		p.taken[name] = file
	}
	slices.SortFunc(renamed, func(a, b Renamed) int { return strings.Compare(a.From, b.From) })
	p.packages = map[string]string{}
	for _, name := range []string{"drey", "sqlite", "d1", "rqlite"} {
		to := name
		for _, ok := p.taken[to]; ok || p.in.Package.Imports[to] != ""; _, ok = p.taken[to] {
			to += "rt"
		}
		p.packages[name] = to
	}
	return renamed
}

// runtime returns a name of the runtime as the package's files write it.
func (p *plan) runtime(name string) string { return p.packages["drey"] + "." + name }

// fill puts names into a text.
func (p *plan) fill(text string) string {
	returned := "nil"
	if len(p.returning()) > 0 {
		returned = p.name("returned")
	}
	pairs := []string{"{new}", "New($drey.Static(c, " + returned + "))"}
	if p.in.MethodsWithDBArgument {
		pairs[1] = "New()"
	}
	for _, name := range ownNames {
		pairs = append(pairs, "{"+name+"}", p.name(name))
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	return strings.NewReplacer("$drey", p.packages["drey"], "$sqlite", p.packages["sqlite"], "$d1", p.packages["d1"], "$rqlite", p.packages["rqlite"]).Replace(text)
}

// clientFile returns the file of the client, without what belongs to an engine.
func (p *plan) clientFile() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(p.fill(clientText))
	if len(p.returning()) > 0 {
		b.WriteString(p.fill(returnedText))
	}
	types := []string{"UnixTime", "UnixMilli", "TextTime", "JSON"}
	used, err := p.unresolved(append(types, p.name("bindDate"), p.name("ofTenant"), p.name("scanTime"), p.name("raised"))...)
	if err != nil {
		return nil, err
	}
	p.delegate(&b)
	for _, name := range types {
		if used[name] {
			fmt.Fprintf(&b, "\n// %[1]s is [%[2]s].\ntype %[1]s = %[2]s\n", name, p.runtime(name))
		}
	}
	if name := p.name("bindDate"); used[name] {
		fmt.Fprintf(&b, "\nfunc %s[T any](v T) driver.Valuer { return %s(v) }\n", name, p.runtime("BindDate"))
	}
	if name := p.name("ofTenant"); used[name] {
		fmt.Fprintf(&b, "\nfunc %s[T any](v T) driver.Valuer { return %s(v) }\n", name, p.runtime("BindTenant"))
	}
	if name := p.name("scanTime"); used[name] {
		fmt.Fprintf(&b, "\nfunc %s[T time.Time | *time.Time | sql.NullTime](to *T) sql.Scanner { return %s(to) }\n", name, p.runtime("ScanTime"))
	}
	if name := p.name("raised"); used[name] {
		fmt.Fprintf(&b, "\nfunc %s(err error) error { return %s(err) }\n", name, p.runtime("Raised"))
	}
	return p.file("", p.stamp()+"This file is the client: both halves of the data layer over one database.", b.String(), map[string]string{
		"context": "context", "sql": "database/sql", "driver": "database/sql/driver", "time": "time",
	})
}

// stamp names the version of drey, as sqlc's files name that of sqlc. Only one file of a
// package does, so that a release changes one.
func (p *plan) stamp() string {
	if p.in.Release == "" {
		return ""
	}
	return "drey " + p.in.Release + "\n//\n// "
}

// promoted are the runtime types' methods that a query's method would hide, with
// their parameters, results and arguments.
var promoted = []struct{ of, name, params, results, args string }{
	{"Client", "Close", "", "error", ""},
	{"Client", "DB", "", "*sql.DB", ""},
	{"Client", "ReadDB", "", "*sql.DB", ""},
	{"Client", "Stats", "", "$drey.ClientStats", ""},
	{"Client", "StatementStats", "", "$drey.StatementStats", ""},
	{"Client", "ExecContext", "ctx context.Context, query string, args ...any", "(sql.Result, error)", "ctx, query, args..."},
	{"Client", "PrepareContext", "ctx context.Context, query string", "(*sql.Stmt, error)", "ctx, query"},
	{"Client", "QueryContext", "ctx context.Context, query string, args ...any", "(*sql.Rows, error)", "ctx, query, args..."},
	{"Client", "QueryRowContext", "ctx context.Context, query string, args ...any", "*sql.Row", "ctx, query, args..."},
	{"Tx", "ExecContext", "ctx context.Context, query string, args ...any", "(sql.Result, error)", "ctx, query, args..."},
	{"Tx", "PrepareContext", "ctx context.Context, query string", "(*sql.Stmt, error)", "ctx, query"},
	{"Tx", "QueryContext", "ctx context.Context, query string, args ...any", "(*sql.Rows, error)", "ctx, query, args..."},
	{"Tx", "QueryRowContext", "ctx context.Context, query string, args ...any", "*sql.Row", "ctx, query, args..."},
}

// ownMethods are those that drey writes for a Client or a Tx itself.
var ownMethods = []string{"Tx", "WithTx", "Snapshot", "Check", "Backup"}

// delegate writes the runtime types' methods that sqlc's would make ambiguous, and
// notes the queries that they hide. It refuses a query's method that callers could
// mistake for drey's without a compile error.
func (p *plan) delegate(b *bytes.Buffer) {
	for _, m := range promoted {
		if p.methods[m.name] {
			fmt.Fprintf(b, "\n// %s is that of [%s].\nfunc (c *%s) %s(%s) %s { return c.%s.%s(%s) }\n", m.name, p.runtime(m.of),
				p.name(m.of), m.name, m.params, strings.ReplaceAll(m.results, "$drey", p.packages["drey"]), p.name("drey"+m.of), m.name, m.args)
		}
	}
}

// hidden finds the queries whose methods the client's hide.
func (p *plan) hidden() {
	client := map[string]bool{}
	for _, name := range ownMethods {
		client[name] = true
	}
	for _, m := range promoted {
		client[m.name] = true
	}
	p.methods = map[string]bool{}
	for _, src := range p.in.Package.Files {
		if bytes.Contains(src, []byte("func (q *Queries) Close() error {")) {
			p.methods["Close"] = true
		}
	}
	for _, m := range p.in.Package.Queries {
		if p.methods[m.Name] = true; !client[m.Name] {
			continue
		}
		if m.Name == "Check" && len(m.Signature) == 0 && !p.in.MethodsWithDBArgument {
			problem := &diag.Problem{Query: m.Name, Msg: "the client has a method Check, which would be called in the place of the query's", Fix: "give the query another name"}
			for _, q := range p.in.Queries {
				if q.Name == m.Name {
					problem.File, problem.Line = q.File, q.Line
				}
			}
			p.problem(problem)
			continue
		}
		p.notes = append(p.notes, fmt.Sprintf("query %[1]s: the client has a method %[1]s of its own, so the query's is called c.Queries.%[1]s", m.Name))
	}
}

func (p *plan) sqliteFile() ([]byte, error) {
	text := p.fill(optionsText + p.openText() + sqliteText)
	if len(p.returning()) > 0 {
		text += p.fill(returningText)
	}
	return p.file(embeddedOnly, "This file opens a database file, and creates and keeps it.", text, map[string]string{"context": "context"})
}

// openText is how the package opens a database, by who keeps its schema.
func (p *plan) openText() string {
	switch f := p.in.Format; {
	case f == nil || !f.Foreign():
		return openText
	case f.Table == "":
		return openPlainText
	default:
		return strings.NewReplacer("§tool", f.Name, "§command", f.Command("up", p.folder())).Replace(openToolText)
	}
}

func (p *plan) d1File() ([]byte, error) {
	text := p.fill(d1Text) + p.migrationNames("CheckD1")
	return p.file("js && wasm", "This file opens the data layer on Cloudflare D1, and checks its schema.", text,
		map[string]string{"context": "context", "js": "syscall/js"})
}

func (p *plan) rqliteFile() ([]byte, error) {
	text := ""
	if f := p.in.Format; f != nil && f.Foreign() {
		fix := f.OnCluster("up", p.folder())
		text = strings.NewReplacer("§fix", fix, "§quoted", literal(fix)).Replace(p.fill(rqliteKeptText))
	} else {
		text = p.fill(rqliteText) + p.migrationNames("OpenRqlite")
	}
	return p.file("!js", "This file opens the data layer on an rqlite cluster.", text, map[string]string{"context": "context", "sql": "database/sql"})
}

// file returns a file of the package. It imports what its text uses, out of the
// packages that it may need, by how they are used.
func (p *plan) file(constraint, intro, text string, std map[string]string) ([]byte, error) {
	var lines []string
	used := packagesIn(text)
	for name, path := range std {
		if used[name] {
			lines = append(lines, fmt.Sprintf("%q", path))
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s// %s\n\npackage %s\n\n", header, buildConstraint(p.in.BuildTags, constraint), intro, p.in.Package.Name)
	p.writeImports(&b, lines, used)
	b.WriteString(text)
	return source(b.Bytes())
}

// packagesIn returns the names that stand before a dot in code. What comments and texts
// say, such as the name of a file or a query's SQL, is not code.
func packagesIn(code string) map[string]bool {
	names := map[string]bool{}
	file := token.NewFileSet().AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(token.Position, string) {}, 0)
	before, selected := "", false // the identifier before, and whether a dot is before the next one
	for {
		_, tok, literal := s.Scan()
		switch {
		case tok == token.EOF:
			return names
		case tok == token.PERIOD && before != "":
			names[before] = true
		}
		if before = ""; tok == token.IDENT && !selected {
			before = literal
		}
		selected = tok == token.PERIOD
	}
}

// writeImports writes the imports: these lines, and the runtime's packages among those
// that are used.
func (p *plan) writeImports(b *bytes.Buffer, lines []string, used map[string]bool) {
	slices.Sort(lines)
	b.WriteString("import (\n")
	for _, line := range lines {
		b.WriteString("\t" + line + "\n")
	}
	b.WriteString("\n")
	for _, pkg := range []struct{ name, folder string }{{"drey", ""}, {"d1", "/d1"}, {"rqlite", "/rqlite"}, {"sqlite", "/sqlite"}} {
		if name := p.packages[pkg.name]; used[name] {
			path := p.in.Runtime + pkg.folder
			if strings.HasSuffix(path, "/"+name) {
				fmt.Fprintf(b, "\t%q\n", path)
			} else {
				fmt.Fprintf(b, "\t%s %q\n", name, path)
			}
		}
	}
	b.WriteString(")\n")
}

// unresolved returns which of these names sqlc's files use and do not declare in the
// same file.
func (p *plan) unresolved(names ...string) (map[string]bool, error) {
	used := map[string]bool{}
	for name, src := range p.in.Package.Files {
		if !slices.ContainsFunc(names, func(n string) bool { return bytes.Contains(src, []byte(n)) }) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			return nil, err
		}
		for _, id := range f.Unresolved {
			_, declared := p.in.Package.Idents[id.Name]
			_, byHand := p.in.Written[id.Name]
			used[id.Name] = used[id.Name] || !declared && !byHand
		}
	}
	return used, nil
}
