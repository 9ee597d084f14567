package typecheck_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/typecheck"
)

// said is what is wrong with a package in no module, as lines.
func said(t *testing.T, files map[string]string, top ...string) string {
	t.Helper()
	p := typecheck.New(t.Context(), "", "", "", []string{"database/sql"}, nil)
	defer p.Close()
	dir := t.TempDir()
	pkg := &typecheck.Package{Name: "db", Dir: dir, Files: map[string][]byte{}, Top: top}
	for name, content := range files {
		pkg.Files[name] = []byte(content)
	}
	return lines(t, p, pkg)
}

// lines are what is wrong with a package.
func lines(t *testing.T, p *typecheck.Project, pkg *typecheck.Package) string {
	t.Helper()
	result := p.Check(t.Context(), pkg)[0]
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	var b strings.Builder
	for _, f := range result.Failures {
		fmt.Fprintf(&b, "%s:%d:%d: %s", filepath.Base(f.Pos.Filename), f.Pos.Line, f.Pos.Column, f.Msg)
		if f.Other.IsValid() {
			fmt.Fprintf(&b, ", and %s:%d", filepath.Base(f.Other.Filename), f.Other.Line)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func check(t *testing.T, got, want string) {
	t.Helper()
	if want == "" && got != "" || !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Outside of a module the standard library is known, and all else is trusted.
func TestCheck(t *testing.T) {
	const head = "package db\n\nimport (\n\t\"database/sql\"\n\t\"example.com/elsewhere/v2\"\n)\n\n"
	for _, test := range []struct{ name, code, want string }{
		{"right", "var err error = sql.ErrNoRows\nvar _ elsewhere.Type", ""},
		{"what is not loaded is taken on trust", "var _ = elsewhere.New(1, true).Field\nvar _ sql.NullBool", ""},
		{"the standard library is known", "var err string = sql.ErrNoRows\nvar _ elsewhere.Type", "a.go:8:18: cannot use sql.ErrNoRows"},
		{"a name twice", "type Link struct{}\ntype Link struct{}\nvar _ sql.NullBool\nvar _ elsewhere.Type", "a.go:9:6: Link redeclared in this block, and a.go:8"},
		{"a method twice", "type Link struct{}\nfunc (Link) A() {}\nfunc (Link) A() {}\nvar _ sql.NullBool\nvar _ elsewhere.Type", "a.go:10:13: method Link.A already declared, and a.go:9"},
		{"a name of an import", "const sql = 1\nvar _ elsewhere.Type", "sql already declared"},
		{"no Go", "func {", "a.go:8:6: expected 'IDENT'"},
	} {
		t.Run(test.name, func(t *testing.T) { check(t, said(t, map[string]string{"a.go": head + test.code + "\n"}), test.want) })
	}
}

// Files are one package, whatever their order.
func TestCheckPackage(t *testing.T) {
	check(t, said(t, map[string]string{"b.go": "package db\n\nvar B = A\n", "a.go": "package db\n\nvar A int\n"}), "")
}

// A layer sees those below it, whose bodies were checked with their own layer.
func TestCheckLayers(t *testing.T) {
	const below = "package db\n\nimport \"strings\"\n\ntype A int\n\nfunc (a A) Upper() string { return strings.ToUpper(\"a\") }\n"
	for _, test := range []struct{ name, below, above, want string }{
		{"right", below, "package db\n\nvar B = A(1).Upper()\n", ""},
		{"a type that nobody has written", "package db\n\ntype A struct{ M *Monet }\n", "package db\n", "a.go:3:19: undefined: Monet"},
		{"a body below", below + "func f() int { return \"\" }\n", "package db\n", "a.go:8:23: cannot use \"\""},
		{"a body above", below, "package db\n\nfunc f() int { return A(1).Upper() }\n", "b.go:3:23: cannot use A(1).Upper()"},
		{"a name in both", below, "package db\n\ntype A int\n", "b.go:3:6: A redeclared"},
		{"a name of an import below", below, "package db\n\nconst strings = 1\n", "strings already declared"},
		{"an import that is not used", strings.Replace(below, "strings.ToUpper(\"a\")", "\"\"", 1), "package db\n", "a.go:3:8: \"strings\" imported and not used"},
		{"a function above, in a body below", "package db\n\nfunc f() { g().h() }\n", "package db\n\nfunc g() int { f(); return 0 }\n", ""},
		{"what is above is unknown below", "package db\n\nvar A = B\n", "package db\n\nvar B int\n", "a.go:3:9: undefined: B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			check(t, said(t, map[string]string{"a.go": test.below, "b.go": test.above}, "b.go"), test.want)
		})
	}
}

// Without a go command the standard library is taken on trust.
func TestCheckWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	const head = "package db\n\nimport \"database/sql\"\n\n"
	for code, want := range map[string]string{
		"var _ = []sql.NamedArg{{Name: \"a\"}}":      "",
		"var _ = map[string]*sql.NullBool{\"\": {}}": "",
		"var err string = sql.ErrNoRows":             "",
		"type T sql.NullTime\nvar _ = T{}.Time":      "",
		"var _ sql.NullBool\nvar a, a int":           "a.go:6:8: a redeclared",
	} {
		check(t, said(t, map[string]string{"a.go": head + code}), want)
	}
}

// Packages that are to be written with the package, and that it imports, are checked
// from their source: on disk they are not there yet, or are older.
func TestCheckSources(t *testing.T) {
	const (
		below  = "package below\n\nfunc Number() int { return 1 }\n"
		lib    = "package lib\n\nimport \"example.com/m/db/lib/below\"\n\ntype T struct{ N int }\n\nfunc New() T { return T{below.Number()} }\n"
		bridge = "//go:build js && wasm\n\npackage lib\n\nimport \"syscall/js\"\n\nfunc Of(v js.Value) T { return T{v.Int()} }\n"
		user   = "package db\n\nimport \"example.com/m/db/lib\"\n\nvar N int = lib.New().N\n"
		onD1   = "//go:build js && wasm\n\npackage db\n\nimport (\n\t\"syscall/js\"\n\n\t\"example.com/m/db/lib\"\n)\n\nfunc Of(v js.Value) lib.T { return lib.Of(v) }\n"
	)
	for _, test := range []struct {
		name   string
		change map[string]string // by path below db
		wasm   bool
		want   string
	}{
		{"right", nil, false, ""},
		{"right on both platforms", nil, true, ""},
		{"a name that a source does not have", map[string]string{"a.go": strings.Replace(user, "New()", "Old()", 1)}, false, "a.go:5:17: undefined: lib.Old"},
		{"another type", map[string]string{"a.go": strings.Replace(user, "N int", "N string", 1)}, false, "a.go:5:16: cannot use lib.New().N"},
		{"a body of a source", map[string]string{"lib/lib.go": strings.Replace(lib, "T{below.Number()}", "0", 1)}, false, "lib.go:7:23: cannot use 0"},
		{"a source below a source", map[string]string{"lib/below/below.go": strings.Replace(below, "int", "string", 1)}, false, "below.go:3:31: cannot use 1"},
		{"a declaration of a source", map[string]string{"lib/lib.go": strings.Replace(lib, "N int", "N Monet", 1)}, false, "lib.go:5:18: undefined: Monet"},
		{"an import of a source that is not used", map[string]string{"lib/below/below.go": strings.Replace(below, "\n\nfunc", "\n\nimport \"os\"\n\nfunc", 1)}, false, "below.go:3:8: \"os\" imported and not used"},
		{"a body for js/wasm, on the host", map[string]string{"lib/bridge.go": strings.Replace(bridge, "T{v.Int()}", "0", 1)}, false, ""},
		{"a body for js/wasm", map[string]string{"lib/bridge.go": strings.Replace(bridge, "T{v.Int()}", "0", 1)}, true, "bridge.go:7:32: cannot use 0"},
		{"a name that a source lacks on js/wasm", map[string]string{"lib/bridge.go": strings.Replace(bridge, "Of(", "From(", 1)}, true, "d1.go:11:40: undefined: lib.Of"},
		{"a source that js/wasm leaves out", map[string]string{"lib/below/below.go": "//go:build !js\n\n" + below}, false, ""},
	} {
		for _, old := range []bool{false, true} {
			t.Run(fmt.Sprint(test.name, ", an older one is there ", old), func(t *testing.T) {
				dir := t.TempDir()
				files := map[string]string{"lib/below/below.go": below, "lib/lib.go": lib, "lib/bridge.go": bridge, "a.go": user, "d1.go": onD1}
				write(t, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.24\n")
				if old {
					write(t, filepath.Join(dir, "db", "lib", "lib.go"), "package lib\n\nfunc Other() {}\n")
				}
				for name, content := range test.change {
					files[name] = content
				}
				of := func(folder string, names ...string) map[string][]byte {
					m := map[string][]byte{}
					for _, name := range names {
						m[name] = []byte(files[folder+name])
					}
					return m
				}
				p := typecheck.New(t.Context(), dir, "example.com/m", "", []string{"database/sql"}, []typecheck.Source{
					{Path: "example.com/m/db/lib/below", Dir: filepath.Join(dir, "db", "lib", "below"), Files: of("lib/below/", "below.go")},
					{Path: "example.com/m/db/lib", Dir: filepath.Join(dir, "db", "lib"), Files: of("lib/", "lib.go", "bridge.go")},
				})
				defer p.Close()
				pkg := &typecheck.Package{
					Name: "db", Path: "example.com/m/db", Dir: filepath.Join(dir, "db"), WASM: test.wasm, Files: of("", "a.go", "d1.go"),
				}
				for range 2 { // a second package of the project finds the sources checked
					check(t, lines(t, p, pkg), test.want)
				}
			})
		}
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
