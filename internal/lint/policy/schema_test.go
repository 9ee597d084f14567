package policy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
)

// schemas are those of the projects below.
var schemas = map[string]string{
	"shop":  "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT); CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER);",
	"audit": "CREATE TABLE customers (id INTEGER PRIMARY KEY, visits INTEGER, last_page TEXT); CREATE VIEW events AS SELECT id, visits AS n FROM customers;",
	"empty": "CREATE TABLE t (id INTEGER PRIMARY KEY);",
}

// open opens a project with a block for each schema.
func open(t *testing.T, names ...string) Project {
	t.Helper()
	dir := t.TempDir()
	config := "version: \"2\"\nsql:\n"
	for _, name := range names {
		config += "  - {engine: sqlite, schema: " + name + ", queries: sql, gen: {go: {out: " + name + "db}}}\n"
		write(t, filepath.Join(dir, name, "00001_a.sql"), "-- +goose Up\n"+schemas[name]+"\n")
	}
	write(t, filepath.Join(dir, "sql", "q.sql"), "")
	write(t, filepath.Join(dir, "sqlc.yaml"), config)
	p, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return Project{p, func(error) {}}
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

// TestDescribe: what one of several schemas takes is taken, with the columns that it
// has there; and what none does is refused by one that has the table.
func TestDescribe(t *testing.T) {
	names := []string{"empty", "shop", "audit"}
	all := open(t, names...)
	var alone []Project
	for _, name := range names {
		alone = append(alone, open(t, name))
	}
	columns := []string{"*", "id", "email", "visits", "n", "total", "nope", "email, visits"}
	tables := []string{"customers", "orders", "events", "t", "nowhere", "customers, orders", "orders, events"}
	for _, column := range columns {
		for _, table := range tables {
			sql := "SELECT " + column + " FROM " + table
			taken, known := 0, false
			for _, p := range alone {
				_, err := p.Describe(sql)
				if err == nil {
					taken++
				}
				known = known || err == nil || !strings.HasPrefix(err.Error(), "no such table")
			}
			list, err := all.Describe(sql)
			if len(list) != taken || (err == nil) != (taken > 0) {
				t.Errorf("%s: %d take it, want %d: %v", sql, len(list), taken, err)
			}
			var refused *sqlite.Error
			if err != nil && (!errors.As(err, &refused) || known && strings.HasPrefix(err.Error(), "no such table")) {
				t.Errorf("%s: %v, of a database without the table", sql, err)
			}
		}
	}
	if got := strings.Join(all.Columns("SELECT * FROM customers"), " "); got != "id email visits last_page" {
		t.Errorf("customers has the columns %s", got)
	}
	got, err := all.Tables()
	got = slices.DeleteFunc(got, func(name string) bool { return strings.HasPrefix(name, "sqlite_") || name == migration.VersionTable })
	if err != nil || strings.Join(got, " ") != "t customers orders customers events" {
		t.Errorf("the tables are %v, %v", got, err)
	}
	if _, err := (Project{}).Describe("SELECT 1"); !errors.Is(err, ErrNoSchema) {
		t.Errorf("without a project: %v", err)
	}
}
