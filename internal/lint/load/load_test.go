package load

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/diag"
)

// module writes the files of a txtar archive into a folder of its own.
func module(t *testing.T, archive string) string {
	t.Helper()
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "")
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func tests(string) bool { return true }

// check checks everything that the patterns name. It returns what they name and what
// is read from source for that.
func check(t *testing.T, ctx context.Context, dir string, patterns ...string) (p *Program, err error) {
	t.Helper()
	if p, err = List(ctx, dir, patterns, tests, Kept{}); err != nil {
		return nil, err
	}
	return p, p.CheckAll()
}

func ids(list []*packages.Package) (ids []string) {
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return ids
}

const shop = `
-- go.mod --
module example.com/shop
go 1.26
require example.com/lib v1.0.0
replace example.com/lib => ./lib
-- app/app.go --
package app
import ("example.com/lib"; "example.com/shop/store"; "unsafe")
func Size() uintptr { return unsafe.Sizeof(store.DB) + lib.Size }
-- app/app_test.go --
package app
import ("example.com/shop/helper"; "testing")
func TestSize(t *testing.T) { helper.Check(t, Size() > 0) }
-- app/outside_test.go --
package app_test
import ("example.com/shop/app"; "example.com/shop/helper"; "testing")
func TestOutside(t *testing.T) { helper.Check(t, app.Size() > 0) }
-- store/store.go --
package store
import "database/sql"
var DB sql.DB
-- helper/helper.go --
package helper
import "testing"
func Check(t *testing.T, ok bool) { if !ok { t.Fatal() } }
-- constrained/constrained.go --
//go:build never
package constrained
-- dot.test/main.go --
package main
func main() {}
-- lib/go.mod --
module example.com/lib
go 1.26
-- lib/lib.go --
package lib
import "example.com/lib/deep"
const Size = deep.Size
-- lib/deep/deep.go --
package deep
const Size = 8
`

// The packages that go vet would analyze are there with syntax and types, and so is
// what they import of their module.
func TestPackages(t *testing.T) {
	dir := module(t, shop)
	tests := []string{"example.com/shop/app [example.com/shop/app.test]", "example.com/shop/app_test [example.com/shop/app.test]"}
	for _, c := range []struct {
		pattern         string
		want, wantOther []string // the named ones, and those that they import
	}{
		{"./app", tests, []string{"example.com/shop/helper", "example.com/shop/store"}},
		{"./store", []string{"example.com/shop/store"}, nil},
		{"./...", append(tests, "example.com/shop/dot.test", "example.com/shop/helper", "example.com/shop/store"), nil},
	} {
		p, err := check(t, t.Context(), dir, c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, ids(p.Named)); diff != "" {
			t.Errorf("%s, named: -want +got:\n%s", c.pattern, diff)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(slices.Concat(c.want, c.wantOther))), ids(p.Source)); diff != "" {
			t.Errorf("%s, with imports: -want +got:\n%s", c.pattern, diff)
		}
		for _, p := range p.Source {
			if len(p.Syntax) == 0 || !p.Types.Complete() || len(p.TypesInfo.Defs) == 0 || p.TypesSizes == nil || p.Dir == "" {
				t.Errorf("%s: %d files, dir %q", p, len(p.Syntax), p.Dir)
			}
		}
	}
}

// A type of a package that is read from source is the same one, whoever imports it,
// also where a package of another module stands between them.
func TestOneOfEachType(t *testing.T) {
	workspace := `
-- go.work --
go 1.26
use ./a
use ./b
-- a/go.mod --
module example.com/a
go 1.26
require example.com/between v1.0.0
replace example.com/between => ../between
-- a/a.go --
package a
import ("example.com/between"; "example.com/b")
var Same b.Type = between.New()
-- b/go.mod --
module example.com/b
go 1.26
-- b/b.go --
package b
type Type struct{ N int }
-- between/go.mod --
module example.com/between
go 1.26
-- between/between.go --
package between
import "example.com/b"
func New() b.Type { return b.Type{N: 1} }
`
	dir := module(t, workspace)
	t.Setenv("GOFLAGS", "")
	p, err := check(t, t.Context(), filepath.Join(dir, "a"), "./...", "example.com/b")
	if err != nil {
		t.Fatal(err) // no two types of one name
	}
	if diff := cmp.Diff([]string{"example.com/a", "example.com/b"}, ids(p.Named)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What cannot be analyzed is said with its place, each thing once.
func TestErrors(t *testing.T) {
	dir := module(t, `
-- go.mod --
module example.com/shop
go 1.26
-- typed/typed.go --
package typed
var x int = "one"
var y string = 1
-- typed/typed_test.go --
package typed
-- above/above.go --
package above
import "example.com/shop/typed"
var Z = typed.Missing
-- syntax/syntax.go --
package syntax
func f( {
-- header/header.go --
pakcage header
-- absent/absent.go --
package absent
import "example.com/shop/gone"
-- cycle/one/one.go --
package one
import _ "example.com/shop/cycle/two"
-- cycle/two/two.go --
package two
import _ "example.com/shop/cycle/one"
-- empty/README --
-- unused/unused.go --
package unused
import "fmt"
`)
	for pattern, want := range map[string][]string{
		"./typed":     {`typed/typed.go:2:13: cannot use "one"`, `typed/typed.go:3:16: cannot use 1`},
		"./above":     {`typed/typed.go:2:13: cannot use "one"`, `typed/typed.go:3:16: cannot use 1`},
		"./syntax":    {"syntax/syntax.go:2:9: "},
		"./header":    {"header/header.go:1:1: "},
		"./absent":    {"absent/absent.go:2:8: "},
		"./cycle/one": {"import cycle not allowed"},
		"./unused":    {`unused/unused.go:2:8: "fmt" imported and not used`},
		"./nothing":   {"nothing"},
		"./empty/...": {"no packages match ./empty/..."},
	} {
		_, err := check(t, t.Context(), dir, pattern)
		if err == nil {
			t.Errorf("%s: no error", pattern)
			continue
		}
		var problems diag.Problems
		if errors.As(err, &problems) && len(problems) != len(want) {
			t.Errorf("%s: %d problems, want %d:\n%v", pattern, len(problems), len(want), err)
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v\ndoes not say %q", pattern, err, w)
			}
		}
	}
}

// Without tests there are the packages as they are built, and not those that only
// have tests.
func TestWithoutTests(t *testing.T) {
	dir := module(t, shop+`
-- tested/tested_test.go --
package tested
`)
	for pattern, want := range map[string][]string{
		"./app":    {"example.com/shop/app"},
		"./tested": nil,
		"./...":    {"example.com/shop/app", "example.com/shop/dot.test", "example.com/shop/helper", "example.com/shop/store"},
	} {
		for _, listed := range []func(string) bool{func(string) bool { return false }, func(at string) bool { return at == dir }} { // as another project's
			p, err := List(t.Context(), dir, []string{pattern}, listed, Kept{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, ids(p.Named)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", pattern, diff)
			}
			if pattern == "./tested" && !p.Folders[filepath.Join(dir, "tested")] {
				t.Errorf("the folders are %v", p.Folders)
			}
		}
	}
}

// Of a package that is only imported there are the declarations, and these are the
// same ones as with the bodies.
func TestDeclarations(t *testing.T) {
	dir := module(t, shop)
	p, err := List(t.Context(), dir, []string{"./app"}, tests, Kept{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Prepare(p.Named); err != nil {
		t.Fatal(err)
	}
	whole, err := check(t, t.Context(), dir, "./app")
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range p.Named {
		if !p.Check(pkg) {
			t.Fatal(p.Problems())
		}
	}
	for i, pkg := range p.Source {
		got, _ := Declared(pkg.Types)
		if want, _ := Declared(whole.Source[i].Types); got != want {
			t.Errorf("%s declares something else", pkg)
		}
		if p.Of(pkg.Types) != pkg || pkg.Types.Scope().Len() != whole.Source[i].Types.Scope().Len() {
			t.Errorf("%s is another one", pkg)
		}
		if named := slices.Contains(p.Named, pkg); named != (pkg.TypesInfo != nil) {
			t.Errorf("%s: named %v, TypesInfo %v", pkg, named, pkg.TypesInfo != nil)
		}
	}
}

// What a package declares changes with what others can see of it.
func TestDeclared(t *testing.T) {
	const text = `package shop

const N = 1

type T struct{ name string; in inner }

type inner struct{ n int }

type Alias = inner

var V, _ = New[int](nil)

// Get gets.
func (t *T) Get(n int) string { return t.name }

func (inner) Len() (n int) { return hidden() }

func New[E any](list []E) (*T, error) { return nil, nil }

func hidden() int { return 1 }
`
	dir := module(t, "-- go.mod --\nmodule example.com/shop\ngo 1.26\n")
	declared := func(text string) [32]byte {
		if err := os.WriteFile(filepath.Join(dir, "shop.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := check(t, t.Context(), dir, ".")
		if err != nil {
			t.Fatal(err)
		}
		sum, _ := Declared(p.Named[0].Types)
		return sum
	}
	was := declared(text)
	for _, c := range []struct {
		old, new string
		same     bool
	}{
		{"return t.name", "var x = t.name; return func() string { return x }()", true},
		{"// Get gets.\n", "\n\n// Get gets a name,\n// whatever it is.\n", true},
		{"const N = 1", "const N /* one */ =  2 - 1", true},
		{"New[int](nil)", "New([]string{})", true}, {"func hidden() int", "var unseen = 1\n\nfunc hidden() int", true},
		{"N = 1", "N = 2", false}, {"name string", "name, other string", false}, {"name string", "name string `tag:\"x\"`", false},
		{"n int }", "n int64 }", false}, {"(n int) string", "(m int) string", false}, {"Get(n int)", "Got(n int)", false},
		{"V, _ =", "V, W =", false}, {"[E any]", "[E comparable]", false}, {"= inner", "= T", false}, {"(t *T)", "(t T)", false},
		{"Len() (n int)", "Len() (n int, err error)", false}, {"package shop", "package other", false},
	} {
		changed := strings.Replace(text, c.old, c.new, 1)
		if strings.Contains(c.new, "err error") {
			changed = strings.Replace(changed, "return hidden()", "return hidden(), nil", 1)
		}
		if got := declared(changed); (got == was) != c.same {
			t.Errorf("%q in place of %q: it declares the same is %v", c.new, c.old, got == was)
		}
	}
}

func TestCancelled(t *testing.T) {
	dir := module(t, shop)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := check(t, ctx, dir, "./..."); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestPlace(t *testing.T) {
	for pos, want := range map[string]diag.Problem{
		"a.go:3:13": {File: "a.go", Line: 3, Col: 13}, "a.go:3": {File: "a.go", Line: 3}, "a.go": {File: "a.go"},
		`C:\a.go:3:1`: {File: `C:\a.go`, Line: 3, Col: 1}, `C:\a.go`: {File: `C:\a.go`}, "-": {}, "": {},
	} {
		var got diag.Problem
		got.File, got.Line, got.Col = place(pos)
		if got != want {
			t.Errorf("place(%q) is %+v", pos, got)
		}
	}
}
