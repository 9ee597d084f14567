package drey_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// Reads run on connections that cannot write, writes on the one that can,
// whichever half they come from.
func TestEachCallHasItsPool(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *drey.Client{
		"file":   func(tb testing.TB) *drey.Client { c, _ := openFile(tb, sqlite.Options{}); return c },
		"memory": func(tb testing.TB) *drey.Client { return openFixture(tb, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			c, ctx := open(t), context.Background()
			counts := func() (reads, writes int) {
				return c.ReadStats().Kept, c.WriteStats().Kept
			}
			reads, writes := counts()
			expect := func(what string, moreReads, moreWrites int) {
				t.Helper()
				r, w := counts()
				if r-reads != moreReads || w-writes != moreWrites {
					t.Errorf("%s: %d and %d more statements for reading and writing, want %d and %d", what, r-reads, w-writes, moreReads, moreWrites)
				}
				reads, writes = r, w
			}
			var id int64
			scan := func(query string) {
				t.Helper()
				if err := static(c).QueryRowContext(ctx, query).Scan(&id); err != nil {
					t.Fatal(query, err)
				}
			}
			scan("-- name: One :one\nSELECT id FROM links")
			expect("SELECT", 1, 0)
			scan("WITH l AS (SELECT id FROM links) SELECT id FROM l")
			expect("WITH SELECT", 1, 0)
			scan("INSERT INTO links (user_id, slug, created) VALUES (1, 'a', 1) RETURNING id")
			expect("INSERT RETURNING", 0, 1)
			scan("WITH s (slug) AS (VALUES ('b')) INSERT INTO links (user_id, slug, created) SELECT 1, slug, 1 FROM s WHERE TRUE RETURNING id")
			expect("WITH INSERT", 0, 1)
			if _, err := links.All(ctx, c); err != nil {
				t.Fatal(err)
			}
			expect("All", 1, 0)
			if _, err := links.Update(links.Clicks.Add(1)).Where(links.ID.Eq(1)).Returning(ctx, c); err != nil {
				t.Fatal(err)
			}
			expect("Update", 0, 1)
			// texts of the caller's own, which are not kept
			if err := c.QueryRowContext(ctx, "DELETE FROM links WHERE slug = 'b' RETURNING id").Scan(&id); err != nil {
				t.Fatal(err)
			}
			if _, err := c.ExecContext(ctx, "UPDATE links SET title = 'x'"); err != nil {
				t.Fatal(err)
			}
			stmt, err := c.PrepareContext(ctx, "DELETE FROM links WHERE slug = 'a'")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stmt.ExecContext(ctx); err != nil {
				t.Fatal(err)
			}
			if err := stmt.Close(); err != nil {
				t.Fatal(err)
			}
			expect("texts", 0, 0)
			if _, err := c.ReadDB().ExecContext(ctx, "DELETE FROM links"); drey.FailureOf(err) != drey.ReadOnly {
				t.Errorf("a connection that reads has written: %v", err)
			}
			if n, err := links.Count(ctx, c); n != 1 || err != nil {
				t.Errorf("%d links, %v", n, err)
			}
		})
	}
}

func TestTransactionsAreNotTexts(t *testing.T) {
	c, ctx := openFixture(t, 1), context.Background()
	check := func(db drey.DBTX) {
		t.Helper()
		for _, query := range []string{"BEGIN", "COMMIT", " rollback", "-- x\nSAVEPOINT s"} {
			if _, err := db.ExecContext(ctx, query); !errors.Is(err, drey.ErrTxStatement) {
				t.Errorf("%s: %v", query, err)
			}
			if err := db.QueryRowContext(ctx, query).Scan(); !errors.Is(err, drey.ErrTxStatement) {
				t.Errorf("%s: %v", query, err)
			}
		}
	}
	check(c)
	check(static(c))
	if err := c.Tx(ctx, func(tx *drey.Tx) error { check(tx); check(static(tx)); return nil }); err != nil {
		t.Fatal(err)
	}
}

// A write on the client from inside of its transaction would wait for ever.
func TestWriteBesideItsOwnTransaction(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{BusyTimeout: 50 * time.Millisecond})
	ctx := context.Background()
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		if _, err := links.Update(links.Clicks.Add(1)).EveryRow().Exec(ctx, tx); err != nil {
			return err
		}
		if n, err := links.Where(links.Clicks.Eq(0)).Count(ctx, c); n != 1 || err != nil {
			t.Errorf("outside of the transaction: %d, %v", n, err)
		}
		_, err := links.Update(links.Clicks.Add(1)).EveryRow().Exec(ctx, c)
		return err
	})
	if drey.FailureOf(err) != drey.Busy || !strings.Contains(err.Error(), "make it on the transaction") {
		t.Errorf("got %v", err)
	}
	if s := c.Stats(); s.Waits != 1 || s.Expired != 1 || s.Waited < 50*time.Millisecond {
		t.Errorf("stats: %+v", s)
	}
	cancelled, cancel := context.WithCancel(ctx)
	err = c.Tx(ctx, func(*drey.Tx) error {
		cancel()
		_, err := c.ExecContext(cancelled, "DELETE FROM links")
		return err
	})
	if drey.FailureOf(err) != drey.Canceled {
		t.Errorf("cancelled while it waits: %v", err)
	}
	if _, err := links.Update(links.Clicks.Add(1)).EveryRow().Exec(ctx, c); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// No update is lost, and nobody is told that the database is busy, however many
// write at once, here and in another client.
func TestManyWriters(t *testing.T) {
	c, path := openFile(t, sqlite.Options{})
	ctx := context.Background()
	other, err := sqlite.Open(ctx, path, fixture.Migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	const writers, each = 8, 100
	var group sync.WaitGroup
	for i := range writers {
		on := []*drey.Client{c, other}[i%2]
		group.Go(func() {
			for range each {
				err := on.Tx(ctx, func(tx *drey.Tx) error {
					l, err := links.Where(links.ID.Eq(1)).One(ctx, tx)
					if err != nil {
						return err
					}
					_, err = links.Update(links.Clicks.Set(l.Clicks+1)).Where(links.ID.Eq(1)).Exec(ctx, tx)
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	l, err := links.Where(links.ID.Eq(1)).One(ctx, c)
	if err != nil || l.Clicks != writers*each {
		t.Errorf("%d clicks, %v, want %d", l.Clicks, err, writers*each)
	}
}

func TestSnapshot(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{})
	ctx := context.Background()
	err := c.Snapshot(ctx, func(tx *drey.Tx) error {
		if _, err := links.Update(links.Clicks.Add(5)).EveryRow().Exec(ctx, c); err != nil {
			t.Errorf("a write beside a snapshot: %v", err)
		}
		for range 2 {
			l, err := links.One(ctx, tx)
			if err != nil || l.Clicks != 0 {
				t.Errorf("in the snapshot: %d, %v", l.Clicks, err)
			}
		}
		for name, err := range map[string]error{
			"typed":  func() error { _, err := links.Delete().EveryRow().Exec(ctx, tx); return err }(),
			"sqlc's": func() error { _, err := static(tx).ExecContext(ctx, "DELETE FROM links"); return err }(),
			"text":   func() error { _, err := tx.ExecContext(ctx, "DELETE FROM links"); return err }(),
			"nested": tx.Tx(ctx, func(*drey.Tx) error { return nil }),
			"bulk":   func() error { _, err := links.Insert().Exec(ctx, tx, make([]link, 2)...); return err }(),
		} {
			if !errors.Is(err, drey.ErrSnapshot) || drey.FailureOf(err) != drey.ReadOnly {
				t.Errorf("%s write in a snapshot: %v", name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if l, err := links.One(ctx, c); err != nil || l.Clicks != 5 {
		t.Errorf("after the snapshot: %d, %v", l.Clicks, err)
	}
}

// A transaction keeps no more statements than a client does.
func TestTxStatementsAreBounded(t *testing.T) {
	c, ctx := openFixture(t, 20), context.Background()
	const most = drey.MaxStatements
	n := 0
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		for range 2 {
			for i := range most + 50 {
				if _, err := bits(i).All(ctx, tx); err != nil {
					return err
				}
				n++
				if _, err := static(tx).ExecContext(ctx, fmt.Sprintf("UPDATE links SET clicks = %d WHERE id = ?", n), 1); err != nil {
					return err
				}
			}
		}
		if n := tx.Bound(); n != most {
			t.Errorf("%d statements are kept", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if l, err := links.Where(links.ID.Eq(1)).One(ctx, c); err != nil || l.Clicks != int64(n) {
		t.Errorf("%d, %v", l.Clicks, err)
	}
}
