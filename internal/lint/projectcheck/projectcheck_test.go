package projectcheck_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/lint/projectcheck"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlc"
)

// TestMain lets the test binary be sqlc, which runs in a process of its own.
func TestMain(m *testing.M) {
	sqlc.RunChild()
	os.Exit(m.Run())
}

// handEdit is what the check of that name reports.
func handEdit(t *testing.T, dir string) (said []string) {
	t.Helper()
	p, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	i := slices.IndexFunc(projectcheck.Checks, func(c projectcheck.Check) bool { return c.Name == "handedit" })
	reports, err := projectcheck.Checks[i].Run(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		said = append(said, r.File+": "+r.Message)
	}
	return said
}

// TestHandEdit: a project of tables alone, without a query by hand, from before its
// first generation on.
func TestHandEdit(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("migrations/00001_birds.sql", "-- +goose Up\nCREATE TABLE birds (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE TABLE nests (id INTEGER PRIMARY KEY);\n")
	write("sqlc.yaml", "version: \"2\"\nsql:\n  - {engine: sqlite, schema: migrations, queries: sql/crud, gen: {go: {out: db}}}\n")
	says := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, handEdit(t, dir)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	says("sqlc.yaml: nothing has been generated into db, sql/crud yet; run drey generate")
	result, err := generate.Run(t.Context(), generate.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "db/models.go")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "sql")); err != nil {
		t.Fatal(err)
	}
	says("sqlc.yaml: nothing has been generated into sql/crud yet; run drey generate",
		"db/models.go: this generated file is missing; run drey generate")
}
