package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

func TestSchemaVersions(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "v.db")
	one := sqlite.Migration{Version: 1, Name: "00001_links.sql", Up: []string{fixture.Schema}}
	two := sqlite.Migration{Version: 2, Name: "00002_more.sql", Up: []string{"CREATE TABLE more (id INTEGER PRIMARY KEY)"}}
	broken := sqlite.Migration{Version: 3, Name: "00003_broken.sql", Up: []string{"CREATE TABLE third (x)", "CREATE TABLE more (id)"}}

	migrations := []sqlite.Migration{one}
	if done, err := sqlite.Migrate(ctx, path, migrations); err != nil || fmt.Sprint(done) != "[00001_links.sql]" {
		t.Fatalf("got %v, %v", done, err)
	}
	if done, err := sqlite.Migrate(ctx, path, migrations); err != nil || len(done) != 0 {
		t.Fatalf("a second time: got %v, %v", done, err)
	}
	migrations = []sqlite.Migration{one, two}
	if _, err := sqlite.Open(ctx, path, migrations, sqlite.Options{}); !errors.Is(err, drey.ErrSchemaOlder) || !strings.Contains(err.Error(), "00002_more.sql") {
		t.Errorf("older: got %v", err)
	}
	if done, err := sqlite.Migrate(ctx, path, migrations); err != nil || fmt.Sprint(done) != "[00002_more.sql]" {
		t.Fatalf("got %v, %v", done, err)
	}
	migrations = []sqlite.Migration{one}
	if _, err := sqlite.Open(ctx, path, migrations, sqlite.Options{}); !errors.Is(err, drey.ErrSchemaNewer) || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("newer: got %v", err)
	}
	if _, err := sqlite.Migrate(ctx, path, migrations); !errors.Is(err, drey.ErrSchemaNewer) {
		t.Errorf("migrate a newer one: got %v", err)
	}
	migrations = []sqlite.Migration{one, two, broken}
	if _, err := sqlite.Migrate(ctx, path, migrations); err == nil || !strings.Contains(err.Error(), "00003_broken.sql") {
		t.Errorf("broken: got %v", err)
	}
	migrations = []sqlite.Migration{one, two}
	c, err := sqlite.Open(ctx, path, migrations, sqlite.Options{})
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
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "o.db")
	migrations := []sqlite.Migration{{Version: 2, Name: "2", Up: []string{"CREATE TABLE b (x)"}}}
	if _, err := sqlite.Migrate(ctx, path, migrations); err != nil {
		t.Fatal(err)
	}
	migrations = []sqlite.Migration{{Version: 1, Name: "1", Up: []string{"CREATE TABLE a (x)"}}, migrations[0]}
	if _, err := sqlite.Migrate(ctx, path, migrations); err == nil || !strings.Contains(err.Error(), "never applied") {
		t.Errorf("got %v", err)
	}
}

// Two processes that start at once migrate once.
func TestMigrateTwiceAtOnce(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "t.db")
	var migrations []sqlite.Migration
	for i := range 20 {
		migrations = append(migrations, sqlite.Migration{Version: int64(i + 1), Name: fmt.Sprint(i + 1), Up: []string{fmt.Sprintf("CREATE TABLE t%d (x)", i)}})
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := sqlite.Migrate(ctx, path, migrations); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	c, err := sqlite.Open(ctx, path, migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var n int
	if err := c.QueryRowContext(ctx, "SELECT count(*) FROM goose_db_version").Scan(&n); err != nil || n != 21 {
		t.Errorf("%d rows in the version table, %v, want 21", n, err)
	}
}

// Migrate waits for another process as long as its context allows: longer than a
// write would wait.
func TestMigrateIsPatient(t *testing.T) {
	migrations := []sqlite.Migration{{Version: 1, Name: "00001_t.sql", Up: []string{"CREATE TABLE t (a INTEGER)"}}}
	path := filepath.Join(t.TempDir(), "patient.db")
	other, err := sql.Open("sqlite", "file:"+path+"?mode=rwc&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := sqlite.Migrate(short, path, migrations); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a context that ends: %v", err)
	}
	held := 100 * time.Millisecond
	if !testing.Short() {
		held = sqlite.LockWait + time.Second
	}
	time.AfterFunc(held, func() { _ = tx.Rollback() })
	if done, err := sqlite.Migrate(t.Context(), path, migrations); err != nil || len(done) != 1 {
		t.Errorf("after %v: %v, %v", held, done, err)
	}
}
