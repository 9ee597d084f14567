package cli

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The project of docs/seed.md gets the rows that the page has in testdata/seed.sql.
func TestSeedPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/seed.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)\n`([a-z0-9_/.]+)`\n\n```[a-z]+\n(.*?)```\n").FindAllSubmatch(page, -1) {
		files[string(m[1])] = string(m[2])
	}
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"seed", "--dir", dir, "--sql", "--rows", "customers=3", "--rows", "orders=2/customers"}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	if diff := cmp.Diff(files["testdata/seed.sql"], stdout.String()); diff != "" {
		t.Errorf("-page +drey seed:\n%s", diff)
	}
}

// A local D1 has the tables of wrangler and of the platform beside those of the
// migrations, and not goose's.
func TestSeedD1(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "d1.sqlite")
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const users = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);"
	const tags = "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
	for name, text := range map[string]string{
		"sqlc.yaml": "version: \"2\"\nsql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {package: db, out: db}}}]\n",
		"sql/q.sql": "", "migrations/00001_users.sql": "-- +goose Up\n" + users, "migrations/00002_tags.sql": "-- +goose Up\n" + tags,
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	exec := func(statement string) {
		t.Helper()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	drey := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if code := Main(append(args, "--dir", dir), &out, &out); code != want {
			t.Errorf("%v: exit code %d: %s", args, code, &out)
		}
		return out.String()
	}
	exec(`CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB);
		CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);` + users +
		`INSERT INTO d1_migrations (name) VALUES ('00001_users.sql')`)
	if out := drey(exitFailure, "seed", name); !strings.Contains(out, "lacks 1 migration, the first is migrations/00002_tags.sql") {
		t.Error(out)
	}
	exec(tags + "INSERT INTO d1_migrations (name) VALUES ('00002_tags.sql')")
	drey(exitOK, "migrate", "drift", name)
	if out := drey(exitOK, "seed", name, "--rows", "4"); !strings.Contains(out, "\n8 rows in ") {
		t.Error(out)
	}
	drey(exitOK, "migrate", "drift", name)
	// An export may begin with a later version, which has the earlier ones in it.
	exec("DELETE FROM d1_migrations WHERE name = '00001_users.sql'")
	drey(exitOK, "seed", name, "--rows", "4")
}
