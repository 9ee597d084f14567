package crud_test

import (
	"context"
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlc/sqlctest"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
	"github.com/dreysql/drey/internal/sqlite/schema"
	_ "modernc.org/sqlite"
)

func TestMain(m *testing.M) { sqlctest.Main(m) }

// open makes a database with the schema and reads it back.
func open(tb testing.TB, ddl string) (*sql.DB, *schema.Schema) {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(tb.TempDir(), "test.db")+"?_dqs=0&_pragma=foreign_keys(1)")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	conn, err := db.Conn(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	// "text" in double quotes is a string to a schema that is old enough.
	for _, statement := range []string{"PRAGMA writable_schema = 0", ddl} {
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := schema.Read(context.Background(), db)
	if err != nil {
		tb.Fatal(err)
	}
	return db, s
}

// method is a query method as sqlc wrote it.
type method struct {
	Name   string
	SQL    string
	Params string   // the parameters after ctx
	Struct string   // the Params struct, if there is one
	Result string   // without the error
	Args   []string // what is bound, in order: fields of the Params struct or the parameters themselves
}

// sqlcMethods gives sqlc the tables in drey's words, and the files of queries,
// and returns the methods that it writes. gen is its configuration below gen.go.
func sqlcMethods(tb testing.TB, s *schema.Schema, queries map[string]string, gen string) map[string]*method {
	tb.Helper()
	var ddl strings.Builder
	for _, o := range v131.Objects(s, nil, nil) {
		ddl.WriteString(o.SQL + "\n")
	}
	files := map[string]string{
		"schema.sql": ddl.String(),
		"sqlc.yaml": "version: '2'\nsql:\n- engine: sqlite\n  schema: schema.sql\n  queries: crud\n  gen:\n    go:\n" +
			"      package: db\n      out: db\n" + indent(gen, "      "),
	}
	for name, content := range queries {
		files["crud/"+name] = content
	}
	dir := sqlctest.Generate(tb, files)
	p := &parsed{fset: token.NewFileSet(), constants: map[string]string{}, structs: map[string]string{}}
	paths, err := filepath.Glob(filepath.Join(dir, "db", "*.go"))
	if err != nil {
		tb.Fatal(err)
	}
	var funcs []*ast.FuncDecl
	for _, path := range paths {
		f, err := parser.ParseFile(p.fset, path, nil, 0)
		if err != nil {
			tb.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				p.declare(d)
			case *ast.FuncDecl:
				funcs = append(funcs, d)
			}
		}
	}
	methods := map[string]*method{}
	for _, f := range funcs {
		if m := p.method(f); m != nil {
			methods[m.Name] = m
		}
	}
	return methods
}

// parsed is sqlc's package.
type parsed struct {
	fset      *token.FileSet
	constants map[string]string
	structs   map[string]string
}

func (p *parsed) text(n ast.Node) string {
	var b strings.Builder
	if err := printer.Fprint(&b, p.fset, n); err != nil {
		panic(err)
	}
	return b.String()
}

func (p *parsed) declare(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			p.constants[spec.Names[0].Name] = p.Constant(spec.Values[0])
		case *ast.TypeSpec:
			if _, ok := spec.Type.(*ast.StructType); ok {
				p.structs[spec.Name.Name] = p.text(spec.Type)
			}
		}
	}
}

// constant is the value of "…" + "…", sqlc's way to write a backquote.
func (p *parsed) Constant(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return p.Constant(sum.X) + p.Constant(sum.Y)
	}
	s, err := strconv.Unquote(p.text(e))
	if err != nil {
		panic(err)
	}
	return s
}

// method reads a method that runs a query, and returns nil for others.
func (p *parsed) method(f *ast.FuncDecl) *method {
	m := &method{Name: f.Name.Name}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasSuffix(sel.Sel.Name, "Context") {
			m.SQL = p.constants[p.text(call.Args[1])]
			for _, a := range call.Args[2:] {
				m.Args = append(m.Args, strings.TrimPrefix(p.text(a), "arg."))
			}
		}
		return true
	})
	if f.Recv == nil || m.SQL == "" {
		return nil
	}
	var params []string
	for _, param := range f.Type.Params.List[1:] {
		params = append(params, param.Names[0].Name+" "+p.text(param.Type))
		m.Struct = p.structs[p.text(param.Type)]
	}
	m.Params = strings.Join(params, ", ")
	m.Result = p.text(f.Type.Results.List[0].Type)
	return m
}

// signatures shows what sqlc made of the queries: methods and their parameters.
func signatures(methods map[string]*method) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		m := methods[name]
		fmt.Fprintf(&b, "%s(%s) %s\n", m.Name, m.Params, m.Result)
		b.WriteString(strings.TrimSuffix(strings.TrimPrefix(m.Struct, "struct {\n"), "}"))
	}
	return b.String()
}

func indent(s, by string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(by + line)
	}
	return b.String()
}
