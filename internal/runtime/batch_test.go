package drey_test

import (
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
	"github.com/dreysql/drey/internal/runtime/sqlite"

	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

// slugOf is a query of sqlc's, as it generates one.
func (q *drey.Queries) slugOf(ctx context.Context, id int64) (string, error) {
	var slug string
	err := q.db.QueryRowContext(ctx, "-- name: slugOf :one\nSELECT slug FROM links WHERE id = ?", id).Scan(&slug)
	return slug, err
}

func (q *drey.Queries) touch(ctx context.Context, at time.Time, id int64) error {
	_, err := q.db.ExecContext(ctx, "-- name: touch :exec\nUPDATE links SET title = ?, created = ? WHERE id = ?", nil, drey.Unix(at), id)
	return err
}

// batching is an engine that runs lists of statements and has no transactions,
// such as D1: SQLite itself with less.
type batching struct {
	driver.Conn
	fail int // the statement that fails, from 1
}

func (b *batching) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) (rows []driver.Rows, results []driver.Result, err error) {
	conn := b.Conn.(sqldriver.Conn)
	tx, err := conn.BeginTx(ctx, driver.TxOptions{})
	if err != nil {
		return nil, nil, err
	}
	for i, query := range queries {
		stmt, err := conn.PrepareContext(ctx, query)
		if err == nil && i+1 == b.fail {
			err = errors.New("told to fail")
		}
		if err != nil {
			return nil, nil, errors.Join(err, tx.Rollback())
		}
		found, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, args[i])
		if err != nil {
			return nil, nil, errors.Join(err, stmt.Close(), tx.Rollback())
		}
		kept := &drey.taped{}
		if err := kept.read(found); err != nil {
			return nil, nil, errors.Join(err, stmt.Close(), tx.Rollback())
		}
		changes, err := conn.QueryContext(ctx, "SELECT changes(), last_insert_rowid()", nil)
		if err != nil {
			return nil, nil, err
		}
		counted := &drey.taped{}
		if err := errors.Join(counted.read(changes), stmt.Close()); err != nil {
			return nil, nil, err
		}
		kept.affected, kept.id = counted.values[0][0].(int64), counted.values[0][1].(int64)
		rows, results = append(rows, &drey.tapedRows{of: kept}), append(results, kept)
	}
	return rows, results, tx.Commit()
}

// batchingConnector gives connections that run batches.
type batchingConnector struct {
	driver.Connector
	conn *batching
}

func (c *batchingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	c.conn.Conn = conn
	return c.conn, err
}

// openBatching opens the fixture on an engine without transactions that takes 20
// parameters.
func openBatching(tb testing.TB) (*drey.Client, *batching) {
	tb.Helper()
	_, path := openFile(tb, sqlite.Options{})
	named, err := sql.Open("sqlite", "")
	if err != nil {
		tb.Fatal(err)
	}
	conn := &batching{}
	db := sql.OpenDB(&batchingConnector{&sqlite.connector{named.Driver(), sqlite.fileURI(path, "rw")}, conn})
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { named.Close(); db.Close() })
	p := drey.newPool(db)
	p.batches, p.parameters = true, 20
	c := drey.newClient(p, p, drey.engine{})
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c, conn
}

// engines are those that every batch has to be the same on.
func engines(t *testing.T, test func(t *testing.T, c *drey.Client)) {
	t.Run("transactions", func(t *testing.T) { c, _ := openFile(t, sqlite.Options{}); test(t, c) })
	t.Run("batches", func(t *testing.T) { c, _ := openBatching(t); test(t, c) })
}

func TestBatch(t *testing.T) {
	engines(t, func(t *testing.T, c *drey.Client) {
		ctx := context.Background()
		var b drey.Batch
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return tx.slugOf(ctx, 1) })
		none := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return tx.slugOf(ctx, 99) })
		b.Do(func(tx *drey.Tx) error { return tx.touch(ctx, fixtureTime(9), 1) })
		changed := drey.InBatch(&b, func(tx *drey.Tx) (int64, error) {
			return links.Update(links.Clicks.Add(3)).Where(links.Title.IsNull(), links.ID.Eq(1)).Exec(ctx, tx)
		})
		inserted := drey.InBatch(&b, func(tx *drey.Tx) ([]link, error) {
			return links.Insert(links.UserID, links.Slug, links.Created).Returning(ctx, tx,
				link{UserID: 1, Slug: "two"}, link{UserID: 2, Slug: "three"}, link{UserID: 2, Slug: "four"})
		})
		all := drey.InBatch(&b, func(tx *drey.Tx) ([]link, error) { return links.OrderBy(links.ID.Asc()).All(ctx, tx) })
		users := drey.InBatch(&b, func(tx *drey.Tx) (map[int64]int64, error) {
			return drey.CountBy(ctx, tx, links.Where(links.Slug.In("one", "two", "three")), links.UserID)
		})
		if _, err := slug(); !errors.Is(err, drey.ErrBatchNotRun) {
			t.Errorf("before Run: %v", err)
		}
		if err := b.Run(ctx, c); err != nil {
			t.Fatal(err)
		}
		if s, err := slug(); s != "one" || err != nil {
			t.Errorf("slug: %q, %v", s, err)
		}
		if _, err := none(); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("none: %v", err)
		}
		if n, err := changed(); n != 1 || err != nil {
			t.Errorf("changed: %d, %v", n, err)
		}
		in, err := inserted()
		if err != nil || len(in) != 3 || in[0].Slug != "two" || in[2].Slug != "four" || in[0].ID == 0 {
			t.Errorf("inserted: %+v, %v", in, err)
		}
		rows, err := all()
		if err != nil || len(rows) != 4 || rows[0].Clicks != 3 || !rows[0].Created.Equal(fixtureTime(9)) || !slices.Equal(rows[1:], in) {
			t.Errorf("all: %+v, %v", rows, err)
		}
		if n, err := users(); err != nil || n[1] != 2 || n[2] != 1 {
			t.Errorf("users: %v, %v", n, err)
		}
	})
}

// What fails in the middle leaves nothing behind.
func TestBatchIsAtomic(t *testing.T) {
	engines(t, func(t *testing.T, c *drey.Client) {
		ctx := context.Background()
		insert := func(slug string) func(*drey.Tx) error {
			return func(tx *drey.Tx) error {
				_, err := links.Insert(links.UserID, links.Slug, links.Created).Exec(ctx, tx, link{UserID: 1, Slug: slug})
				return err
			}
		}
		var b drey.Batch
		b.Do(insert("two"))
		b.Do(insert("one")) // is there
		b.Do(insert("three"))
		if err := b.Run(ctx, c); drey.FailureOf(err) != drey.UniqueViolation {
			t.Errorf("got %v", err)
		}
		// An error before anything runs.
		var wrong drey.Batch
		wrong.Do(insert("two"))
		wrong.Do(func(tx *drey.Tx) error { _, err := links.Delete().Exec(ctx, tx); return err })
		if err := wrong.Run(ctx, c); !errors.Is(err, drey.ErrNoPredicate) {
			t.Errorf("got %v", err)
		}
		if n, err := links.Count(ctx, c); n != 1 || err != nil {
			t.Errorf("%d links, %v", n, err)
		}
	})
}

func TestBatchStepsRepeat(t *testing.T) {
	engines(t, func(t *testing.T, c *drey.Client) {
		ctx := context.Background()
		for name, step := range map[string]func(*drey.Tx, int64) error{
			"other values": func(tx *drey.Tx, call int64) error { return tx.touch(ctx, fixtureTime(5), call) },
			"fewer": func(tx *drey.Tx, call int64) error {
				if call > 1 {
					return nil
				}
				return tx.touch(ctx, fixtureTime(5), 1)
			},
			"more": func(tx *drey.Tx, call int64) error {
				if call == 1 {
					return nil
				}
				return tx.touch(ctx, fixtureTime(0), 1)
			},
			"behind a row": func(tx *drey.Tx, _ int64) error {
				if _, err := tx.slugOf(ctx, 1); err != nil {
					return err
				}
				return tx.touch(ctx, fixtureTime(5), 1)
			},
			"hidden": func(tx *drey.Tx, call int64) error { _ = tx.touch(ctx, fixtureTime(5), call); return nil },
		} {
			var b drey.Batch
			var call int64
			b.Do(func(tx *drey.Tx) error { call++; return step(tx, call) })
			if err := b.Run(ctx, c); !errors.Is(err, drey.ErrBatchStep) {
				t.Errorf("%s: %v", name, err)
			}
			if l, err := links.One(ctx, c); !c.writes.batches && (err != nil || l.UserID != 1 || l.Title != nil || !l.Created.Equal(fixtureTime(0))) {
				t.Errorf("%s: the batch was not undone: %v, %v", name, l, err)
			}
		}
		// A context that ends when all has run takes no result away, and undoes what
		// can be undone.
		ending, end := context.WithCancel(ctx)
		var b drey.Batch
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) {
			slug, err := tx.slugOf(ending, 1)
			if err == nil {
				end()
			}
			return slug, err
		})
		affected := drey.InBatch(&b, func(tx *drey.Tx) (int64, error) {
			return links.Update(links.Score.Set(4)).Where(links.ID.Eq(1)).Exec(ending, tx)
		})
		err := b.Run(ending, c)
		score := links.Where(links.Score.Eq(4))
		if done, e := score.Exists(ctx, c); e != nil || done != c.writes.batches || done != (err == nil) || !done && drey.FailureOf(err) != drey.Canceled {
			t.Errorf("its context ended: %v, and it is done: %v, %v", err, done, e)
		}
		if err == nil {
			s, e := slug()
			if n, err := affected(); s == "" || e != nil || n != 1 || err != nil {
				t.Errorf("its context ended: %q, %v, %d, %v", s, e, n, err)
			}
		}
		for name, step := range map[string]func(*drey.Tx) error{
			"transaction": func(tx *drey.Tx) error { return tx.Tx(ctx, func(*drey.Tx) error { return nil }) },
			"batch":       func(tx *drey.Tx) error { return new(drey.Batch).Run(ctx, tx) },
			"prepare":     func(tx *drey.Tx) error { _, err := tx.PrepareContext(ctx, "SELECT 1"); return err },
		} {
			var b drey.Batch
			b.Do(step)
			if err := b.Run(ctx, c); !errors.Is(err, drey.errInBatch) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A batch in a transaction is a part of it.
func TestBatchInTx(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{})
	ctx := context.Background()
	failure := errors.New("failure")
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		var b drey.Batch
		b.Do(func(tx *drey.Tx) error { return tx.touch(ctx, fixtureTime(1), 1) })
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return tx.slugOf(ctx, 1) })
		if err := b.Run(ctx, tx); err != nil {
			return err
		}
		if s, err := slug(); s != "one" || err != nil {
			t.Error(s, err)
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatal(err)
	}
	if l, err := links.One(ctx, c); err != nil || !l.Created.Equal(fixtureTime(0)) {
		t.Errorf("%v, %v", l.Created, err)
	}
}

// An engine that has no transactions says so, and bulk writes are batches.
func TestWithoutTransactions(t *testing.T) {
	c, engine := openBatching(t)
	ctx := context.Background()
	if err := c.Tx(ctx, func(*drey.Tx) error { return nil }); !errors.Is(err, drey.ErrNoTransactions) {
		t.Errorf("Tx: %v", err)
	}
	if err := c.Snapshot(ctx, func(*drey.Tx) error { return nil }); !errors.Is(err, drey.ErrNoTransactions) {
		t.Errorf("Snapshot: %v", err)
	}
	if _, err := links.Where(links.ID.In(make([]int64, 21)...)).All(ctx, c); !errors.Is(err, drey.ErrTooManyParameters) {
		t.Errorf("21 parameters: %v", err)
	}
	many := make([]link, 50)
	for i := range many {
		many[i] = link{UserID: 1, Slug: fmt.Sprint("n", i)}
	}
	insert := links.Insert(links.UserID, links.Slug, links.Created)
	if n, err := insert.Exec(ctx, c, many...); n != 50 || err != nil {
		t.Errorf("50 rows: %d, %v", n, err)
	}
	saved, err := insert.OrUpdate(drey.NewKey[inLinks](2)).Returning(ctx, c, many...)
	if err != nil || len(saved) != 50 || saved[49].Slug != "n49" {
		t.Errorf("%d rows, %v", len(saved), err)
	}
	engine.fail = 3
	for i := range many {
		many[i].Slug = fmt.Sprint("m", i)
	}
	if _, err := insert.Exec(ctx, c, many...); err == nil {
		t.Error("a batch that failed is no error")
	}
	if n, err := links.Count(ctx, c); n != 51 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestBatchOfReads runs a batch that reads while a transaction writes, and in a
// snapshot, which has no writes.
func TestBatchOfReads(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{})
	ctx := t.Context()
	read := func(on drey.Conn) error {
		var b drey.Batch
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return tx.slugOf(ctx, 1) })
		count := drey.InBatch(&b, func(tx *drey.Tx) (int64, error) { return links.Count(ctx, tx) })
		if err := b.Run(ctx, on); err != nil {
			return err
		}
		if got, err := slug(); err != nil || got != "one" {
			return fmt.Errorf("slug %q, %w", got, err)
		}
		_, err := count()
		return err
	}
	writing, done := make(chan struct{}), make(chan error)
	release := make(chan struct{})
	go func() {
		done <- c.Tx(ctx, func(tx *drey.Tx) error {
			close(writing)
			<-release
			return nil
		})
	}()
	<-writing
	if err := read(c); err != nil {
		t.Errorf("while another writes: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := c.Snapshot(ctx, func(tx *drey.Tx) error { return read(tx) }); err != nil {
		t.Errorf("in a snapshot: %v", err)
	}
	if err := c.Tx(ctx, func(tx *drey.Tx) error { return read(tx) }); err != nil {
		t.Errorf("in a transaction: %v", err)
	}
}
