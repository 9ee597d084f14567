package typedcolumns_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/lint"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/project"
)

const root = "../../.."

// second is a block whose database has one of the tables of the first, too.
const second = `
  - engine: sqlite
    schema: audit
    queries: sql
    gen: {go: {out: internal/audit}}

options:`

var want = regexp.MustCompile("// want `([^`]*)`$")

// The fixtures are in a module with the generated package of this repository, and
// with a second block.
func TestFix(t *testing.T) {
	dir := t.TempDir()
	for to, from := range map[string]string{
		"service": "testdata/service", "internal/db": root + "/internal/db", "internal/runtime": root + "/internal/runtime",
		"migrations": root + "/migrations", "sql": root + "/sql",
	} {
		if err := os.CopyFS(filepath.Join(dir, filepath.FromSlash(to)), os.DirFS(filepath.FromSlash(from))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "sqlc.yaml"} {
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(content), "github.com/dreysql/drey", "example.com/shop")
		text = strings.Replace(text, "\n  drey:\n", "\n  drey:\n    lint: {on: [typedcolumns]}\n", 1)
		text = strings.Replace(text, "\noptions:", second, 1)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(filepath.Join(dir, "internal"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, bytes.ReplaceAll(content, []byte("github.com/dreysql/drey"), []byte("example.com/shop")), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	const audit = "-- +goose Up\nCREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
	if err := os.Mkdir(filepath.Join(dir, "audit"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "audit", "00001_tags.sql"), []byte(audit), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	reports, _, err := lint.Packages(t.Context(), &project.Projects{}, dir, []string{"./service"}, "")
	if err != nil {
		t.Fatal(err)
	}
	reports = slices.DeleteFunc(reports, func(r report.Report) bool { return r.Analyzer != "typedcolumns" })
	said := map[string]string{} // by file:line
	for _, r := range reports {
		said[filepath.Base(r.File)+":"+strconv.Itoa(r.Line)] = r.Message
	}
	if len(said) != len(reports) {
		t.Errorf("%d reports in %d lines", len(reports), len(said))
	}
	fixed, err := report.Apply(t.Context(), reports)
	if err != nil || fixed != len(reports) {
		t.Errorf("%d fixes of %d: %v", fixed, len(reports), err)
	}
	files, err := filepath.Glob("testdata/service/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		original, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(original), "\n") {
			at := filepath.Base(file) + ":" + strconv.Itoa(i+1)
			message, reported := said[at]
			delete(said, at)
			switch m := want.FindStringSubmatch(line); {
			case strings.Contains(line, "// want") != (m != nil):
				t.Errorf("%s: a want that is not read", at)
			case m == nil && reported:
				t.Errorf("%s: not wanted: %s", at, message)
			case m != nil && !regexp.MustCompile(m[1]).MatchString(message):
				t.Errorf("%s: %q, want %s", at, message, m[1])
			}
		}
		golden, err := os.ReadFile(file + ".golden")
		if os.IsNotExist(err) {
			golden, err = original, nil // nothing to fix
		}
		got, err2 := os.ReadFile(filepath.Join(dir, "service", filepath.Base(file)))
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if diff := cmp.Diff(string(golden), string(got)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", file, diff)
		}
	}
	if len(said) > 0 {
		t.Errorf("reports elsewhere: %v", slices.Sorted(maps.Keys(said)))
	}
}
