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
// what they import of their module; nothing else is among their imports.
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
		named, err := Packages(t.Context(), dir, []string{c.pattern})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, ids(named)); diff != "" {
			t.Errorf("%s, named: -want +got:\n%s", c.pattern, diff)
		}
		all := reached(named)
		if diff := cmp.Diff(slices.Sorted(slices.Values(slices.Concat(c.want, c.wantOther))), ids(all)); diff != "" {
			t.Errorf("%s, with imports: -want +got:\n%s", c.pattern, diff)
		}
		for _, p := range all {
			if len(p.Syntax) == 0 || !p.Types.Complete() || len(p.TypesInfo.Defs) == 0 || p.TypesSizes == nil || p.Dir == "" {
				t.Errorf("%s: %d files, dir %q", p, len(p.Syntax), p.Dir)
			}
		}
	}
}

func reached(named []*packages.Package) (all []*packages.Package) {
	packages.Visit(named, nil, func(p *packages.Package) { all = append(all, p) })
	return all
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
	named, err := Packages(t.Context(), filepath.Join(dir, "a"), []string{"./...", "example.com/b"})
	if err != nil {
		t.Fatal(err) // no two types of one name
	}
	if diff := cmp.Diff([]string{"example.com/a", "example.com/b"}, ids(reached(named))); diff != "" {
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
		_, err := Packages(t.Context(), dir, []string{pattern})
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

func TestCancelled(t *testing.T) {
	dir := module(t, shop)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Packages(ctx, dir, []string{"./..."}); !errors.Is(err, context.Canceled) {
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
