package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// A handle that somebody else has opened is looked at before the first write, and
// gets times in their form.
func TestForeignHandle(t *testing.T) {
	ctx := t.Context()
	for _, pragma := range []string{"", "&_pragma=foreign_keys(1)"} {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "foreign.db")+"?mode=rwc"+pragma)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(fixture.Schema + "; CREATE TABLE times (at DATETIME)"); err != nil {
			t.Fatal(err)
		}
		c := drey.NewClient(db)
		defer c.Close()
		noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.FixedZone("", 7200))
		for name, err := range map[string]error{
			"Insert":    second(links.Insert(links.Slug, links.UserID, links.Created).Exec(ctx, c, link{Slug: "a"})),
			"Returning": second(links.Insert(links.Slug, links.UserID, links.Created).Returning(ctx, c, link{Slug: "b"})),
			"Tx":        c.Tx(ctx, func(tx *drey.Tx) error { return second(tx.ExecContext(ctx, "INSERT INTO times VALUES (?)", noon)) }),
			"static":    second(static(c).ExecContext(ctx, "INSERT INTO times VALUES (?)", noon)),
			"raw":       second(c.ExecContext(ctx, "INSERT INTO times VALUES (?)", noon)),
		} {
			if pragma == "" && !errors.Is(err, drey.ErrForeignKeys) || pragma != "" && err != nil {
				t.Errorf("%q, %s: %v", pragma, name, err)
			}
		}
		if _, err := links.Where(links.ID.Eq(7)).All(ctx, c); err != nil {
			t.Error(err)
		}
		var n int
		if err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM times WHERE typeof(at) = 'text' AND at || '' = '2026-05-04 10:00:00' AND at = ?", noon).Scan(&n); err != nil || n != 3 && pragma != "" {
			t.Errorf("%d times have their form, %v", n, err)
		}
		if _, err := links.Where(links.Score.Eq(math.NaN())).All(ctx, c); !errors.Is(err, drey.ErrNaN) {
			t.Error(err)
		}
	}
}

// Whoever waits for the turn to write is told who has it.
func TestWhoHasTheWriter(t *testing.T) {
	c, path := openFile(t, sqlite.Options{BusyTimeout: 300 * time.Millisecond})
	ctx := t.Context()
	write := func(ctx context.Context) error {
		return second(c.ExecContext(ctx, "UPDATE links SET clicks = clicks"))
	}
	soon := func() context.Context {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	err := c.Tx(ctx, func(*drey.Tx) error {
		const own = "a transaction of this client has not ended"
		if err := write(soon()); !errors.Is(err, context.DeadlineExceeded) || drey.FailureOf(err) != drey.Canceled || !strings.Contains(err.Error(), own) {
			t.Errorf("the context ends first: %v", err)
		}
		if err := write(ctx); drey.FailureOf(err) != drey.Busy || !strings.Contains(err.Error(), own) {
			t.Errorf("the busy timeout ends first: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Another process has the lock.
	other, err := sql.Open("sqlite", "file:"+path+"?mode=rw&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := make(chan error)
	go func() { first <- c.Tx(ctx, func(*drey.Tx) error { return nil }) }()
	for !c.Begins() {
		time.Sleep(time.Millisecond)
	}
	if err := write(soon()); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another process has the database locked") {
		t.Errorf("behind another process: %v", err)
	}
	if err := <-first; drey.FailureOf(err) != drey.Busy {
		t.Errorf("the first: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := write(ctx); err != nil {
		t.Error(err)
	}
}
