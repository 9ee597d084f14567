package drey_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

func TestTx(t *testing.T) {
	c, ctx := openFixture(t, 2), context.Background()
	count := func(conn drey.Conn) int64 {
		t.Helper()
		n, err := links.Count(ctx, conn)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	insert := func(tx *drey.Tx, slug string) {
		t.Helper()
		if _, err := tx.ExecContext(ctx, "INSERT INTO links (user_id, slug, created) VALUES (1, ?, 1)", slug); err != nil {
			t.Fatal(err)
		}
	}
	failure := errors.New("failure")
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		insert(tx, "gone")
		if n := count(tx); n != 3 {
			t.Errorf("within: %d", n)
		}
		return failure
	})
	if !errors.Is(err, failure) || count(c) != 2 {
		t.Errorf("rolled back: %v, %d rows", err, count(c))
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = c.Tx(ctx, func(tx *drey.Tx) error { insert(tx, "gone"); panic("oh") })
	}()
	if n := count(c); n != 2 {
		t.Errorf("after a panic: %d rows", n)
	}
	if err := c.Tx(ctx, func(tx *drey.Tx) error { insert(tx, "kept"); return nil }); err != nil || count(c) != 3 {
		t.Errorf("committed: %v, %d rows", err, count(c))
	}
}

// A transaction prepares on its own connection, so it needs no second one, and
// leaves to the client what it prepared.
func TestTxWithOneConnection(t *testing.T) {
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "1", Up: []string{fixtureSchema}}}
	t.Cleanup(func() { drey.migrations = nil })
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "one.db")
	if _, err := sqlite.Migrate(ctx, path); err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		err := c.Tx(ctx, func(tx *drey.Tx) error {
			for range 3 {
				if _, err := links.Where(links.ID.Eq(1)).All(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if s := c.StatementStats(); s.Misses != 1 || s.Kept != 1 {
		t.Errorf("%d misses and %d statements, want 1 and 1", s.Misses, s.Kept)
	}
}

func TestStatementsAreBounded(t *testing.T) {
	c, ctx := openFixture(t, 20), context.Background()
	s := c.reads.statements
	s.max, c.reads.direct.max = 4, 4
	ids := make([]int64, 40)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 200 {
				n := i%40 + 1
				if _, err := links.Where(links.ID.In(ids[:n]...)).All(ctx, c); err != nil {
					t.Error(err)
					return
				}
				var found int
				if err := c.Queries.db.QueryRowContext(ctx, fmt.Sprintf("SELECT %d", n)).Scan(&found); err != nil || found != n {
					t.Error(found, err)
					return
				}
			}
		})
	}
	group.Wait()
	if len(s.ring) != 4 || len(s.byKey) != 4 || s.evicted.Load() == 0 {
		t.Errorf("%d in the ring, %d by key, %d evicted", len(s.ring), len(s.byKey), s.evicted.Load())
	}
	for _, st := range s.ring {
		if n := st.users.Load(); n != 1 {
			t.Errorf("a statement at rest has %d users", n)
		}
	}
	d, connections := c.reads.direct, c.Stats().Readers.OpenConnections
	if kept := d.kept.Load(); kept < 4 || kept > int64(4*connections) || d.evicted.Load() == 0 {
		t.Errorf("%d statements on %d connections, %d evicted", kept, connections, d.evicted.Load())
	}
	if err := c.Close(); err != nil || d.kept.Load() != 0 {
		t.Errorf("%d statements are open after Close, %v", d.kept.Load(), err)
	}
}

// Every path is a path, whatever it has in common with a URI.
func TestOpenOddPaths(t *testing.T) {
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "1", Up: []string{fixtureSchema}}}
	t.Cleanup(func() { drey.migrations = nil })
	ctx := context.Background()
	for _, name := range []string{"plain.db", "with space.db", "a?b=c.db", "a#b.db", "100%25.db", "ü.db", "file:x.db"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if _, err := sqlite.Migrate(ctx, path); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c, err := sqlite.Open(ctx, path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n, err := links.Count(ctx, c); n != 0 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if found, _ := filepath.Glob(filepath.Join(dir, "*")); len(found) != 1 || filepath.Base(found[0]) != name {
			t.Errorf("%s: the folder has %q", name, found)
		}
	}
}

func TestOpenNeedsTheFile(t *testing.T) {
	_, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "none.db"))
	if err == nil || !strings.Contains(err.Error(), "Migrate or goose up creates it") {
		t.Errorf("got %v", err)
	}
}

// Every connection of the pool has the pragmas, not only the first.
func TestPragmasOnEveryConnection(t *testing.T) {
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "1", Up: []string{fixtureSchema}}}
	t.Cleanup(func() { drey.migrations = nil })
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	if _, err := sqlite.Migrate(ctx, path); err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range 4 {
		handle := c.ReadDB()
		if i == 0 {
			handle = c.DB()
		}
		conn, err := handle.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for pragma, want := range map[string]string{
			"foreign_keys": "1", "busy_timeout": "10000", "journal_mode": "wal", "synchronous": "1",
		} {
			var got string
			if err := conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("connection %d: %s = %s, %v, want %s", i, pragma, got, err, want)
			}
		}
	}
}

func TestSchemaVersions(t *testing.T) {
	t.Cleanup(func() { drey.migrations = nil })
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "v.db")
	one := sqlite.Migration{Version: 1, Name: "00001_links.sql", Up: []string{fixtureSchema}}
	two := sqlite.Migration{Version: 2, Name: "00002_more.sql", Up: []string{"CREATE TABLE more (id INTEGER PRIMARY KEY)"}}
	broken := sqlite.Migration{Version: 3, Name: "00003_broken.sql", Up: []string{"CREATE TABLE third (x)", "CREATE TABLE more (id)"}}

	drey.migrations = []sqlite.Migration{one}
	if done, err := sqlite.Migrate(ctx, path); err != nil || fmt.Sprint(done) != "[00001_links.sql]" {
		t.Fatalf("got %v, %v", done, err)
	}
	if done, err := sqlite.Migrate(ctx, path); err != nil || len(done) != 0 {
		t.Fatalf("a second time: got %v, %v", done, err)
	}
	drey.migrations = []sqlite.Migration{one, two}
	if _, err := sqlite.Open(ctx, path); !errors.Is(err, drey.ErrSchemaOlder) || !strings.Contains(err.Error(), "00002_more.sql") {
		t.Errorf("older: got %v", err)
	}
	if done, err := sqlite.Migrate(ctx, path); err != nil || fmt.Sprint(done) != "[00002_more.sql]" {
		t.Fatalf("got %v, %v", done, err)
	}
	drey.migrations = []sqlite.Migration{one}
	if _, err := sqlite.Open(ctx, path); !errors.Is(err, drey.ErrSchemaNewer) || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("newer: got %v", err)
	}
	if _, err := sqlite.Migrate(ctx, path); !errors.Is(err, drey.ErrSchemaNewer) {
		t.Errorf("migrate a newer one: got %v", err)
	}
	drey.migrations = []sqlite.Migration{one, two, broken}
	if _, err := sqlite.Migrate(ctx, path); err == nil || !strings.Contains(err.Error(), "00003_broken.sql") {
		t.Errorf("broken: got %v", err)
	}
	drey.migrations = []sqlite.Migration{one, two}
	c, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatalf("after a migration that failed: %v", err)
	}
	defer c.Close()
	var n int
	if err := c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'third'").Scan(&n); err != nil || n != 0 {
		t.Errorf("half of a failed migration is there: %d, %v", n, err)
	}
}

func TestMigrateOutOfOrder(t *testing.T) {
	t.Cleanup(func() { drey.migrations = nil })
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "o.db")
	drey.migrations = []sqlite.Migration{{Version: 2, Name: "2", Up: []string{"CREATE TABLE b (x)"}}}
	if _, err := sqlite.Migrate(ctx, path); err != nil {
		t.Fatal(err)
	}
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "1", Up: []string{"CREATE TABLE a (x)"}}, drey.migrations[0]}
	if _, err := sqlite.Migrate(ctx, path); err == nil || !strings.Contains(err.Error(), "never applied") {
		t.Errorf("got %v", err)
	}
}

// Two processes that start at once migrate once.
func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Cleanup(func() { drey.migrations = nil })
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "t.db")
	for i := range 20 {
		drey.migrations = append(drey.migrations, sqlite.Migration{Version: int64(i + 1), Name: fmt.Sprint(i + 1), Up: []string{fmt.Sprintf("CREATE TABLE t%d (x)", i)}})
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := sqlite.Migrate(ctx, path); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	c, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var n int
	if err := c.QueryRowContext(ctx, "SELECT count(*) FROM goose_db_version").Scan(&n); err != nil || n != 21 {
		t.Errorf("%d rows in the version table, %v, want 21", n, err)
	}
}
