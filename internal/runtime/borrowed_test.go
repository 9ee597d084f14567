package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/google/go-cmp/cmp"
)

// openForeign opens a file of the fixture as somebody would who does not know drey.
func openForeign(tb testing.TB, params string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+fixture.Migrated(tb, fixture.Migrations)+"?mode=rw"+params)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Exec("CREATE TABLE times (at DATETIME); INSERT INTO links (id, user_id, slug, created) VALUES (1, 1, 'one', 1)"); err != nil {
		tb.Fatal(err)
	}
	return db
}

const enforced = "&_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)"

// four is a DBTX with nothing else.
type four struct{ drey.DBTX }

// beginning is a wrapper that can begin a transaction.
type beginning struct {
	four
	db *sql.DB
}

func (b beginning) BeginTx(ctx context.Context, o *sql.TxOptions) (*sql.Tx, error) {
	return b.db.BeginTx(ctx, o)
}

// borrows is what somebody else can have, and how it is ended: with what was written
// or without, if that is up to him.
type borrows struct {
	name  string
	conn  func(*testing.T, *sql.DB) (drey.Conn, func(commit bool) error)
	whole bool // something has to be atomic, and can be
	ends  bool // the caller can end it
}

var borrowed = []borrows{
	{"a *sql.Tx", func(t *testing.T, db *sql.DB) (drey.Conn, func(bool) error) {
		tx, end := beginTx(t, db)
		return drey.OnDBTX(tx), end
	}, true, true},
	{"a *sql.DB", func(_ *testing.T, db *sql.DB) (drey.Conn, func(bool) error) {
		return drey.OnDBTX(db), func(bool) error { return nil }
	}, true, false},
	{"a *sql.DB with one connection", func(_ *testing.T, db *sql.DB) (drey.Conn, func(bool) error) {
		db.SetMaxOpenConns(1)
		return drey.OnDBTX(db), func(bool) error { return nil }
	}, true, false},
	{"a *sql.Conn", func(t *testing.T, db *sql.DB) (drey.Conn, func(bool) error) {
		conn := connOf(t, db)
		return drey.OnDBTX(conn), func(bool) error { return conn.Close() }
	}, true, false},
	{"a *sql.Conn in a transaction", func(t *testing.T, db *sql.DB) (drey.Conn, func(bool) error) {
		conn := connOf(t, db)
		if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		return drey.OnDBTX(conn), func(commit bool) error {
			return errors.Join(second(conn.ExecContext(t.Context(), map[bool]string{true: "COMMIT", false: "ROLLBACK"}[commit])), conn.Close())
		}
	}, true, true},
	{"a wrapper with four methods", func(t *testing.T, db *sql.DB) (drey.Conn, func(bool) error) {
		tx, end := beginTx(t, db)
		return drey.OnDBTX(four{tx}), end
	}, false, true},
	{"a wrapper that begins", func(_ *testing.T, db *sql.DB) (drey.Conn, func(bool) error) {
		return drey.OnDBTX(beginning{four{db}, db}), func(bool) error { return nil }
	}, true, false},
}

func beginTx(t *testing.T, db *sql.DB) (*sql.Tx, func(bool) error) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return tx, func(commit bool) error {
		if commit {
			return tx.Commit()
		}
		return tx.Rollback()
	}
}

func connOf(t *testing.T, db *sql.DB) *sql.Conn {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Both halves run on what somebody else has opened or begun, and what they did is his
// to commit.
func TestBorrowed(t *testing.T) {
	for _, b := range borrowed {
		for _, commit := range []bool{true, false} {
			t.Run(fmt.Sprint(b.name, ", commit ", commit), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of a deadlock
				defer cancel()
				db := openForeign(t, enforced)
				c, end := b.conn(t, db)
				many := 5_000 // take two statements
				if commit && !testing.Short() {
					many = 40_000
				}
				count := checkBorrowed(ctx, t, c, b.whole, many)
				if err := end(commit); err != nil {
					t.Fatal(err)
				}
				var n int64
				if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM links").Scan(&n); err != nil {
					t.Fatal(err)
				}
				if b.ends && !commit {
					count = 1
				}
				if n != count {
					t.Errorf("%d links in the end, want %d", n, count)
				}
			})
		}
	}
}

// checkBorrowed uses all that there is, and returns how many links it leaves.
func checkBorrowed(ctx context.Context, t *testing.T, c drey.Conn, whole bool, rows int) int64 {
	t.Helper()
	links := links
	count := func(what string, want int64) {
		t.Helper()
		if n, err := links.Count(ctx, c); n != want || err != nil {
			t.Fatalf("%s: %d links, %v, want %d", what, n, err, want)
		}
	}
	if whole { // before any other write
		many := newLinks(rows)
		if n, err := links.Insert().Exec(ctx, c, many...); n != int64(rows) || err != nil {
			t.Fatalf("%d rows: %d, %v", rows, n, err)
		}
		count("many rows", int64(rows)+1)
		many = newLinks(5_000)
		for i := range many {
			many[i].ID += int64(rows)
			many[i].Slug += " again"
		}
		many[4_999].Slug = "one"
		if _, err := links.Insert().Exec(ctx, c, many...); drey.FailureOf(err) != drey.UniqueViolation {
			t.Fatalf("5,000 rows of which the last is there: %v", err)
		}
		count("a bulk insert that failed", int64(rows)+1)
		if n, err := links.Delete().Where(links.ID.Gte(1000)).Exec(ctx, c); n != int64(rows) || err != nil {
			t.Fatalf("Delete: %d, %v", n, err)
		}
	} else if _, err := links.Insert().Exec(ctx, c, newLinks(300)...); !errors.Is(err, drey.ErrNoTransactions) {
		t.Errorf("a bulk insert: %v", err)
	}
	if n, err := links.Insert().Exec(ctx, c, link{ID: 2, UserID: 1, Slug: "two", Created: drey.Unix(fixtureTime(0))}); n != 1 || err != nil {
		t.Fatalf("Insert: %d, %v", n, err)
	}
	added, err := links.Insert(links.Slug, links.UserID, links.Created).Returning(ctx, c, link{UserID: 2, Slug: "three"})
	if err != nil || len(added) != 1 || added[0].ID != 3 {
		t.Fatalf("Insert.Returning: %+v, %v", added, err)
	}
	if n, err := links.Update(links.Clicks.Add(5)).Where(links.ID.Eq(2)).Exec(ctx, c); n != 1 || err != nil {
		t.Fatalf("Update: %d, %v", n, err)
	}
	if changed, err := links.Update(links.Clicks.Add(5)).Where(links.ID.Gte(2)).Returning(ctx, c); len(changed) != 2 || err != nil || changed[0].Clicks != 10 {
		t.Fatalf("Update.Returning: %v, %v", changed, err)
	}
	// sqlc's queries, and texts.
	if err := touch(ctx, c, fixtureTime(4), 2); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if slug, err := slugOf(ctx, c, 2); slug != "two" || err != nil {
			t.Fatal(slug, err)
		}
	}
	if l, err := links.Where(links.ID.Eq(2)).One(ctx, c); err != nil || !l.Created.Equal(fixtureTime(4)) || l.Clicks != 10 {
		t.Errorf("%+v, %v", l, err)
	}
	if err := c.QueryRowContext(ctx, "BEGIN").Scan(); !errors.Is(err, drey.ErrTxStatement) {
		t.Errorf("BEGIN: %v", err)
	}
	// Relations, pages, iterations, and a query in a query.
	toUsers := drey.NewToMany[inLinks, inLinks](&drey.Route{From: linksRelation, Key: []uint16{0}, To: linksRelation, Columns: []uint16{1}},
		func(r *link, to []any) (int64, []any, bool) { return r.ID, append(to, r.ID), true })
	loaded, err := drey.LoadMany(ctx, c, []link{{ID: 1}, {ID: 2}, {ID: 3}}, toUsers, links.OrderBy(links.ID.Asc()))
	if err != nil || len(loaded) != 2 || !slices.Equal(ids(loaded[1]), []int64{1, 2}) || !slices.Equal(ids(loaded[2]), []int64{3}) {
		t.Errorf("LoadMany: %v, %v", loaded, err)
	}
	page, err := links.OrderBy(links.Slug.Asc()).Page(ctx, c, "", 2)
	if err != nil || !slices.Equal(ids(page.Rows), []int64{1, 3}) {
		t.Fatalf("Page: %+v, %v", page, err)
	}
	if page, err = links.OrderBy(links.Slug.Asc()).Page(ctx, c, page.Next, 2); err != nil || !slices.Equal(ids(page.Rows), []int64{2}) {
		t.Fatalf("the next page: %+v, %v", page, err)
	}
	var seen []int64
	for l, err := range links.Where(drey.InQuery(links.ID, links.Where(), links.UserID)).Iter(ctx, c) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, l.ID)
	}
	if diff := cmp.Diff([]int64{1, 2}, seen); diff != "" {
		t.Error(diff)
	}
	// Values in drey's form.
	noon := time.Date(2026, 5, 4, 12, 0, 0, 500_000_000, time.FixedZone("", 7200))
	for name, insert := range map[string]func() error{
		"text": func() error { return second(c.ExecContext(ctx, "INSERT INTO times VALUES (?)", noon)) },
		"named": func() error {
			return second(c.ExecContext(ctx, "INSERT INTO times VALUES (:at)", sql.Named("at", &noon)))
		},
		"sqlc's": func() error {
			return second(static(c).ExecContext(ctx, "INSERT INTO times VALUES (?)", sql.NullTime{Time: noon, Valid: true}))
		},
		"a row": func() error {
			return c.QueryRowContext(ctx, "INSERT INTO times VALUES (?) RETURNING 1", noon).Scan(new(int))
		},
		"a batch": func() error {
			if !whole {
				return second(c.ExecContext(ctx, "INSERT INTO times VALUES (?)", noon))
			}
			var b drey.Batch
			b.Do(func(tx *drey.Tx) error {
				return second(static(tx).ExecContext(ctx, "INSERT INTO times VALUES (?)", noon))
			})
			return b.Run(ctx, c)
		},
	} {
		if err := insert(); err != nil {
			t.Errorf("a time, %s: %v", name, err)
		}
	}
	var n int
	if err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM times WHERE typeof(at) = 'text' AND at || '' = '2026-05-04 10:00:00.5' AND at = ?", noon).Scan(&n); n != 5 || err != nil {
		t.Errorf("%d times are in their form, %v", n, err)
	}
	nan := math.NaN()
	for name, err := range map[string]error{
		"Insert":  second(links.Insert().Exec(ctx, c, link{ID: 7, Slug: "nan", Score: &nan})),
		"Update":  second(links.Update(links.Score.Set(nan)).EveryRow().Exec(ctx, c)),
		"Where":   second(links.Where(links.Score.Eq(nan)).Count(ctx, c)),
		"text":    second(c.ExecContext(ctx, "UPDATE links SET score = ?", nan)),
		"sqlc's":  second(static(c).ExecContext(ctx, "UPDATE links SET score = ?", nan)),
		"one row": c.QueryRowContext(ctx, "SELECT ?", nan).Scan(new(any)),
	} {
		if !errors.Is(err, drey.ErrNaN) {
			t.Errorf("NaN, %s: %v", name, err)
		}
	}
	checkBorrowedParts(ctx, t, c, whole, count)
	return 4
}

// checkBorrowedParts has three links, and adds one by a batch, or without.
func checkBorrowedParts(ctx context.Context, t *testing.T, c drey.Conn, whole bool, count func(string, int64)) {
	t.Helper()
	failure := errors.New("failure")
	insert := func(ctx context.Context, c drey.Conn, slug string) error {
		return second(links.Insert(links.Slug, links.UserID, links.Created).Exec(ctx, c, link{UserID: 4, Slug: slug}))
	}
	var b drey.Batch
	b.Do(func(tx *drey.Tx) error { return insert(ctx, tx, "batch") })
	slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return slugOf(ctx, tx, 2) })
	found := drey.InBatch(&b, func(tx *drey.Tx) (int64, error) { return links.Count(ctx, tx) })
	if !whole {
		if err := b.Run(ctx, c); !errors.Is(err, drey.ErrNoTransactions) {
			t.Errorf("Batch: %v", err)
		}
		if err := insert(ctx, c, "alone"); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := b.Run(ctx, c); err != nil {
		t.Fatalf("Batch: %v", err)
	}
	if s, err := slug(); s != "two" || err != nil {
		t.Errorf("Batch: %q, %v", s, err)
	}
	if n, err := found(); n != 4 || err != nil {
		t.Errorf("Batch: %d, %v", n, err)
	}
	var failing drey.Batch
	failing.Do(func(tx *drey.Tx) error { return insert(ctx, tx, "undone") })
	failing.Do(func(tx *drey.Tx) error { return insert(ctx, tx, "batch") })
	if err := failing.Run(ctx, c); drey.FailureOf(err) != drey.UniqueViolation {
		t.Errorf("a batch that fails: %v", err)
	}
	count("a batch that failed", 4)
	// A *drey.Tx has savepoints.
	tx, ok := c.(*drey.Tx)
	if !ok {
		t.Fatalf("it is a %T", c)
	}
	if err := tx.Tx(ctx, func(inner *drey.Tx) error {
		if err := insert(ctx, inner, "inner"); err != nil {
			return err
		}
		if err := inner.Tx(ctx, func(innermost *drey.Tx) error { return errors.Join(insert(ctx, innermost, "innermost"), failure) }); !errors.Is(err, failure) {
			t.Errorf("the innermost part: %v", err)
		}
		if n, err := links.Where(links.UserID.Eq(4)).Count(ctx, inner); n != 2 || err != nil {
			t.Errorf("after the innermost part: %d, %v", n, err)
		}
		return failure
	}); !errors.Is(err, failure) {
		t.Errorf("a part that fails: %v", err)
	}
	count("a part that failed", 4)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_ = tx.Tx(ctx, func(inner *drey.Tx) error { _ = insert(ctx, inner, "gone"); panic("no") })
	}()
	count("a part that panicked", 4)
	if err := tx.Tx(ctx, func(inner *drey.Tx) error {
		return second(links.Update(links.Clicks.Set(3)).Where(links.ID.Eq(1)).Exec(ctx, inner))
	}); err != nil {
		t.Errorf("a part: %v", err)
	}
	if l, err := links.Where(links.ID.Eq(1)).One(ctx, c); l.Clicks != 3 || err != nil {
		t.Errorf("after a part: %v, %v", l, err)
	}
}

// A write whose row cannot be read is undone where something can begin a transaction
// for it; in one that somebody else has begun it is his to undo.
func TestBorrowedUnreadable(t *testing.T) {
	type in struct{}
	type loose struct{ ID, N int64 }
	rel := drey.Number(&drey.Relation{Name: `"loose"`, Columns: []string{`"id"`, `"n"`}, Unique: [][]uint16{{0}}, Key: []uint16{0}})
	writes := drey.NewTableWrites[in](rel, func(r *loose, to []any) []any { return append(to, &r.ID, &r.N) })
	id := drey.NewNumberColumn[in, int64](rel, 0)
	for _, b := range borrowed {
		t.Run(b.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			db := openForeign(t, enforced)
			if _, err := db.Exec("CREATE TABLE loose (id INTEGER PRIMARY KEY, n INT NOT NULL DEFAULT 'zero'); INSERT INTO loose VALUES (1, 1)"); err != nil {
				t.Fatal(err)
			}
			c, end := b.conn(t, db)
			undone := b.whole && b.name != "a *sql.Tx"
			if _, err := writes.Insert(id).Returning(ctx, c, loose{ID: 2}); !errors.Is(err, drey.ErrUnreadable) {
				t.Error(err)
			}
			if err := end(true); err != nil {
				t.Fatal(err)
			}
			var rows int
			if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM loose").Scan(&rows); err != nil || (rows == 1) != undone {
				t.Errorf("%d rows, %v; undone should be %v", rows, err, undone)
			}
		})
	}
}

// A connection whose transaction is over says so, whatever is called.
func TestBorrowedAfterItsEnd(t *testing.T) {
	for _, used := range []bool{false, true} {
		for _, commit := range []bool{false, true} {
			db, ctx := openForeign(t, enforced), t.Context()
			raw, end := beginTx(t, db)
			tx := drey.OnDBTX(raw)
			if used {
				if _, err := links.Update(links.Clicks.Add(1)).EveryRow().Exec(ctx, tx); err != nil {
					t.Fatal(err)
				}
				if _, err := links.All(ctx, tx); err != nil {
					t.Fatal(err)
				}
			}
			if err := end(commit); err != nil {
				t.Fatal(err)
			}
			var writes, reads drey.Batch
			writes.Do(func(tx *drey.Tx) error { return touch(ctx, tx, fixtureTime(1), 1) })
			reads.Do(func(tx *drey.Tx) error { return second(links.All(ctx, tx)) })
			var iter error
			for _, err := range links.Iter(ctx, tx) {
				iter = err
			}
			_, one := slugOf(ctx, tx, 1)
			for name, err := range map[string]error{
				"All": second(links.All(ctx, tx)), "Count": second(links.Count(ctx, tx)), "One": second(links.Where(links.ID.Eq(1)).One(ctx, tx)),
				"Page": second(links.Page(ctx, tx, "", 2)), "Iter": iter,
				"Insert": second(links.Insert().Exec(ctx, tx, link{Slug: "x"})), "bulk": second(links.Insert().Exec(ctx, tx, newLinks(300)...)),
				"Returning": second(links.Insert().Returning(ctx, tx, link{Slug: "x"})),
				"Update":    second(links.Update(links.Clicks.Set(1)).EveryRow().Exec(ctx, tx)), "Delete": second(links.Delete().EveryRow().Exec(ctx, tx)),
				"sqlc's": touch(ctx, tx, fixtureTime(1), 1), "sqlc's one": one,
				"text": second(tx.ExecContext(ctx, "DELETE FROM links")), "rows": second(tx.QueryContext(ctx, "SELECT 1")),
				"row": tx.QueryRowContext(ctx, "SELECT 1").Scan(new(int)), "prepare": second(tx.PrepareContext(ctx, "SELECT 1")),
				"Tx":    tx.Tx(ctx, func(*drey.Tx) error { return nil }),
				"Batch": writes.Run(ctx, tx), "a batch of reads": reads.Run(ctx, tx),
			} {
				if !errors.Is(err, sql.ErrTxDone) {
					t.Errorf("used %v, committed %v, %s: %v", used, commit, name, err)
				}
			}
		}
	}
}

// A connection that does not enforce foreign keys is found before the first write;
// reads go on.
func TestBorrowedWithoutForeignKeys(t *testing.T) {
	for _, b := range borrowed {
		t.Run(b.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			db := openForeign(t, "")
			c, end := b.conn(t, db)
			if rows, err := links.All(ctx, c); len(rows) != 1 || err != nil {
				t.Errorf("a read: %v, %v", rows, err)
			}
			if b.whole {
				var reads drey.Batch
				n := drey.InBatch(&reads, func(tx *drey.Tx) (int64, error) { return links.Count(ctx, tx) })
				if err := reads.Run(ctx, c); err != nil {
					t.Errorf("a batch of reads: %v", err)
				} else if n, err := n(); n != 1 || err != nil {
					t.Errorf("a batch of reads: %d, %v", n, err)
				}
			}
			writes := map[string]error{
				"Insert":    second(links.Insert().Exec(ctx, c, link{ID: 2, Slug: "two"})),
				"Returning": second(links.Insert().Returning(ctx, c, link{ID: 2, Slug: "two"})),
				"Update":    second(links.Update(links.Clicks.Set(1)).EveryRow().Exec(ctx, c)),
				"sqlc's":    touch(ctx, c, fixtureTime(1), 1),
				"text":      second(c.ExecContext(ctx, "DELETE FROM links")),
			}
			if b.whole {
				var batch drey.Batch
				batch.Do(func(tx *drey.Tx) error { return touch(ctx, tx, fixtureTime(1), 1) })
				writes["Batch"] = batch.Run(ctx, c)
				writes["bulk"] = second(links.Insert().Exec(ctx, c, newLinks(300)...))
			}
			for name, err := range writes {
				if !errors.Is(err, drey.ErrForeignKeys) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := end(true); err != nil {
				t.Fatal(err)
			}
			var n, clicks int
			if err := db.QueryRowContext(ctx, "SELECT COUNT(*), SUM(clicks) FROM links").Scan(&n, &clicks); n != 1 || clicks != 0 || err != nil {
				t.Errorf("%d links with %d clicks, %v", n, clicks, err)
			}
		})
	}
}

// A client and a transaction of drey's run what they would run themselves.
func TestOnDBTXOfAConn(t *testing.T) {
	c, ctx := openFixture(t, 1), t.Context()
	undo := errors.New("undo")
	insert := func(on drey.DBTX, slug string) error {
		return second(links.Insert(links.UserID, links.Slug, links.Created).Exec(ctx, drey.OnDBTX(on), link{UserID: 1, Slug: slug}))
	}
	if err := c.Tx(ctx, func(tx *drey.Tx) error { return errors.Join(insert(tx, "in the transaction"), undo) }); !errors.Is(err, undo) {
		t.Error(err)
	}
	if err := drey.OnDBTX(c).Tx(ctx, func(tx *drey.Tx) error { return errors.Join(insert(tx, "in one of the client"), undo) }); !errors.Is(err, undo) {
		t.Error(err)
	}
	before := c.StatementStats().Kept
	if err := insert(c, "kept"); err != nil {
		t.Error(err)
	}
	if n := c.StatementStats().Kept; n <= before {
		t.Errorf("%d statements are prepared, and %d before", n, before)
	}
	if n, err := links.Count(ctx, drey.OnDBTX(c)); n != 2 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}
