package load

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/lint/cache"
)

const embedding = shop + `
-- files/files.go --
package files
import _ "embed"
//go:embed text
var Text string
-- files/text/one --
one
-- plain/plain.go --
package plain
func Add(a, b int) int { return a + b }
`

// watchGo has the go command write down how it is called, and returns how often packages
// have been listed since the last time.
func watchGo(t *testing.T) (listed func() int) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the go command is watched by a shell script")
	}
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	script := "#!/bin/sh\necho \"$*\" >> " + log + "\nexec " + real + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return func() int {
		said, err := os.ReadFile(log)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		_ = os.Remove(log)
		return strings.Count(string(said), "-json=")
	}
}

// listedAs is what a listing gives, in words.
func listedAs(t *testing.T, dir string, kept Kept) (lines []string) {
	t.Helper()
	p, err := List(t.Context(), dir, []string{"./..."}, tests, kept)
	if err != nil {
		return []string{err.Error()}
	}
	packages.Visit(p.Named, nil, func(pkg *packages.Package) {
		line := []string{pkg.ID, pkg.Name, pkg.Dir, pkg.ForTest}
		if !p.Fixed(pkg.Dir) {
			line = append(append(append(line, pkg.GoFiles...), pkg.OtherFiles...), pkg.IgnoredFiles...)
			line = append(line, pkg.Module.Path, pkg.Module.GoVersion, pkg.Module.Dir)
		}
		for path, i := range pkg.Imports {
			line = append(line, path+"="+i.ID)
		}
		lines = append(lines, strings.Join(line[:4], " ")+strings.Join(slices.Sorted(slices.Values(line[4:])), " "))
	})
	slices.Sort(lines)
	return lines
}

// TestListing: after each change what is kept gives what the go command says. It is asked
// again where that can be something else, and not for the rest.
func TestListing(t *testing.T) {
	write := func(name, content string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			name := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(name string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	link := func(to, name string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	setting := func(name, value string) func(t *testing.T, dir string) {
		return func(t *testing.T, _ string) { t.Setenv(name, value) }
	}
	overlay := func(t *testing.T, dir string) {
		write("overlay.json", "{}")(t, dir)
		t.Setenv("GOFLAGS", "-mod=mod -overlay="+filepath.Join(dir, "overlay.json"))
	}
	const plain = "package plain\nfunc Add(a, b int) int { return a + b }\n"
	for i, c := range []struct {
		what   string
		change func(t *testing.T, dir string)
		asked  bool
	}{
		{"nothing", func(*testing.T, string) {}, false},
		{"a body", write("plain/plain.go", "package plain\nfunc Add(a, b int) int { return b + a }\n"), false},
		{"a declaration", write("plain/plain.go", plain+"type T int\n"), false},
		{"an error below the imports", write("plain/plain.go", plain+"func }\n"), false},
		{"a file that is not a source", write("plain/notes.txt", "notes"), false},
		{"a hidden folder", write(".hidden/hidden.go", "package hidden"), false},
		{"a body in a module on disk", write("lib/deep/deep.go", "package deep\nconst Size = 4 + 4\n"), false},
		{"the content of what is embedded", write("files/text/one", "two"), false},

		{"an import", write("plain/plain.go", "package plain\nimport _ \"example.com/shop/store\"\n"), true},
		{"a missing import", write("plain/plain.go", "package plain\nimport _ \"example.com/shop/nowhere\"\n"), true},
		{"a constraint", write("plain/plain.go", "//go:build never\n\n"+plain), true},
		{"another name", write("plain/plain.go", "package other\n"), true},
		{"a header that is not Go", write("plain/plain.go", "pakcage plain\n"), true},
		{"a file", write("plain/more.go", "package plain\n"), true},
		{"a file with another name", write("plain/more.go", "package other\n"), true},
		{"a file for another system", write("plain/plain_plan9.go", "package plain\n"), true},
		{"a test", write("plain/plain_test.go", "package plain\nimport _ \"testing\"\n"), true},
		{"a source in C", write("plain/plain.c", "int x;\n"), true},
		{"a source in assembly", write("plain/plain_amd64.s", "\n"), true},
		{"a file less", remove("store/store.go"), true},
		{"a folder", write("fresh/fresh.go", "package fresh\n"), true},
		{"a folder less", remove("plain"), true},
		{"a module inside", write("plain/go.mod", "module example.com/plain\n"), true},
		{"a link to a file", link("plain.go", "plain/linked.go"), true},
		{"a link to nothing", link("nowhere.go", "plain/linked.go"), true},
		{"a link to a folder", link("../store", "plain/linked"), true},
		{"a lock of an editor", link("somebody@somewhere.1", "plain/.#plain.go"), false},
		{"an embedded file less", remove("files/text/one"), true},
		{"an embedded folder less", remove("files/text"), true},
		{"an embedded file more", write("files/text/two", "two"), true},
		{"an embedded link", link("one", "files/text/three"), true},
		{"the version", write("go.mod", "module example.com/shop\ngo 1.25\nrequire example.com/lib v1.0.0\nreplace example.com/lib => ./lib\n"), true},
		{"the version of a module on disk", write("lib/go.mod", "module example.com/lib\ngo 1.25\n"), true},
		{"an import in a module on disk", write("lib/deep/deep.go", "package deep\nimport _ \"fmt\"\nconst Size = 8\n"), true},
		{"a file in a module on disk", write("lib/deep/more.go", "package deep\n"), true},
		{"a module less", remove("lib"), true},
		{"a workspace", write("go.work", "go 1.26\nuse .\n"), true},
		{"a vendor folder", write("vendor/modules.txt", "# example.com/lib v1.0.0 => ./lib\n"), true},
		{"a tag", setting("GOFLAGS", "-mod=mod -tags=never"), true},
		{"a system", setting("GOOS", "windows"), true},
		{"an overlay", overlay, true},
	} {
		if testing.Short() && i%5 != 0 {
			continue
		}
		t.Run(c.what, func(t *testing.T) {
			dir := module(t, embedding)
			kept := Kept{Cache: cache.Cache{Dir: t.TempDir()}}
			if got := listedAs(t, dir, kept); len(got) < 8 {
				t.Fatal(got)
			}
			c.change(t, dir)
			want := listedAs(t, dir, Kept{})
			listed := watchGo(t)
			got := listedAs(t, dir, kept)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-without +with what is kept:\n%s", diff)
			}
			if asked := listed() > 0; asked != c.asked {
				t.Errorf("the go command is asked: %t, want %t", asked, c.asked)
			}
			if diff := cmp.Diff(want, listedAs(t, dir, kept)); diff != "" {
				t.Errorf("once more: -without +with what is kept:\n%s", diff)
			}
		})
	}
}
