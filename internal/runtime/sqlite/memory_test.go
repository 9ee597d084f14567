package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// hundred is a schema of a hundred migrations, of a table and two indexes each.
func hundred() (migrations []sqlite.Migration) {
	for i := range 100 {
		migrations = append(migrations, sqlite.Migration{Version: int64(i + 1), Name: fmt.Sprintf("%05d_table.sql", i+1), Up: []string{
			fmt.Sprintf(`CREATE TABLE t%d (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, parent_id INTEGER REFERENCES t%d (id),
	note TEXT, amount INTEGER NOT NULL DEFAULT 0, created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP)`, i, max(i-1, 0)),
			fmt.Sprintf("CREATE INDEX t%d_parent ON t%d (parent_id)", i, i),
		}})
	}
	return migrations
}

// What a test pays that opens a migrated database of its own, and what it pays that
// uses both of its connections, too.
func BenchmarkOpenMemory(b *testing.B) {
	for _, bench := range []struct {
		name       string
		migrations []sqlite.Migration
	}{{"links", fixtureMigrations}, {"hundred", hundred()}} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				c, err := sqlite.Open(context.Background(), ":memory:", bench.migrations, sqlite.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := c.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bench.name+"/used", func(b *testing.B) {
			for b.Loop() {
				c, err := sqlite.Open(context.Background(), ":memory:", bench.migrations, sqlite.Options{})
				if err != nil {
					b.Fatal(err)
				}
				var n int
				if _, err = c.ExecContext(context.Background(), "DELETE FROM goose_db_version WHERE version_id = 1"); err == nil {
					err = c.QueryRowContext(context.Background(), "SELECT COUNT(*) FROM goose_db_version").Scan(&n)
				}
				if err := errors.Join(err, c.Close()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// allSorts are migrations that leave all that a database can keep.
func allSorts() []sqlite.Migration {
	return []sqlite.Migration{
		{Version: 1, Name: "00001_pages.sql", NoTx: true, Up: []string{"PRAGMA page_size = 8192", "VACUUM", "PRAGMA application_id = 4711", "PRAGMA user_version = 12"}},
		{Version: 2, Name: "00002_tables.sql", Up: []string{
			"CREATE TABLE authors (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT",
			"CREATE TABLE books (id TEXT NOT NULL PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE, title TEXT, shout TEXT AS (upper(title)) STORED) WITHOUT ROWID",
			"CREATE INDEX books_author ON books (author_id) WHERE title IS NOT NULL",
			"CREATE VIRTUAL TABLE search USING fts5 (title)",
			"CREATE VIEW titles AS SELECT a.name, b.title FROM authors a JOIN books b ON b.author_id = a.id",
			"CREATE TRIGGER books_search AFTER INSERT ON books BEGIN INSERT INTO search (title) VALUES (new.title); END",
		}},
		{Version: 5, Name: "00005_rows.sql", Up: []string{
			"INSERT INTO authors (name) VALUES ('Ada'), ('gone'), ('Grace')",
			"DELETE FROM authors WHERE name = 'gone' OR id = 3",
			"INSERT INTO books (id, author_id, title) VALUES ('a', 1, 'Notes'), ('b', 1, NULL)",
			"ANALYZE",
		}},
	}
}

// dump is all that a database keeps.
func dump(t *testing.T, c *drey.Client) map[string][]string {
	t.Helper()
	kept := map[string][]string{}
	queries := []string{
		"SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY 1, 2",
		"SELECT page_size, page_count, encoding, auto_vacuum, application_id, user_version, foreign_keys FROM pragma_page_size, pragma_page_count, pragma_encoding, pragma_auto_vacuum, pragma_application_id, pragma_user_version, pragma_foreign_keys",
		"SELECT id, version_id, is_applied FROM goose_db_version",
	}
	for _, table := range []string{"authors", "books", "search", "titles", "search_data", "sqlite_sequence", "sqlite_stat1"} {
		queries = append(queries, "SELECT * FROM "+table)
	}
	for _, query := range queries {
		rows, err := c.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			for _, v := range values {
				fmt.Fprintf(&text, "%T %[1]v|", *v.(*any))
			}
			kept[query] = append(kept[query], text.String())
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return kept
}

// A copy of the template is what the migrations make of a file.
func TestMemoryIsMigrated(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "file.db")
	if _, err := sqlite.Migrate(ctx, path, allSorts()); err != nil {
		t.Fatal(err)
	}
	file, err := sqlite.Open(ctx, path, allSorts(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want := dump(t, file)
	for i := range 3 {
		c := memory(t, allSorts())
		got := dump(t, c)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("copy %d:\n%s", i, diff)
		}
		if err := sqlite.Check(ctx, c); err != nil {
			t.Error(err)
		}
		// The next copy does not have this.
		for _, write := range []string{"INSERT INTO authors (name) VALUES ('Linus')", "DROP VIEW titles", "PRAGMA user_version = 13"} {
			if _, err := c.ExecContext(ctx, write); err != nil {
				t.Error(err)
			}
		}
		if _, err := c.ExecContext(ctx, "INSERT INTO books (id, author_id) VALUES ('x', 99)"); drey.FailureOf(err) != drey.ForeignKeyViolation {
			t.Errorf("a book without an author: %v", err)
		}
	}
}

// memory opens a database in memory.
func memory(t testing.TB, migrations []sqlite.Migration) *drey.Client {
	t.Helper()
	c, err := sqlite.Open(context.Background(), ":memory:", migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// random are migrations that make another database each time that they run.
func random(table string) []sqlite.Migration {
	return []sqlite.Migration{{Version: 1, Name: "00001_" + table + ".sql", Up: []string{
		"CREATE TABLE " + table + " (n INTEGER NOT NULL)", "INSERT INTO " + table + " VALUES (random())",
	}}}
}

func number(t *testing.T, c *drey.Client, query string) (n int64) {
	t.Helper()
	if err := c.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A process runs the migrations once, also where many open at the same time, and no
// one sees what others write.
func TestMemoriesAreMigratedOnceAndApart(t *testing.T) {
	var made sync.Map
	t.Run("all", func(t *testing.T) {
		for i := range 200 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				c := memory(t, random("once"))
				made.Store(number(t, c, "SELECT n FROM once"), true)
				if _, err := c.ExecContext(t.Context(), "UPDATE once SET n = ?", i); err != nil {
					t.Error(err)
				}
				if n := number(t, c, "SELECT SUM(n) FROM once"); n != int64(i) {
					t.Errorf("%d is %d", i, n)
				}
			})
		}
	})
	n := 0
	for range made.Range {
		n++
	}
	if n != 1 {
		t.Errorf("the migrations have run %d times", n)
	}
}

// Migrations that differ in anything are other migrations, also where somebody has
// changed them in place, and however many there are.
func TestMemoryOfOtherMigrations(t *testing.T) {
	changed := random("changed")
	before := number(t, memory(t, changed), "SELECT n FROM changed")
	changed[0].Up[1] = "INSERT INTO changed VALUES (7)"
	if n := number(t, memory(t, changed), "SELECT n FROM changed"); n != 7 {
		t.Errorf("a migration that has changed is not run: %d, %d", before, n)
	}
	first := memory(t, random("t0"))
	for i := range 40 {
		table := fmt.Sprintf("t%d", i)
		if n := number(t, memory(t, random(table)), "SELECT COUNT(*) FROM "+table); n != 1 {
			t.Errorf("%s has %d rows", table, n)
		}
	}
	if n := number(t, first, "SELECT COUNT(*) FROM t0"); n != 1 {
		t.Errorf("the first has %d rows", n)
	}
}

// What goes wrong is said each time, and does not stay.
func TestMemoryRefused(t *testing.T) {
	broken := []sqlite.Migration{{Version: 1, Name: "00001_broken.sql", Up: []string{"CREATE TABLE broken (", ""}}}
	for range 2 {
		if _, err := sqlite.Open(t.Context(), ":memory:", broken, sqlite.Options{}); err == nil || !strings.Contains(err.Error(), "00001_broken.sql") {
			t.Errorf("got %v", err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqlite.Open(ended, ":memory:", random("canceled"), sqlite.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	memory(t, random("canceled"))
}

// Neither a template nor a copy leaves a goroutine.
func TestMemoryLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for i := range 20 {
		c, err := sqlite.Open(t.Context(), ":memory:", random(fmt.Sprintf("left%d", i%3)), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		number(t, c, "SELECT COUNT(*) FROM sqlite_schema")
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
		}
	}
}
