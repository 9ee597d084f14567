package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// run is what a block of go did when it ran.
type run struct {
	Line       int
	Statements []string
	Printed    string
	Errors     []string // of assignments, with their lines
}

// program is the file of Go that runs the blocks of a page, and empty if there are none.
// run, db and drey are the import paths of what runs it, of the generated package and of
// the runtime; fill is what is done with the client c at first, with another import.
func (p *page) program(run, db, drey, other, fill string) (string, error) {
	var declared, body strings.Builder
	depth := 0
	for _, b := range p.blocks {
		if b.lang == "sql" && b.file == "" && b.of == 0 && !strings.HasPrefix(b.code, "-- ") {
			fmt.Fprintf(&body, "{\nBegin(%d)\n{\n_, err := c.ExecContext(ctx, %q)\nCheck(1, err, nil)\n}\nEnd()\n", b.line, b.code)
			depth++
		}
		if b.lang != "go" || b.file != "" {
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+b.code, 0); err == nil {
			fmt.Fprintf(&declared, "//line %s:%d\n%s\n", p.path, b.line, b.code)
			continue
		}
		code, err := statements(b.code)
		if err != nil {
			return "", fmt.Errorf("%s:%d: %w", p.path, b.line, err)
		}
		fmt.Fprintf(&body, "{\nBegin(%d)\n//line %s:%d\n%s\nEnd()\n", b.line, p.path, b.line, code)
		depth++
	}
	if depth == 0 {
		return "", nil
	}
	blocks := body.String() + strings.Repeat("}\n", depth)
	return fmt.Sprintf(pageFrame, run, db, drey, other+standard(pageFrame+declared.String()+fill+blocks), declared.String(), p.name(), fill, blocks), nil
}

// programOf runs pages: it is the files of package run, and of package main, which imports
// the pages.
func programOf(module string, pages []string) (run, main string) {
	main = fmt.Sprintf("package main\n\nimport (\n\t%q\n", module+"run")
	for _, p := range pages {
		main += fmt.Sprintf("\t_ %q\n", p)
	}
	return fmt.Sprintf(runSource, standard(runSource)), main + ")\n\nfunc main() { run.Main() }\n"
}

// standard are the imports of packages that Go code uses: those of the standard library, and one for keys.
func standard(code string) (list string) {
	for _, path := range []string{"context", "database/sql", "encoding/json", "errors", "fmt", "log", "log/slog", "net/http",
		"net/url", "os", "path/filepath", "slices", "strings", "sync", "testing", "time", "github.com/google/uuid"} {
		if regexp.MustCompile(`\b` + path[strings.LastIndex(path, "/")+1:] + `\.[A-Z]`).MatchString(code) {
			list += fmt.Sprintf("\n\t%q", path)
		}
	}
	return list
}

const head = "package p; func _() {\n"

// statements are the statements of a block, with a check of each error that one
// assigns, and with a use of each variable.
func statements(code string) (string, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", head+code+"\n}", parser.ParseComments)
	if err != nil {
		return "", err
	}
	list := file.Decls[0].(*ast.FuncDecl).Body.List
	at := func(pos token.Pos) int { return set.Position(pos).Offset - len(head) }
	var vars []string
	insert := map[int]string{} // what goes in where
	for i, s := range list {
		names := assigned(s)
		vars = append(vars, names.declared...)
		if !names.err || i+1 < len(list) && looksAt(list[i+1]) {
			continue
		}
		want := "nil"
		end := set.Position(s.End()).Line
		for _, c := range file.Comments {
			if m := expected.FindStringSubmatch(c.Text()); m != nil && set.Position(c.Pos()).Line == end {
				want = m[1]
			}
		}
		insert[at(s.End())] += fmt.Sprintf("; Check(%d, err, %s)", end-1, want)
	}
	var out strings.Builder
	last := 0
	for _, offset := range slices.Sorted(maps.Keys(insert)) {
		out.WriteString(code[last:offset] + insert[offset])
		last = offset
	}
	out.WriteString(code[last:])
	for _, v := range vars {
		out.WriteString("\n_ = " + v)
	}
	return out.String(), nil
}

// expected is a comment that names the error that its line gives.
var expected = regexp.MustCompile(`^((?:drey|sql)\.Err[A-Za-z]+)\b`)

type names struct {
	declared []string
	err      bool // err is assigned
}

func assigned(s ast.Stmt) (n names) {
	add := func(e ast.Expr, declares bool) {
		id, ok := e.(*ast.Ident)
		if !ok || id.Name == "_" {
			return
		}
		n.err = n.err || id.Name == "err"
		if declares {
			n.declared = append(n.declared, id.Name)
		}
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, e := range s.Lhs {
			add(e, s.Tok == token.DEFINE)
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					add(id, true)
				}
			}
		}
		n.err = n.err && len(s.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values) > 0
	}
	return n
}

// looksAt reports whether a statement is an if over err.
func looksAt(s ast.Stmt) (found bool) {
	i, ok := s.(*ast.IfStmt)
	if !ok || i.Init != nil {
		return false
	}
	ast.Inspect(i.Cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "err"
		return true
	})
	return found
}

// pageFrame is the file of a page, without what its blocks have.
const pageFrame = `package page

import (
	. %q
	db %q
	drey %q
	%s
)

%s

func init() { Pages[%q] = func() {
	ctx := context.Background()
	c, err := db.OpenWith(ctx, ":memory:", db.Options{OnStatement: func(_ context.Context, s drey.Statement) { Watch(s.SQL) }})
	if err != nil {
		log.Fatal(err)
	}
	%s
	%s
	if err := c.Close(); err != nil {
		log.Fatal(err)
	}
} }
`

// runSource is the package that runs pages, and says what each of their blocks did.
const runSource = `package run

import (%s
)

type run struct {
	Line       int
	Statements []string
	Printed    string
	Errors     []string
}

var (
	Pages = map[string]func(){}
	mu    sync.Mutex
	runs  []run // of the page
	file  *os.File
	real  = os.Stdout
)

func Begin(line int) {
	mu.Lock()
	defer mu.Unlock()
	runs = append(runs, run{Line: line})
	var err error
	if file, err = os.CreateTemp("", "page"); err != nil {
		log.Fatal(err)
	}
	os.Stdout = file
}

func End() {
	os.Stdout = real
	printed, err := os.ReadFile(file.Name())
	if err != nil {
		log.Fatal(err)
	}
	file.Close()
	os.Remove(file.Name())
	runs[len(runs)-1].Printed = string(printed)
}

func Check(line int, err, want error) {
	if !errors.Is(err, want) {
		r := &runs[len(runs)-1]
		r.Errors = append(r.Errors, fmt.Sprintf("%%d: %%v, want %%v", r.Line+line-1, err, want))
	}
}

func Watch(sql string) {
	mu.Lock()
	defer mu.Unlock()
	if len(runs) > 0 && !strings.HasPrefix(sql, "PRAGMA") { // in the background
		r := &runs[len(runs)-1]
		r.Statements = append(r.Statements, sql)
	}
}

func Main() {
	all := map[string][]run{}
	for name, page := range Pages {
		runs = nil
		page()
		all[name] = runs
	}
	if err := json.NewEncoder(real).Encode(all); err != nil {
		log.Fatal(err)
	}
}
`
