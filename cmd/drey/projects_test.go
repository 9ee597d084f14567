package main

import (
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/proof/chinook"
)

// projects are folders of testdata: each is a project with tests of what is generated for
// it, in packages without tests outside of them.
var projects = []struct {
	name string
	lay  func(t *testing.T, dir string) // adds what the folder does not have, if set
}{
	// Chinook is a schema that nobody here designed: its names have capitals and stand in
	// brackets. It becomes one migration, and typed queries are compared with SQL by hand.
	{name: "chinook", lay: layChinook},
	// Queries whose types drey completes, in both halves of the package.
	{name: "completed"},
	// Columns whose CHECK lists their values, and the Go types that come of it.
	{name: "enums"},
	// A block of sqlc.yaml for each subject: kinds of tables, names, names that clash with
	// generated code, sqlc's options.
	{name: "fixtures"},
	// Columns whose Go types overrides name.
	{name: "types"},
	// Values at their extremes, of the types that sqlc.yaml can give a column.
	{name: "values", lay: func(t *testing.T, dir string) { goGet(t, dir, "github.com/shopspring/decimal@v1.5.0") }},
}

// TestProjects generates the projects, twice, and runs their tests in one program, since
// the driver takes a second to link.
func TestProjects(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds projects")
	}
	t.Parallel()
	all := t.TempDir()
	layRuntime(t, filepath.Join(all, "runtime"))
	if err := writeModule(all, "example.com/all"); err != nil {
		t.Fatal(err)
	}
	goEdit(t, all, "-require=example.com/runtime@v0.0.0", "-replace=example.com/runtime=./runtime")
	goCommand(t, all, nil, "build", "example.com/runtime/...") // before projects beside each other compile it
	t.Run("generate", func(t *testing.T) {
		for _, p := range projects {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(all, p.name)
				if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", p.name))); err != nil {
					t.Fatal(err)
				}
				if err := writeModule(dir, "example.com/"+p.name); err != nil {
					t.Fatal(err)
				}
				goEdit(t, dir, "-require=example.com/runtime@v0.0.0", "-replace=example.com/runtime=../runtime")
				if p.lay != nil {
					p.lay(t, dir)
				}
				generate(t, dir)
				generate(t, dir, "--check")
			})
		}
	})
	if t.Failed() {
		return
	}
	var edit, packages []string
	for _, p := range projects {
		edit = append(edit, fmt.Sprintf("-replace=example.com/%s=./%[1]s", p.name), fmt.Sprintf("-require=example.com/%s@v0.0.0", p.name))
		packages = append(packages, publish(t, all, p.name)...)
	}
	goEdit(t, all, edit...)
	var imports, list strings.Builder
	for i, p := range packages {
		fmt.Fprintf(&imports, "\tp%d %q\n", i, "example.com/"+p)
		fmt.Fprintf(&list, "\t\t{%q, p%d.Tests},\n", p, i)
	}
	text := "package all\n\nimport (\n\t\"testing\"\n\n" + imports.String() + ")\n\n" + `func TestAll(t *testing.T) {
	for _, p := range []struct {
		path  string
		tests []testing.InternalTest
	}{
` + list.String() + `	} {
		t.Run(p.path, func(t *testing.T) {
			for _, test := range p.tests {
				t.Run(test.Name, test.F)
			}
		})
	}
}
`
	if err := os.WriteFile(filepath.Join(all, "all_test.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	goCommand(t, all, []string{"CHINOOK=" + sampleOf(filepath.Join(all, "chinook"))}, "test", "-vet=off", "./...")
}

// layRuntime writes the module of the runtime that all projects name, so that it is
// compiled once.
func layRuntime(t *testing.T, dir string) {
	t.Helper()
	files, err := emit.Runtime("example.com/runtime", "test", emit.Engines{D1: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), string(content))
	}
	write(t, filepath.Join(dir, "go.mod"), "module example.com/runtime\n\ngo 1.23.0\n")
}

// goEdit edits the go.mod in a folder.
func goEdit(t *testing.T, dir string, flags ...string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"mod", "edit"}, flags...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod edit: %v\n%s", err, out)
	}
}

// sampleOf is the file with the Chinook sample of the project in dir.
func sampleOf(dir string) string { return filepath.Join(dir, "sample.sqlite") }

func layChinook(t *testing.T, dir string) {
	content, err := os.ReadFile(chinook.File(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sampleOf(dir), content, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "migrations"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "migrations/00001_chinook.sql"), []byte(schemaAsMigration(t, sampleOf(dir))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// publish makes the tests of a project such that another package can run them. It returns
// the paths of the packages that have any.
func publish(t *testing.T, all, project string) (packages []string) {
	t.Helper()
	tests, names := map[string][]string{}, map[string]string{} // by folder
	err := fs.WalkDir(os.DirFS(all), project, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		file := filepath.Join(all, filepath.FromSlash(name))
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		names[folder] = f.Name.Name
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && testName.MatchString(fn.Name.Name) {
				tests[folder] = append(tests[folder], fn.Name.Name)
			}
		}
		return os.Rename(file, strings.TrimSuffix(file, "_test.go")+"_tests.go")
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder, list := range tests {
		packages = append(packages, folder)
		text := "package " + names[folder] + "\n\nimport \"testing\"\n\nvar Tests = []testing.InternalTest{\n"
		for _, name := range list {
			text += fmt.Sprintf("\t{%q, %s},\n", name, name)
		}
		if err := os.WriteFile(filepath.Join(all, filepath.FromSlash(folder), "published.go"), []byte(text+"}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(packages) == 0 {
		t.Errorf("%s has no tests", project)
	}
	slices.Sort(packages)
	return packages
}

var testName = regexp.MustCompile(`^Test(\P{Ll}|$)`)

// schemaAsMigration is the schema of a database as a goose migration, in its
// own words.
func schemaAsMigration(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	b.WriteString("-- +goose Up\n")
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		b.WriteString(statement + ";\n\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
