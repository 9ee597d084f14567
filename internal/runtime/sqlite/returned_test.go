package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
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
	looseRelation = drey.Number(&drey.Relation{Name: `"loose"`, Columns: []string{`"id"`, `"n"`, `"due"`}, Unique: [][]uint16{{0}}, Key: []uint16{0},
		Defaults: map[uint16]string{1: "'zero'"},
	})
	looseFields = func(r *loose, to []any) []any { return append(to, &r.ID, &r.N, &r.Due) }
	looses      = drey.NewQuery[inLoose](looseRelation, looseFields)
	looseWrites = drey.NewTableWrites[inLoose](looseRelation, looseFields)
	looseID     = drey.NewNumberColumn[inLoose, int64](looseRelation, 0)
	looseN      = drey.NewNumberColumn[inLoose, int64](looseRelation, 1)
	looseDue    = drey.NewTextColumn[inLoose](looseRelation, 2)
)

// What sqlc's methods that write would run.
const (
	createLoose  = "-- name: CreateLoose :one\nINSERT INTO loose (id) VALUES (?) RETURNING id, n, due"
	createLooses = "-- name: CreateLooses :many\nINSERT INTO loose (id, n) VALUES (?1, 1), (?1 + 1, 'zero') RETURNING id, n, due"
	updateLoose  = "-- name: UpdateLoose :one\nUPDATE loose SET n = ? WHERE id = ? RETURNING id, n, due"
)

var looseMigrations = []sqlite.Migration{{Version: 1, Name: "00001_loose.sql", Up: []string{
	"CREATE TABLE loose (id INTEGER PRIMARY KEY, n INT NOT NULL DEFAULT 'zero', due TEXT NOT NULL DEFAULT '')",
	"INSERT INTO loose (id, n) VALUES (1, 1), (2, 2)",
}}}

func openLoose(t *testing.T, o sqlite.Options) *drey.Client {
	t.Helper()
	c, err := sqlite.Open(t.Context(), fixture.Migrated(t, looseMigrations), looseMigrations, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// returningOf knows queries by their texts, which return what fields gives.
func returningOf(fields func() []any, texts ...string) *drey.Returning {
	return drey.NewReturning(func(name string) drey.Returned {
		for _, text := range texts {
			if first, _, _ := strings.Cut(text, "\n"); first == name {
				return drey.Returned{Text: text, Fields: fields(), Key: []int{0}}
			}
		}
		return drey.Returned{}
	})
}

func looseRow() []any { return []any{new(int64), new(int64), new(string)} }

var looseReturning = returningOf(looseRow, createLoose, createLooses, updateLoose)

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
		defer rows.Close()
		for rows.Next() {
			var l loose
			if err := rows.Scan(&l.ID, &l.N, &l.Due); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	row := loose{ID: 10, Due: "x"}
	writes := map[string]func(context.Context, drey.Conn, drey.DBTX) error{
		"Insert": func(ctx context.Context, c drey.Conn, _ drey.DBTX) error {
			return second(looseWrites.Insert(looseID, looseDue).Returning(ctx, c, row))
		},
		"Insert of two": func(ctx context.Context, c drey.Conn, _ drey.DBTX) error {
			return second(looseWrites.Insert(looseID, looseDue).Returning(ctx, c, row, loose{ID: 11}))
		},
		"Update": func(ctx context.Context, c drey.Conn, _ drey.DBTX) error {
			return second(looseWrites.Update(looseN.SetDefault()).Where(looseID.Lte(2)).Returning(ctx, c))
		},
		":one":  func(ctx context.Context, _ drey.Conn, s drey.DBTX) error { return scanOne(ctx, s, createLoose, 10) },
		":many": func(ctx context.Context, _ drey.Conn, s drey.DBTX) error { return scanMany(ctx, s, createLooses, 10) },
		"UPDATE one": func(ctx context.Context, _ drey.Conn, s drey.DBTX) error {
			return scanOne(ctx, s, updateLoose, "zero", 1)
		},
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
				if !errors.Is(err, drey.ErrUnreadable) || drey.FailureOf(err) != drey.OtherFailure {
					t.Errorf("%s, %s, %s: %s: %v", how, name, what, drey.FailureOf(err), err)
				}
				for _, part := range []string{"id", " = ", `column index 1, name "n"`, `"zero"`} {
					if err != nil && !strings.Contains(err.Error(), part) {
						t.Errorf("%s, %s, %s: %v does not say %s", how, name, what, err, part)
					}
				}
				look(name + ", " + what)
			}
			unreadable("alone", write(ctx, c, drey.Static(c, looseReturning)))
			unreadable("Tx", c.Tx(ctx, func(tx *drey.Tx) error { return write(ctx, tx, drey.Static(tx, looseReturning)) }))
			if err := c.Tx(ctx, func(tx *drey.Tx) error { _ = write(ctx, tx, drey.Static(tx, looseReturning)); return nil }); !errors.Is(err, sqldriver.ErrSpoiled) && name != "Insert of two" {
				t.Errorf("%s, %s: a Tx that goes on: %v", how, name, err)
			}
			look(name + ", Tx that goes on")
			// A savepoint that is rolled back takes it along.
			if err := c.Tx(ctx, func(tx *drey.Tx) error {
				_ = tx.Tx(ctx, func(tx *drey.Tx) error { return write(ctx, tx, drey.Static(tx, looseReturning)) })
				return second(looseWrites.Update(looseDue.Set("")).EveryRow().Exec(ctx, tx))
			}); err != nil {
				t.Errorf("%s, %s: a savepoint: %v", how, name, err)
			}
			look(name + ", savepoint")
			var b drey.Batch
			b.Do(func(tx *drey.Tx) error { return write(ctx, tx, drey.Static(tx, looseReturning)) })
			if err := b.Run(ctx, c); err == nil {
				t.Errorf("%s, %s: a batch does not fail", how, name)
			}
			look(name + ", Batch")
		}
		// The connection is as it was.
		if err := scanOne(ctx, drey.Static(c, looseReturning), updateLoose, 7, 1); err != nil {
			t.Error(err)
		}
		if n, err := looseWrites.Update(looseN.Set(8)).Where(looseN.Eq(7)).Exec(ctx, c); n != 1 || err != nil {
			t.Error(n, err)
		}
	}
}

// Values that other code has stored may not be readable either; the error says
// where they are.
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
		if !errors.Is(err, drey.ErrUnreadable) || !strings.HasPrefix(fmt.Sprint(err), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two packages may have a query of one name; what a statement returns is known by its
// whole text.
func TestUnreadableOfTwoPackages(t *testing.T) {
	const other = "-- name: UpdateLoose :one\nUPDATE loose SET n = ? WHERE id = ? RETURNING n" // which the other reads as a text
	others := returningOf(func() []any { return []any{new(string)} }, other)
	c, ctx := openLoose(t, sqlite.Options{}), t.Context()
	one, two := drey.Static(c, looseReturning), drey.Static(c, others)
	n := func() (n any) {
		t.Helper()
		if err := c.QueryRowContext(ctx, "SELECT n FROM loose WHERE id = 1").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var l loose
	var text string
	for range 2 { // prepared, then from the cache
		if err := one.QueryRowContext(ctx, updateLoose, "zero", 1).Scan(&l.ID, &l.N, &l.Due); !errors.Is(err, drey.ErrUnreadable) || n() != int64(1) {
			t.Errorf("the one: %v, n is %v", err, n())
		}
		if err := two.QueryRowContext(ctx, other, "zero", 1).Scan(&text); err != nil || text != "zero" || n() != "zero" {
			t.Errorf("the other: %q, %v, n is %v", text, err, n())
		}
		if err := one.QueryRowContext(ctx, updateLoose, 1, 1).Scan(&l.ID, &l.N, &l.Due); err != nil || l.N != 1 || n() != int64(1) {
			t.Errorf("the one again: %+v, %v, n is %v", l, err, n())
		}
	}
	// In one transaction of both.
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		if err := drey.Static(tx, others).QueryRowContext(ctx, other, "zero", 1).Scan(&text); err != nil {
			t.Errorf("the other, in a transaction: %v", err)
		}
		return drey.Static(tx, looseReturning).QueryRowContext(ctx, updateLoose, "zero", 1).Scan(&l.ID, &l.N, &l.Due)
	})
	if !errors.Is(err, drey.ErrUnreadable) || n() != int64(1) {
		t.Errorf("in a transaction: %v, n is %v", err, n())
	}
	// A text that is not a query of theirs belongs to nobody, even if its first line
	// is one of theirs.
	if err := one.QueryRowContext(ctx, "-- name: UpdateLoose :one\nUPDATE loose SET n = ? WHERE id = ? RETURNING id, n", "zero", 1).Scan(&l.ID, &text); err != nil || text != "zero" {
		t.Errorf("somebody's own: %q, %v", text, err)
	}
}

// A query is known to a package that comes later, though its statement has been
// prepared already: on the client, on each of its connections and in a transaction.
func TestUnreadableOfALaterPackage(t *testing.T) {
	for how, o := range map[string]sqlite.Options{
		"direct":  {},
		"watched": {OnStatement: func(context.Context, drey.Statement) {}},
		"wrapped": {OpenDB: sql.OpenDB},
	} {
		c, ctx := openLoose(t, o), t.Context()
		var l loose
		n := func() (n any) {
			t.Helper()
			if err := c.QueryRowContext(ctx, "SELECT n FROM loose WHERE id = 1").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		unknown := drey.Static(c, nil)
		if err := unknown.QueryRowContext(ctx, updateLoose, "zero", 1).Scan(&l.ID, new(any), &l.Due); err != nil || n() != "zero" {
			t.Errorf("%s: while nobody knows it: %v, n is %v", how, err, n())
		}
		if err := unknown.QueryRowContext(ctx, updateLoose, 1, 1).Scan(&l.ID, &l.N, &l.Due); err != nil {
			t.Error(err)
		}
		misses := c.StatementStats().Misses
		known := drey.Static(c, looseReturning)
		if err := known.QueryRowContext(ctx, updateLoose, "zero", 1).Scan(&l.ID, &l.N, &l.Due); !errors.Is(err, drey.ErrUnreadable) || n() != int64(1) {
			t.Errorf("%s: %v, n is %v", how, err, n())
		}
		if more := c.StatementStats().Misses - misses; more != 0 {
			t.Errorf("%s: the statement was prepared again", how)
		}
		// Within a transaction that had prepared it itself.
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		c = openLoose(t, o)
		err := c.Tx(ctx, func(tx *drey.Tx) error {
			if err := drey.Static(tx, nil).QueryRowContext(ctx, updateLoose, 1, 1).Scan(&l.ID, &l.N, &l.Due); err != nil {
				return err
			}
			if err := drey.Static(tx, looseReturning).QueryRowContext(ctx, updateLoose, "zero", 1).Scan(&l.ID, &l.N, &l.Due); !errors.Is(err, drey.ErrUnreadable) {
				t.Errorf("%s, in a transaction: %v", how, err)
			}
			return nil
		})
		if !errors.Is(err, sqldriver.ErrSpoiled) || n() != int64(1) {
			t.Errorf("%s, in a transaction: %v, n is %v", how, err, n())
		}
	}
}

// The query of a list has as many texts as its list has lengths.
func TestUnreadableOfAList(t *testing.T) {
	const update = "-- name: UpdateLooses :many\nUPDATE loose SET n = 'zero' WHERE id IN (/*SLICE:ids*/?) RETURNING id, n, due"
	returning := returningOf(looseRow, update)
	c, ctx := openLoose(t, sqlite.Options{}), t.Context()
	queries := drey.Static(c, returning)
	for _, ids := range [][]any{{1}, {1, 2}, {2, 1, 3}} {
		text := strings.Replace(update, "/*SLICE:ids*/?", strings.Repeat(",?", len(ids))[1:], 1)
		if rows, err := queries.QueryContext(ctx, text, ids...); !errors.Is(err, drey.ErrUnreadable) {
			t.Errorf("%d ids: %v, %v", len(ids), rows, err)
		}
	}
	rows, err := queries.QueryContext(ctx, strings.Replace(update, "/*SLICE:ids*/?", "NULL", 1))
	if err != nil || rows.Next() || rows.Close() != nil {
		t.Errorf("no ids: %v", err)
	}
	if n, err := looses.Where(looseN.In(1, 2)).Count(ctx, c); n != 2 || err != nil {
		t.Errorf("%d rows are as they were, %v", n, err)
	}
}
