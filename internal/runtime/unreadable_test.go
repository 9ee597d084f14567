package drey_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// A loose table has columns that can hold what their Go types cannot.
type loose struct {
	ID  int64
	N   int64
	Due string
}

type inLoose struct{}

var (
	looseRelation = drey.Relation{
		id: 90, Name: `"loose"`, Columns: []string{`"id"`, `"n"`, `"due"`}, Unique: [][]uint16{{0}}, Key: []uint16{0},
		Defaults: map[uint16]string{1: "'zero'"},
	}
	looseFields = func(r *loose, to []any) []any { return append(to, &r.ID, &r.N, &r.Due) }
	looses      = drey.NewQuery[inLoose](&looseRelation, looseFields)
	looseWrites = drey.NewTableWrites[inLoose](&looseRelation, looseFields)
	looseID     = drey.NewNumberColumn[inLoose, int64](&looseRelation, 0)
	looseN      = drey.NewNumberColumn[inLoose, int64](&looseRelation, 1)
	looseDue    = drey.NewTextColumn[inLoose](&looseRelation, 2)
)

// What sqlc's methods that write would run.
const (
	createLoose  = "-- name: CreateLoose :one\nINSERT INTO loose (id) VALUES (?) RETURNING id, n, due"
	createLooses = "-- name: CreateLooses :many\nINSERT INTO loose (id, n) VALUES (?1, 1), (?1 + 1, 'zero') RETURNING id, n, due"
	updateLoose  = "-- name: UpdateLoose :one\nUPDATE loose SET n = ? WHERE id = ? RETURNING id, n, due"
)

func openLoose(t *testing.T, o sqlite.Options) *drey.Client {
	t.Helper()
	of := func() ([]any, []int) { return []any{new(int64), new(int64), new(string)}, []int{0} }
	drey.returningQueries = map[string]func() ([]any, []int){}
	for _, text := range []string{createLoose, createLooses, updateLoose} {
		name, _, _ := strings.Cut(text, "\n")
		drey.returningQueries[name] = of
	}
	drey.migrations = []sqlite.Migration{{Version: 1, Name: "00001_loose.sql", Up: []string{
		"CREATE TABLE loose (id INTEGER PRIMARY KEY, n INT NOT NULL DEFAULT 'zero', due TEXT NOT NULL DEFAULT '')",
		"INSERT INTO loose (id, n) VALUES (1, 1), (2, 2)",
	}}}
	t.Cleanup(func() { drey.migrations, drey.returningQueries = nil, nil })
	path := filepath.Join(t.TempDir(), "loose.db")
	if _, err := sqlite.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.OpenWith(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// A write whose row cannot be read does not happen, in either half, alone or as a
// part of something larger.
func TestUnreadableWrites(t *testing.T) {
	wrappers := map[string]sqlite.Options{
		"direct":  {},
		"watched": {OnStatement: func(context.Context, drey.Statement) {}},
		"wrapped": {OpenDB: func(c driver.Connector) *sql.DB { return sql.OpenDB(c) }},
	}
	scanOne := func(ctx context.Context, db drey.DBTX, query string, args ...any) error {
		var l loose
		return db.QueryRowContext(ctx, query, args...).Scan(&l.ID, &l.N, &l.Due)
	}
	scanMany := func(ctx context.Context, db drey.DBTX, query string, args ...any) error {
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		return drey.drain(rows, func(from drey.scanRow) (bool, error) {
			var l loose
			return true, from.Scan(&l.ID, &l.N, &l.Due)
		})
	}
	type on interface {
		drey.Conn
	}
	row := loose{ID: 10, Due: "x"}
	writes := map[string]func(context.Context, on, drey.DBTX) error{
		"Insert": func(ctx context.Context, c on, _ drey.DBTX) error {
			return second(looseWrites.Insert(looseID, looseDue).Returning(ctx, c, row))
		},
		"Insert of two": func(ctx context.Context, c on, _ drey.DBTX) error {
			return second(looseWrites.Insert(looseID, looseDue).Returning(ctx, c, row, loose{ID: 11}))
		},
		"Update": func(ctx context.Context, c on, _ drey.DBTX) error {
			return second(looseWrites.Update(looseN.SetDefault()).Where(looseID.Lte(2)).Returning(ctx, c))
		},
		":one":       func(ctx context.Context, _ on, s drey.DBTX) error { return scanOne(ctx, s, createLoose, 10) },
		":many":      func(ctx context.Context, _ on, s drey.DBTX) error { return scanMany(ctx, s, createLooses, 10) },
		"UPDATE one": func(ctx context.Context, _ on, s drey.DBTX) error { return scanOne(ctx, s, updateLoose, "zero", 1) },
	}
	for how, o := range wrappers {
		c, ctx := openLoose(t, o), t.Context()
		before, err := looses.OrderBy(looseID.Asc()).All(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		look := func(name string) {
			t.Helper()
			after, err := looses.OrderBy(looseID.Asc()).All(ctx, c)
			if diff := cmp.Diff(before, after); err != nil || diff != "" {
				t.Fatalf("%s, %s: %v\n%s", how, name, err, diff)
			}
		}
		for name, write := range writes {
			unreadable := func(what string, err error) {
				t.Helper()
				if !errors.Is(err, sqldriver.ErrUnreadable) || drey.FailureOf(err) != drey.OtherFailure {
					t.Errorf("%s, %s, %s: %s: %v", how, name, what, drey.FailureOf(err), err)
				}
				for _, part := range []string{"id", " = ", `column index 1, name "n"`, `"zero"`} {
					if err != nil && !strings.Contains(err.Error(), part) {
						t.Errorf("%s, %s, %s: %v does not say %s", how, name, what, err, part)
					}
				}
				look(name + ", " + what)
			}
			unreadable("alone", write(ctx, c, drey.static{c.session}))
			unreadable("Tx", c.Tx(ctx, func(tx *drey.Tx) error { return write(ctx, tx, drey.static{tx.session}) }))
			if err := c.Tx(ctx, func(tx *drey.Tx) error { _ = write(ctx, tx, drey.static{tx.session}); return nil }); !errors.Is(err, sqldriver.ErrSpoiled) && name != "Insert of two" {
				t.Errorf("%s, %s: a Tx that goes on: %v", how, name, err)
			}
			look(name + ", Tx that goes on")
			// A savepoint that is rolled back takes it along.
			if err := c.Tx(ctx, func(tx *drey.Tx) error {
				_ = tx.Tx(ctx, func(tx *drey.Tx) error { return write(ctx, tx, drey.static{tx.session}) })
				return second(looseWrites.Update(looseDue.Set("")).EveryRow().Exec(ctx, tx))
			}); err != nil {
				t.Errorf("%s, %s: a savepoint: %v", how, name, err)
			}
			look(name + ", savepoint")
			var b drey.Batch
			b.Do(func(tx *drey.Tx) error { return write(ctx, tx, drey.static{tx.session}) })
			if err := b.Run(ctx, c); err == nil {
				t.Errorf("%s, %s: a batch does not fail", how, name)
			}
			look(name + ", Batch")
		}
		// The connection is as it was.
		if err := scanOne(ctx, drey.static{c.session}, updateLoose, 7, 1); err != nil {
			t.Error(err)
		}
		if n, err := looseWrites.Update(looseN.Set(8)).Where(looseN.Eq(7)).Exec(ctx, c); n != 1 || err != nil {
			t.Error(n, err)
		}
	}
}

// What other code has stored cannot be read either; the error says where it is.
func TestUnreadableRows(t *testing.T) {
	c, ctx := openLoose(t, sqlite.Options{}), t.Context()
	if _, err := c.ExecContext(ctx, "UPDATE loose SET n = 'zero' WHERE id = 2"); err != nil {
		t.Fatal(err)
	}
	_, all := looses.All(ctx, c)
	_, one := looses.Where(looseID.Eq(2)).One(ctx, c)
	_, page := looses.Page(ctx, c, "", 10)
	var iter error
	for _, err := range looses.Iter(ctx, c) {
		iter = errors.Join(iter, err)
	}
	for name, err := range map[string]error{"All": all, "One": one, "Page": page, "Iter": iter} {
		const want = `query of "loose": a row cannot be read: the one with "id" = 2: sql: Scan error on column index 1, name "n": `
		if !errors.Is(err, sqldriver.ErrUnreadable) || !strings.HasPrefix(fmt.Sprint(err), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAddStaysInRange(t *testing.T) {
	c, ctx := openLoose(t, sqlite.Options{}), t.Context()
	if _, err := c.ExecContext(ctx, "CREATE TABLE sums (id INTEGER PRIMARY KEY, n NUMERIC, f REAL)"); err != nil {
		t.Fatal(err)
	}
	type in struct{}
	type cents int64
	var rel *drey.Relation
	add := map[string]func(v any) drey.Assignment[in]{
		"int64": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, int64](rel, 1).Add(v.(int64)) },
		"cents": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, cents](rel, 1).Add(cents(v.(int64))) },
		"int8": func(v any) drey.Assignment[in] {
			return drey.NewNullNumberColumn[in, int8](rel, 1).Add(int8(v.(int64)))
		},
		"uint8": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, uint8](rel, 1).Add(uint8(v.(int64))) },
		"uint32": func(v any) drey.Assignment[in] {
			return drey.NewNumberColumn[in, uint32](rel, 1).Add(uint32(v.(int64)))
		},
		"float64": func(v any) drey.Assignment[in] { return drey.NewNumberColumn[in, float64](rel, 2).Add(v.(float64)) },
		"float32": func(v any) drey.Assignment[in] {
			return drey.NewNumberColumn[in, float32](rel, 2).Add(float32(v.(float64)))
		},
	}
	for i, test := range []struct {
		of       string
		is, plus any
		sum      any // nil is an error
	}{
		{"int64", int64(math.MaxInt64), int64(0), int64(math.MaxInt64)},
		{"int64", int64(math.MaxInt64), int64(1), nil},
		{"int64", int64(math.MaxInt64 - 5), int64(5), int64(math.MaxInt64)},
		{"int64", int64(math.MinInt64), int64(-1), nil},
		{"int64", int64(math.MinInt64 + 1), int64(-1), int64(math.MinInt64)},
		{"int64", int64(math.MinInt64), int64(math.MaxInt64), int64(-1)},
		{"int64", int64(0), int64(math.MinInt64), int64(math.MinInt64)},
		{"cents", int64(math.MaxInt64), int64(1), nil},
		{"int8", int64(100), int64(27), int64(127)},
		{"int8", int64(100), int64(28), nil},
		{"int8", int64(-100), int64(-29), nil},
		{"uint8", int64(200), int64(55), int64(255)},
		{"uint8", int64(200), int64(56), nil},
		{"uint32", int64(math.MaxUint32), int64(1), nil},
		{"float64", math.MaxFloat64, math.MaxFloat64, nil},
		{"float64", math.MaxFloat64, -math.MaxFloat64, 0.0},
		{"float64", 1.0, math.Inf(1), nil},
		{"float64", math.Inf(1), math.Inf(-1), nil},
		{"float64", 0.5, 0.25, 0.75},
		{"float32", math.MaxFloat32, math.MaxFloat32, nil},
		{"float32", 0.5, 0.25, 0.75},
		{"float64", nil, 0.25, sql.Null[float64]{}},
		{"int64", nil, int64(1), sql.Null[int64]{}},
	} {
		column := "n"
		if strings.HasPrefix(test.of, "float") {
			column = "f"
		}
		if _, err := c.ExecContext(ctx, "DELETE FROM sums; INSERT INTO sums (id, "+column+") VALUES (1, ?)", test.is); err != nil {
			t.Fatal(err)
		}
		rel = &drey.Relation{id: 91 + uint16(i), Name: "sums", Columns: []string{"id", "n", `"f"`}}
		writes := drey.NewTableWrites[in](rel, func(r *[3]any, to []any) []any { return append(to, &r[0], &r[1], &r[2]) })
		u := writes.Update(add[test.of](test.plus)).EveryRow()
		var b drey.Batch
		b.Do(func(tx *drey.Tx) error { return second(u.Exec(ctx, tx)) })
		errs := []error{second(u.Exec(ctx, c))}
		if test.sum == nil {
			errs = append(errs, second(u.Exec(ctx, c)), second(u.Returning(ctx, c)), b.Run(ctx, c))
		}
		for _, err := range errs {
			if errors.Is(err, drey.ErrOutOfRange) != (test.sum == nil) || err != nil && !strings.Contains(err.Error(), column) {
				t.Errorf("%s: %v + %v: %v", test.of, test.is, test.plus, err)
			}
		}
		want := test.sum
		if want == nil {
			want = test.is
		}
		var got any
		if err := c.QueryRowContext(ctx, "SELECT "+column+" FROM sums").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if v, ok := want.(driver.Valuer); ok {
			want, _ = v.Value()
		}
		if got != want {
			t.Errorf("%s: %v + %v is %v, want %v", test.of, test.is, test.plus, got, want)
		}
	}
}
