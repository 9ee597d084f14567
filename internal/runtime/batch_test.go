package drey_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// slugOf is a query of sqlc's, as it generates one.
func slugOf(ctx context.Context, c drey.Conn, id int64) (string, error) {
	var slug string
	err := static(c).QueryRowContext(ctx, "-- name: slugOf :one\nSELECT slug FROM links WHERE id = ?", id).Scan(&slug)
	return slug, err
}

func touch(ctx context.Context, c drey.Conn, at time.Time, id int64) error {
	_, err := static(c).ExecContext(ctx, "-- name: touch :exec\nUPDATE links SET title = ?, created = ? WHERE id = ?", nil, drey.Unix(at), id)
	return err
}

// batching is a connection of an engine that runs lists of statements and does
// not have transactions, such as D1: SQLite itself with less.
type batching struct {
	sqldriver.Conn
	engine *batchingConnector
}

func (b *batching) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) (rows []driver.Rows, results []driver.Result, err error) {
	tx, err := b.BeginTx(ctx, driver.TxOptions{})
	if err != nil {
		return nil, nil, err
	}
	for i, query := range queries {
		stmt, err := b.PrepareContext(ctx, query)
		if err == nil && i+1 == b.engine.fail {
			err = errors.New("told to fail")
		}
		if err != nil {
			return nil, nil, errors.Join(err, tx.Rollback())
		}
		found, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, args[i])
		if err != nil {
			return nil, nil, errors.Join(err, stmt.Close(), tx.Rollback())
		}
		kept, err := readAll(found)
		if err != nil {
			return nil, nil, errors.Join(err, stmt.Close(), tx.Rollback())
		}
		changes, err := b.QueryContext(ctx, "SELECT changes(), last_insert_rowid()", nil)
		if err != nil {
			return nil, nil, err
		}
		counted, err := readAll(changes)
		if err := errors.Join(err, stmt.Close()); err != nil {
			return nil, nil, err
		}
		n := counted.List[0]
		rows, results = append(rows, kept), append(results, outcome{n[0].(int64), n[1].(int64)})
	}
	return rows, results, tx.Commit()
}

// outcome is what a statement of a batch has affected, and the last row's id.
type outcome struct{ affected, id int64 }

func (o outcome) RowsAffected() (int64, error) { return o.affected, nil }
func (o outcome) LastInsertId() (int64, error) { return o.id, nil }

func readAll(rows driver.Rows) (*sqldriver.FixedRows, error) {
	defer rows.Close()
	all := &sqldriver.FixedRows{Names: rows.Columns()}
	for {
		values := make([]driver.Value, len(all.Names))
		if err := rows.Next(values); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all.List = append(all.List, values)
	}
}

// batchingConnector gives connections that run batches.
type batchingConnector struct {
	driver.Connector
	fail int // the statement of a batch that fails, from 1
}

func (c *batchingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &batching{conn.(sqldriver.Conn), c}, nil
}

// openBatching opens the fixture on an engine without transactions that takes 20
// parameters.
func openBatching(tb testing.TB, watched bool) (*drey.Client, *batchingConnector) {
	tb.Helper()
	engine := &batchingConnector{Connector: fixture.Connector(tb)}
	var c driver.Connector = engine
	if watched {
		c = drey.Watch(c, func(context.Context, drey.Statement) {}, false, 0)
	}
	return openBackend(tb, drey.Backend{Reads: drey.NewPool(c, nil), Remote: true, Parameters: 20}), engine
}

// engines are those that every batch has to be the same on.
func engines(t *testing.T, test func(t *testing.T, c *drey.Client, transactions bool)) {
	t.Run("transactions", func(t *testing.T) { c, _ := openFile(t, sqlite.Options{}); test(t, c, true) })
	for name, watched := range map[string]bool{"batches": false, "watched": true} {
		t.Run(name, func(t *testing.T) { c, _ := openBatching(t, watched); test(t, c, false) })
	}
}

func TestBatch(t *testing.T) {
	engines(t, func(t *testing.T, c *drey.Client, transactions bool) {
		ctx := context.Background()
		var b drey.Batch
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return slugOf(ctx, tx, 1) })
		none := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return slugOf(ctx, tx, 99) })
		b.Do(func(tx *drey.Tx) error { return touch(ctx, tx, fixtureTime(9), 1) })
		changed := drey.InBatch(&b, func(tx *drey.Tx) (int64, error) {
			return links.Update(links.Clicks.Add(3)).Where(links.Title.IsNull(), links.ID.Eq(1)).Exec(ctx, tx)
		})
		inserted := drey.InBatch(&b, func(tx *drey.Tx) ([]link, error) {
			return links.Insert(links.UserID, links.Slug, links.Created).Returning(ctx, tx,
				link{UserID: 1, Slug: "two"}, link{UserID: 2, Slug: "three"}, link{UserID: 2, Slug: "four"})
		})
		all := drey.InBatch(&b, func(tx *drey.Tx) ([]link, error) { return links.OrderBy(links.ID.Asc()).All(ctx, tx) })
		users := drey.InBatch(&b, func(tx *drey.Tx) ([]drey.Counted[int64], error) {
			return drey.CountBy(links.Where(links.Slug.In("one", "two", "three")), links.UserID).OrderBy(drey.Key(links.UserID).Asc()).All(ctx, tx)
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
		if n, err := users(); err != nil || len(n) != 2 || n[0].Count != 2 || n[1].Count != 1 {
			t.Errorf("users: %v, %v", n, err)
		}
	})
}

// A batch that fails in the middle has no effect.
func TestBatchIsAtomic(t *testing.T) {
	engines(t, func(t *testing.T, c *drey.Client, transactions bool) {
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
	engines(t, func(t *testing.T, c *drey.Client, transactions bool) {
		ctx := context.Background()
		for name, step := range map[string]func(*drey.Tx, int64) error{
			"other values": func(tx *drey.Tx, call int64) error { return touch(ctx, tx, fixtureTime(5), call) },
			"fewer": func(tx *drey.Tx, call int64) error {
				if call > 1 {
					return nil
				}
				return touch(ctx, tx, fixtureTime(5), 1)
			},
			"more": func(tx *drey.Tx, call int64) error {
				if call == 1 {
					return nil
				}
				return touch(ctx, tx, fixtureTime(0), 1)
			},
			"behind a row": func(tx *drey.Tx, _ int64) error {
				if _, err := slugOf(ctx, tx, 1); err != nil {
					return err
				}
				return touch(ctx, tx, fixtureTime(5), 1)
			},
			"hidden": func(tx *drey.Tx, call int64) error { _ = touch(ctx, tx, fixtureTime(5), call); return nil },
		} {
			var b drey.Batch
			var call int64
			b.Do(func(tx *drey.Tx) error { call++; return step(tx, call) })
			if err := b.Run(ctx, c); !errors.Is(err, drey.ErrBatchStep) {
				t.Errorf("%s: %v", name, err)
			}
			if l, err := links.One(ctx, c); transactions && (err != nil || l.UserID != 1 || l.Title != nil || !l.Created.Equal(fixtureTime(0))) {
				t.Errorf("%s: the batch was not undone: %v, %v", name, l, err)
			}
		}
		// A context that ends when all has run takes no result away, and undoes what
		// can be undone.
		ending, end := context.WithCancel(ctx)
		var b drey.Batch
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) {
			slug, err := slugOf(ending, tx, 1)
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
		if done, e := score.Exists(ctx, c); e != nil || done == transactions || done != (err == nil) || !done && drey.FailureOf(err) != drey.Canceled {
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
			if err := b.Run(ctx, c); !errors.Is(err, drey.ErrInBatch) {
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
		b.Do(func(tx *drey.Tx) error { return touch(ctx, tx, fixtureTime(1), 1) })
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return slugOf(ctx, tx, 1) })
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

// An engine without transactions says so, and bulk writes are batches.
func TestWithoutTransactions(t *testing.T) {
	c, engine := openBatching(t, false)
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
// snapshot, which does not write.
func TestBatchOfReads(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{})
	ctx := t.Context()
	read := func(on drey.Conn) error {
		var b drey.Batch
		slug := drey.InBatch(&b, func(tx *drey.Tx) (string, error) { return slugOf(ctx, tx, 1) })
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
