package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// Every path is a path, whatever it has in common with a URI.
func TestOpenOddPaths(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"plain.db", "with space.db", "a?b=c.db", "a#b.db", "100%25.db", "ü.db", "file:x.db"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if _, err := sqlite.Migrate(ctx, path, fixture.Migrations); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c, err := sqlite.Open(ctx, path, fixture.Migrations, sqlite.Options{})
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
	_, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "none.db"), nil, sqlite.Options{})
	if err == nil || !strings.Contains(err.Error(), "Migrate or goose up creates it") {
		t.Errorf("got %v", err)
	}
}

// Every connection of the pool has the pragmas, not only the first.
func TestPragmasOnEveryConnection(t *testing.T) {
	ctx, path := context.Background(), fixture.Migrated(t, fixture.Migrations)
	c, err := sqlite.Open(ctx, path, fixture.Migrations, sqlite.Options{})
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

func TestOptions(t *testing.T) {
	ctx := context.Background()
	for _, test := range []struct {
		path string
		o    sqlite.Options
		want string
	}{
		{"x.db", sqlite.Options{Readers: -1}, "Readers is negative"},
		{"x.db", sqlite.Options{BusyTimeout: time.Microsecond}, "less than a millisecond"},
		{"x.db", sqlite.Options{ReadOnly: true, Durable: true}, "ReadOnly and Durable"},
		{"x.db", sqlite.Options{Immutable: true}, "without ReadOnly"},
		{":memory:", sqlite.Options{ReadOnly: true}, "in memory"},
		{":memory:", sqlite.Options{MaxWAL: 1}, "MaxWAL in memory"},
		{"x.db", sqlite.Options{Arguments: true}, "without OnStatement"},
		{"x.db", sqlite.Options{SlowAfter: 1}, "without OnStatement"},
	} {
		if _, err := sqlite.Open(ctx, test.path, fixture.Migrations, test.o); !errors.Is(err, drey.ErrOptions) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test.o, err)
		}
	}
	c, path := openFile(t, sqlite.Options{Durable: true, Readers: 3, BusyTimeout: time.Second})
	var sync, wait int
	if err := c.DB().QueryRowContext(ctx, "SELECT synchronous, timeout FROM pragma_synchronous, pragma_busy_timeout").Scan(&sync, &wait); err != nil || sync != 2 || wait != 1000 {
		t.Errorf("synchronous %d, busy timeout %d, %v", sync, wait, err)
	}
	if n := c.Stats().Readers.MaxOpenConnections; n != 3 {
		t.Errorf("%d readers", n)
	}
	r, err := sqlite.Open(ctx, path, fixture.Migrations, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if l, err := links.One(ctx, r); err != nil || l.Slug != "one" {
		t.Errorf("%v, %v", l, err)
	}
	if _, err := links.Delete().EveryRow().Exec(ctx, r); drey.FailureOf(err) != drey.ReadOnly {
		t.Errorf("a write of a read-only client: %v", err)
	}
	if _, err := sqlite.Open(ctx, path, fixture.Migrations, sqlite.Options{ReadOnly: true, Immutable: true}); err == nil || !strings.Contains(err.Error(), "write-ahead log") {
		t.Errorf("immutable, while it is being written to: %v", err)
	}
}

// A wrapper of the driver's, such as OpenTelemetry's, can be put in.
func TestOpenDB(t *testing.T) {
	var opened []*sql.DB
	c, path := openFile(t, sqlite.Options{OpenDB: func(c driver.Connector) *sql.DB {
		opened = append(opened, sql.OpenDB(c))
		return opened[len(opened)-1]
	}})
	if len(opened) != 2 || c.ReadDB() != opened[0] || c.DB() != opened[1] {
		t.Errorf("%d handles", len(opened))
	}
	if err := sqlite.Backup(context.Background(), c, path+".copy", nil); err != nil {
		t.Error(err)
	}
}
