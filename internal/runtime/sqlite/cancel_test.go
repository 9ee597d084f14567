package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// Whatever moment a context ends at, a write that reports success is stored, one
// that reports an error is not, and one that is stored without its rows says so.
func TestCanceledWritesTellTheTruth(t *testing.T) {
	const create = "-- name: CreateThing :one\nINSERT INTO things (id) VALUES (?) RETURNING id, n"
	type in struct{}
	type thing struct{ ID, N int64 }
	returning := drey.NewReturning(func(name string) drey.Returned {
		if name != "-- name: CreateThing :one" {
			return drey.Returned{}
		}
		return drey.Returned{Text: create, Fields: []any{new(int64), new(int64)}, Key: []int{0}}
	})
	migrations := []sqlite.Migration{{Version: 1, Name: "00001_things.sql", Up: []string{
		"CREATE TABLE things (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0)",
	}}}
	c, err := sqlite.Open(t.Context(), fixture.Migrated(t, migrations), migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	queries := drey.Static(c, returning)
	rel := drey.Number(&drey.Relation{Name: `"things"`, Columns: []string{`"id"`, `"n"`}, Key: []uint16{0}, Unique: [][]uint16{{0}}})
	fields := func(r *thing, to []any) []any { return append(to, &r.ID, &r.N) }
	things, writes := drey.NewQuery[in](rel, fields), drey.NewTableWrites[in](rel, fields)
	id := drey.NewNumberColumn[in, int64](rel, 0)
	calls := map[string]func(ctx context.Context, n int64) error{
		"Insert": func(ctx context.Context, n int64) error { return second(writes.Insert().Exec(ctx, c, thing{ID: n})) },
		"Insert.Returning": func(ctx context.Context, n int64) error {
			return second(writes.Insert(id).Returning(ctx, c, thing{ID: n}))
		},
		":exec": func(ctx context.Context, n int64) error {
			return second(queries.ExecContext(ctx, "INSERT INTO things (id) VALUES (?)", n))
		},
		":one": func(ctx context.Context, n int64) error {
			var r thing
			return queries.QueryRowContext(ctx, create, n).Scan(&r.ID, &r.N)
		},
		"Batch": func(ctx context.Context, n int64) error {
			var b drey.Batch
			b.Do(func(tx *drey.Tx) error { return second(writes.Insert().Exec(ctx, tx, thing{ID: n})) })
			return b.Run(ctx, c)
		},
	}
	rounds := 400
	if testing.Short() {
		rounds = 100
	}
	r, n := rand.New(rand.NewPCG(1, 2)), int64(0)
	for name, call := range calls {
		canceled, stored, lies := 0, 0, 0
		typical := 50 * time.Microsecond
		for range rounds {
			n++
			ctx, cancel := context.WithCancel(t.Context())
			timer := time.AfterFunc(time.Duration(r.Int64N(int64(2*typical))), cancel)
			start := time.Now()
			err := call(ctx, n)
			typical = (9*typical + time.Since(start)) / 10
			timer.Stop()
			cancel()
			there, e := things.Where(id.Eq(n)).Exists(t.Context(), c)
			if e != nil {
				t.Fatal(e)
			}
			if err != nil {
				canceled++
				if drey.FailureOf(err) != drey.Canceled {
					t.Fatalf("%s: %v", name, err)
				}
			}
			if errors.Is(err, drey.ErrStored) {
				stored++
			}
			if there != (err == nil || errors.Is(err, drey.ErrStored)) {
				lies++
				t.Errorf("%s: there is %v after %v", name, there, err)
			}
		}
		t.Logf("%s: %d of %d canceled, %d stored without their rows, %d said what is not so", name, canceled, rounds, stored, lies)
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
			return static(c).QueryRowContext(ctx, count).Scan(&n)
		},
		"sqlc's, later row": func(ctx context.Context, c *drey.Client) error { return drain(static(c).QueryContext(ctx, later)) },
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
			other, err := sqlite.Open(context.Background(), path, fixture.Migrations, sqlite.Options{})
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
