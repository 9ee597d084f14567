package drey_test

import (
	"github.com/dreysql/drey/internal/runtime/sqlite"

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
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// openFile opens a database file with the fixture's schema and one link.
func openFile(tb testing.TB, o sqlite.Options) (c *drey.Client, path string) {
	tb.Helper()
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "00001_links.sql", Up: []string{fixtureSchema}}}
	tb.Cleanup(func() { drey.migrations = nil })
	ctx := context.Background()
	path = filepath.Join(tb.TempDir(), "file.db")
	if _, err := sqlite.Migrate(ctx, path); err != nil {
		tb.Fatal(err)
	}
	c, err := sqlite.OpenWith(ctx, path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	if _, err := links.Insert().Exec(ctx, c, link{ID: 1, UserID: 1, Slug: "one", Created: drey.Unix(fixtureTime(0))}); err != nil {
		tb.Fatal(err)
	}
	return c, path
}

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
				return c.reads.stats().Kept, c.writes.stats().Kept
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
				if err := c.Queries.db.QueryRowContext(ctx, query).Scan(&id); err != nil {
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

func TestKindOf(t *testing.T) {
	for query, want := range map[string]sqldriver.Kind{
		"select 1": sqldriver.Reading, " \n\t-- a comment; DELETE\n/* INSERT */SELECT 1": sqldriver.Reading,
		"VALUES (1)": sqldriver.Reading, "EXPLAIN DELETE FROM t": sqldriver.Reading,
		"INSERT INTO t VALUES (1)": sqldriver.Writing, "REPLACE INTO t VALUES (1)": sqldriver.Writing, "update t set x = 1": sqldriver.Writing,
		"DELETE FROM t": sqldriver.Writing, "PRAGMA user_version": sqldriver.Writing, "CREATE TABLE t (x)": sqldriver.Writing, "": sqldriver.Writing, "(": sqldriver.Writing,
		"WITH a AS (SELECT 1) SELECT * FROM a":                                                sqldriver.Reading,
		"WITH a AS (DELETE FROM t) SELECT 1":                                                  sqldriver.Reading, // SQLite refuses it
		"WITH RECURSIVE a(x) AS (SELECT 1), b AS MATERIALIZED (SELECT 2) VALUES (1)":          sqldriver.Reading,
		"WITH a AS (SELECT ')' || \"(\" || `(` || [)] /* ) */ -- )\n) INSERT INTO t SELECT 1": sqldriver.Writing,
		"WITH replace AS (SELECT 1) SELECT * FROM replace":                                    sqldriver.Reading,
		"WITH a AS (SELECT 1), replace AS (SELECT 2) DELETE FROM t":                           sqldriver.Writing,
		"WITH \"insert\" AS (SELECT 'it''s') SELECT 1":                                        sqldriver.Reading,
		"WITH a AS (SELECT 1) UPDATE t SET x = (SELECT 1)":                                    sqldriver.Writing,
		"WITH":  sqldriver.Writing,
		"BEGIN": sqldriver.Controlling, "commit": sqldriver.Controlling, "ROLLBACK TO x": sqldriver.Controlling, "savepoint a": sqldriver.Controlling, "END": sqldriver.Controlling, "RELEASE a": sqldriver.Controlling,
	} {
		if got := sqldriver.KindOf(query); got != want {
			t.Errorf("%q is %d, want %d", query, got, want)
		}
	}
}

func FuzzKindOf(f *testing.F) {
	f.Add("WITH a AS (SELECT 1) SELECT '")
	f.Add("/* -- [")
	f.Fuzz(func(t *testing.T, query string) { sqldriver.KindOf(query); drey.StatementName(query) })
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
	check(c.Queries.db)
	if err := c.Tx(ctx, func(tx *drey.Tx) error { check(tx); check(tx.Queries.db); return nil }); err != nil {
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
	other, err := sqlite.Open(ctx, path)
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
			"sqlc's": func() error { _, err := tx.Queries.db.ExecContext(ctx, "DELETE FROM links"); return err }(),
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
	c.writes.statements.max = 4
	ids := make([]int64, 40)
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		for i := range 3 * len(ids) {
			if _, err := links.Where(links.ID.In(ids[:i%40+1]...)).All(ctx, tx); err != nil {
				return err
			}
			if _, err := tx.Queries.db.ExecContext(ctx, fmt.Sprintf("UPDATE links SET clicks = %d WHERE id = ?", i), 1); err != nil {
				return err
			}
		}
		if n := len(tx.bound); n != 4 {
			t.Errorf("%d statements are kept", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if l, err := links.Where(links.ID.Eq(1)).One(ctx, c); err != nil || l.Clicks != 119 {
		t.Errorf("%d, %v", l.Clicks, err)
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
		if _, err := sqlite.OpenWith(ctx, test.path, test.o); !errors.Is(err, sqlite.ErrOptions) || !strings.Contains(err.Error(), test.want) {
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
	r, err := sqlite.OpenWith(ctx, path, sqlite.Options{ReadOnly: true})
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
	if _, err := sqlite.OpenWith(ctx, path, sqlite.Options{ReadOnly: true, Immutable: true}); err == nil || !strings.Contains(err.Error(), "write-ahead log") {
		t.Errorf("immutable, while it is being written to: %v", err)
	}
}

// A statement stops within 100 ms of its context's end, whether it looks for its
// first row or a later one, and the next call is served. A loaded machine has
// five tries.
func TestCancel(t *testing.T) {
	const (
		numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
		count   = numbers + "SELECT count(*) FROM n"
		later   = numbers + "SELECT i FROM n WHERE i IN (1, 1000000000)"
	)
	drain := func(rows *sql.Rows, err error) error {
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if types, err := rows.ColumnTypes(); err != nil || types[0].ScanType() == nil {
				return fmt.Errorf("the column's type: %v, %w", types, err)
			}
		}
		return rows.Err()
	}
	typed := drey.From(&links.Query, searched{})
	iterate := func(ctx context.Context, c drey.Conn) error {
		for _, err := range typed.Iter(ctx, c) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	runs := map[string]func(context.Context, *drey.Client) error{
		"sqlc's, first row": func(ctx context.Context, c *drey.Client) error {
			var n int64
			return c.Queries.db.QueryRowContext(ctx, count).Scan(&n)
		},
		"sqlc's, later row": func(ctx context.Context, c *drey.Client) error { return drain(c.Queries.db.QueryContext(ctx, later)) },
		"text, later row":   func(ctx context.Context, c *drey.Client) error { return drain(c.QueryContext(ctx, later)) },
		"text that writes": func(ctx context.Context, c *drey.Client) error {
			_, err := c.ExecContext(ctx, "UPDATE links SET clicks = ("+count+")")
			return err
		},
		"typed, later row":     func(ctx context.Context, c *drey.Client) error { _, err := typed.All(ctx, c); return err },
		"iteration, later row": func(ctx context.Context, c *drey.Client) error { return iterate(ctx, c) },
		"transaction": func(ctx context.Context, c *drey.Client) error {
			return c.Tx(ctx, func(tx *drey.Tx) error {
				if _, err := links.Update(links.Clicks.Set(7)).EveryRow().Exec(ctx, tx); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, "UPDATE links SET clicks = ("+count+")")
				return err
			})
		},
		"transaction, later row": func(ctx context.Context, c *drey.Client) error {
			return c.Tx(ctx, func(tx *drey.Tx) error {
				if _, err := links.Update(links.Clicks.Set(7)).EveryRow().Exec(ctx, tx); err != nil {
					return err
				}
				return iterate(ctx, tx)
			})
		},
		"snapshot, later row": func(ctx context.Context, c *drey.Client) error {
			return c.Snapshot(ctx, func(tx *drey.Tx) error { return iterate(ctx, tx) })
		},
		"wait for the turn": func(ctx context.Context, c *drey.Client) error {
			return c.Tx(context.Background(), func(*drey.Tx) error {
				_, err := links.Update(links.Clicks.Set(7)).EveryRow().Exec(ctx, c)
				return err
			})
		},
		"wait for another process": func(ctx context.Context, c *drey.Client) error {
			// Another handle on the file is to SQLite what another process is.
			var path string
			if err := c.ReadDB().QueryRowContext(ctx, "SELECT file FROM pragma_database_list").Scan(&path); err != nil {
				return err
			}
			other, err := sqlite.Open(context.Background(), path)
			if err != nil {
				return err
			}
			defer other.Close()
			return other.Tx(context.Background(), func(*drey.Tx) error {
				_, err := links.Update(links.Clicks.Set(7)).EveryRow().Exec(ctx, c)
				return err
			})
		},
	}
	for how, o := range map[string]sqlite.Options{
		"plain":   {Readers: 1},
		"watched": {Readers: 1, OnStatement: func(context.Context, drey.Statement) {}},
		"wrapped": {Readers: 1, OpenDB: sql.OpenDB},
	} {
		c, _ := openFile(t, o)
		for name, run := range runs {
			t.Run(how+"/"+name, func(t *testing.T) {
				var took time.Duration
				for try := range 5 {
					ctx, cancel := context.WithCancel(context.Background())
					ended := make(chan time.Time, 1)
					time.AfterFunc(20*time.Millisecond, func() { ended <- time.Now(); cancel() })
					err := run(ctx, c)
					took = time.Since(<-ended)
					cancel()
					if drey.FailureOf(err) != drey.Canceled {
						t.Fatalf("%v after %v", err, took)
					}
					if l, err := links.One(context.Background(), c); err != nil || l.Clicks != 0 {
						t.Errorf("the next call: %d, %v", l.Clicks, err)
					}
					if _, err := links.Update(links.Clicks.Set(0)).EveryRow().Exec(context.Background(), c); err != nil {
						t.Errorf("the next write: %v", err)
					}
					if took < 100*time.Millisecond {
						t.Logf("%v after its context (try %d)", took, try+1)
						return
					}
				}
				t.Errorf("it stopped %v after its context", took)
			})
		}
	}
}

// searched is rows of links of which the second takes long to find.
type searched struct{}

func (searched) ToSql() (string, []any, error) {
	return "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT i AS id, 1 AS user_id, '' AS slug, NULL AS title, 0 AS clicks, NULL AS score, 0 AS created FROM n WHERE i IN (1, 1000000000)", nil, nil
}
