package drey_test

import (
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
	"github.com/dreysql/drey/internal/runtime/sqlite"

	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Whatever moment a context ends at, a write that reports success is stored, one
// that reports an error is not, and one that is stored without its rows says so.
func TestCanceledWritesTellTheTruth(t *testing.T) {
	const create = "-- name: CreateThing :one\nINSERT INTO things (id) VALUES (?) RETURNING id, n"
	drey.returningQueries = map[string]func() ([]any, []int){
		"-- name: CreateThing :one": func() ([]any, []int) { return []any{new(int64), new(int64)}, []int{0} },
	}
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "00001_things.sql", Up: []string{
		"CREATE TABLE things (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0)",
	}}}
	t.Cleanup(func() { drey.migrations, drey.returningQueries = nil, nil })
	path := filepath.Join(t.TempDir(), "things.db")
	if _, err := sqlite.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	type in struct{}
	type thing struct{ ID, N int64 }
	rel := &drey.Relation{id: 95, Name: `"things"`, Columns: []string{`"id"`, `"n"`}, Key: []uint16{0}, Unique: [][]uint16{{0}}}
	fields := func(r *thing, to []any) []any { return append(to, &r.ID, &r.N) }
	things, writes := drey.NewQuery[in](rel, fields), drey.NewTableWrites[in](rel, fields)
	id := drey.NewNumberColumn[in, int64](rel, 0)
	calls := map[string]func(ctx context.Context, n int64) error{
		"Insert": func(ctx context.Context, n int64) error { return second(writes.Insert().Exec(ctx, c, thing{ID: n})) },
		"Insert.Returning": func(ctx context.Context, n int64) error {
			return second(writes.Insert(id).Returning(ctx, c, thing{ID: n}))
		},
		":exec": func(ctx context.Context, n int64) error {
			return second(drey.static{c.session}.ExecContext(ctx, "INSERT INTO things (id) VALUES (?)", n))
		},
		":one": func(ctx context.Context, n int64) error {
			var r thing
			return drey.static{c.session}.QueryRowContext(ctx, create, n).Scan(&r.ID, &r.N)
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
			if errors.Is(err, sqldriver.ErrStored) {
				stored++
			}
			if there != (err == nil || errors.Is(err, sqldriver.ErrStored)) {
				lies++
				t.Errorf("%s: there is %v after %v", name, there, err)
			}
		}
		t.Logf("%s: %d of %d canceled, %d stored without their rows, %d said what is not so", name, canceled, rounds, stored, lies)
	}
}
