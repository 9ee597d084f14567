// Package foreign is what has to hold where the data layer runs on a handle that
// somebody else has opened, with whatever driver: every value that is written through it
// is stored as on a connection of the data layer's own, and is read as it was written.
//
// The drivers that drey does not depend on are tried in internal/proof/drivers, a module
// of its own.
package foreign

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

var migrations = []sqlite.Migration{{Version: 1, Name: "00001_things.sql", Up: []string{
	`CREATE TABLE things (
	id INTEGER PRIMARY KEY,
	at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
	stamp TIMESTAMP,
	day DATE NOT NULL DEFAULT CURRENT_DATE,
	secs INTEGER NOT NULL DEFAULT (unixepoch()),
	text TEXT NOT NULL DEFAULT '',
	flag BOOLEAN NOT NULL DEFAULT 0,
	ratio REAL,
	data BLOB NOT NULL DEFAULT x'',
	doc JSON
)`, "CREATE TABLE values_of (id INTEGER PRIMARY KEY, v)"}}}

type thing struct {
	ID    int64
	At    time.Time
	Stamp *time.Time
	Day   time.Time
	Secs  drey.UnixTime
	Text  string
	Flag  bool
	Ratio *float64
	Data  []byte
	Doc   drey.JSON
}

type inThings struct{}

var thingsRelation = drey.Number(&drey.Relation{Name: `"things"`,
	Columns: []string{`"id"`, `"at"`, `"stamp"`, `"day"`, `"secs"`, `"text"`, `"flag"`, `"ratio"`, `"data"`, `"doc"`},
	Unique:  [][]uint16{{0}}, Key: []uint16{0}, Nullable: []uint16{2, 7, 9},
	Dates: []uint16{3}, Times: []uint16{1, 2},
})

func thingFields(r *thing, to []any) []any {
	return append(to, &r.ID, &r.At, &r.Stamp, &r.Day, &r.Secs, &r.Text, &r.Flag, &r.Ratio, &r.Data, &r.Doc)
}

var things = struct {
	drey.Query[inThings, thing]
	drey.TableWrites[inThings, thing]
	ID    *drey.NumberColumn[inThings, int64]
	At    *drey.OrderedColumn[inThings, time.Time]
	Stamp *drey.NullOrderedColumn[inThings, time.Time]
	Day   *drey.OrderedColumn[inThings, time.Time]
}{
	*drey.NewQuery[inThings](thingsRelation, thingFields),
	drey.NewTableWrites[inThings](thingsRelation, thingFields),
	drey.NewNumberColumn[inThings, int64](thingsRelation, 0),
	drey.NewOrderedColumn[inThings, time.Time](thingsRelation, 1),
	drey.NewNullOrderedColumn[inThings, time.Time](thingsRelation, 2),
	drey.NewOrderedColumn[inThings, time.Time](thingsRelation, 3),
}

// moments are times in which the forms of drivers differ.
var moments = []time.Time{
	time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC),
	time.Date(2026, 1, 1, 0, 30, 0, 0, time.FixedZone("", 2*3600)),
	time.Date(2026, 3, 29, 1, 59, 59, 123_456_789, time.FixedZone("CEST", 7200)),
	time.Date(2026, 3, 29, 1, 59, 59, 120_000_000, time.UTC),
	time.Date(1969, 12, 31, 23, 59, 59, 1, time.UTC),
	time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
}

// thingsOf are rows with values of all sorts.
func thingsOf() (rows []thing) {
	ratio, inf := 0.1, math.Inf(1)
	for i, at := range moments {
		t := thing{ID: int64(i + 1), At: at, Stamp: &at, Day: at, Secs: drey.UnixTime{Time: at}, Text: "text", Flag: i%2 == 0, Ratio: &ratio, Data: []byte("data"), Doc: drey.JSON(`{"a":1}`)}
		switch i {
		case 1:
			t.Stamp, t.Ratio, t.Data, t.Doc = nil, nil, []byte{}, nil
		case 2:
			t.Text, t.Ratio, t.Data, t.Doc = "a\x00b", &inf, []byte{0, 255}, drey.JSON("17")
		case 3:
			t.Text, t.Data, t.Doc = "2026-01-01 00:00:00", []byte("2026-01-01"), drey.JSON(`"x"`)
		}
		rows = append(rows, t)
	}
	return rows
}

type (
	namedTime time.Time
	namedText string
)

// values are arguments of sqlc's half: of all Go types that it has for a column.
var values = []any{
	nil, int64(math.MaxInt64), int64(math.MinInt64), int32(-7), uint8(200), true, false,
	0.1, 1e300, math.Inf(-1), float32(0.5), 5.0, "", "text", "a\x00b", "\xff", "2026-01-01 00:00:00", "12",
	[]byte{}, []byte("bytes"), json.RawMessage(`{"a": 1}`), drey.JSON(nil), drey.JSON(`[1]`), namedText("named"),
	sql.NullString{}, sql.NullString{String: "x", Valid: true}, sql.NullInt64{Int64: 3, Valid: true}, sql.NullBool{Bool: true, Valid: true},
	moments[0], &moments[1], sql.NullTime{Time: moments[2], Valid: true}, sql.Null[time.Time]{V: moments[3], Valid: true}, sql.NullTime{},
	namedTime(moments[2]), (*time.Time)(nil), drey.UnixTime{Time: moments[4]}, drey.UnixMilli{Time: moments[2]}, drey.TextTime{Time: moments[1]},
	drey.BindDate(moments[1]), drey.BindDate(drey.TextTime{Time: moments[2]}),
}

// Way is a way in which a handle is borrowed.
type Way struct {
	Name string
	// Run calls f with what the way gives, and commits what it has done.
	Run func(ctx context.Context, db *sql.DB, f func(drey.Conn) error) error
}

// Ways are those that there are.
var Ways = []Way{
	{"NewClient", func(_ context.Context, db *sql.DB, f func(drey.Conn) error) error {
		c := drey.NewClient(db)
		return errors.Join(f(c), c.Close())
	}},
	{"NewClient, in its Tx", func(ctx context.Context, db *sql.DB, f func(drey.Conn) error) error {
		c := drey.NewClient(db)
		return errors.Join(c.Tx(ctx, func(tx *drey.Tx) error { return f(tx) }), c.Close())
	}},
	{"OnDBTX of a *sql.Tx", func(ctx context.Context, db *sql.DB, f func(drey.Conn) error) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := f(drey.OnDBTX(tx)); err != nil {
			return err
		}
		return tx.Commit()
	}},
	{"OnDBTX of a *sql.DB", func(_ context.Context, db *sql.DB, f func(drey.Conn) error) error { return f(drey.OnDBTX(db)) }},
	{"OnDBTX of a *sql.Conn", func(ctx context.Context, db *sql.DB, f func(drey.Conn) error) error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		return errors.Join(f(drey.OnDBTX(conn)), conn.Close())
	}},
	{"OnDBTX of a wrapper", func(_ context.Context, db *sql.DB, f func(drey.Conn) error) error {
		return f(drey.OnDBTX(struct{ drey.DBTX }{db}))
	}},
}

// write writes everything, in every way that there is: the rows of each have IDs of
// their own.
func write(ctx context.Context, c drey.Conn) error {
	static := drey.Static(c, nil)
	for i, v := range values {
		for j, exec := range []func(context.Context, string, ...any) (sql.Result, error){static.ExecContext, c.ExecContext} {
			// @native-sql as sqlc's half and the caller's own texts have it
			if _, err := exec(ctx, "INSERT INTO values_of VALUES (?, ?)", i*10+j, v); err != nil {
				return fmt.Errorf("%T %[1]v: %w", v, err)
			}
		}
		// @native-sql a text of the caller's own
		if _, err := c.ExecContext(ctx, "INSERT INTO values_of VALUES (@id, @v)", sql.Named("id", i*10+2), sql.Named("v", v)); err != nil {
			return fmt.Errorf("%T %[1]v by its name: %w", v, err)
		}
	}
	for i, row := range thingsOf() {
		ways := []func(thing) error{
			func(row thing) error { _, err := things.Insert().Exec(ctx, c, row); return err },
			func(row thing) error {
				got, err := things.Insert().Returning(ctx, c, row)
				if err == nil {
					err = same("what RETURNING gives", []thing{row}, got)
				}
				return err
			},
			func(row thing) error {
				if _, err := things.Insert(things.ID).Exec(ctx, c, row); err != nil {
					return err
				}
				set := things.Stamp.SetNull()
				if row.Stamp != nil {
					set = things.Stamp.Set(*row.Stamp)
				}
				_, err := things.Update(things.At.Set(row.At), set, things.Day.Set(row.Day)).Where(things.ID.Eq(row.ID)).Exec(ctx, c)
				return err
			},
		}
		for j, way := range ways {
			row.ID = int64(1000*(j+1) + i)
			if err := way(row); err != nil {
				return fmt.Errorf("row %d, way %d: %w", i, j, err)
			}
		}
	}
	return nil
}

// read reads it back, and looks for it.
func read(ctx context.Context, c drey.Conn) error {
	for i, row := range thingsOf() {
		want := row
		want.ID = int64(1000 + i)
		got, err := things.Where(things.ID.Eq(want.ID)).All(ctx, c)
		if err == nil {
			err = same("All", []thing{want}, got)
		}
		var iterated []thing
		for row, e := range things.Where(things.ID.Eq(want.ID)).Iter(ctx, c) {
			iterated, err = append(iterated, row), errors.Join(err, e)
		}
		if err == nil {
			err = same("Iter", got, iterated)
		}
		if err != nil {
			return err
		}
		for name, q := range map[string]drey.Query[inThings, thing]{
			"at":      *things.Where(things.ID.Eq(want.ID), things.At.Eq(row.At)),
			"between": *things.Where(things.ID.Eq(want.ID), things.At.Between(row.At, row.At)),
			"day":     *things.Where(things.ID.Eq(want.ID), things.Day.Eq(dayOf(row.Day))),
		} {
			if n, err := q.Count(ctx, c); n != 1 || err != nil {
				return fmt.Errorf("%d rows have their %s, %w", n, name, err)
			}
		}
	}
	return nil
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// same compares rows, but for what a column does not keep.
func same(what string, want, got []thing) error {
	want = append([]thing(nil), want...)
	for i := range want {
		w := &want[i]
		w.At, w.Day, w.Secs = w.At.UTC(), dayOf(w.Day), drey.Unix(w.Secs.Time)
		if w.Stamp != nil {
			at := w.Stamp.UTC()
			w.Stamp = &at
		}
	}
	exact := cmp.Comparer(func(a, b time.Time) bool { return a == b }) // also their zone
	if diff := cmp.Diff(want, got, exact); diff != "" {
		return fmt.Errorf("%s:\n%s", what, diff)
	}
	return nil
}

// stored is every value as SQLite sees it.
func stored(ctx context.Context, path string) (list []string, err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	for _, query := range []string{
		`SELECT 'value ' || id || ' ' || typeof(v) || ' ' || quote(v) || ' ' || hex(v) FROM values_of ORDER BY id`,
		`SELECT 'thing ' || id || ' ' || concat_ws(' ', quote(at), quote(stamp), quote(day), quote(secs), hex(text), quote(flag), quote(ratio), quote(data), quote(doc),
			typeof(at), typeof(day), typeof(secs), typeof(flag), typeof(data), typeof(doc)) FROM things WHERE id < 3000 ORDER BY id`,
		`SELECT 'updated ' || id || ' ' || quote(at) || ' ' || quote(stamp) || ' ' || quote(day) FROM things WHERE id >= 3000 ORDER BY id`,
	} {
		// @native-sql-dynamic the queries above
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return nil, err
			}
			list = append(list, s)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Check opens a migrated file with open, runs the data layer on it in every way, and
// compares it with a file that the data layer has opened itself.
func Check(t *testing.T, open func(t *testing.T, path string) *sql.DB) {
	ctx := t.Context()
	own := migrated(t)
	c, err := sqlite.Open(ctx, own, migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(ctx, c), read(ctx, c), c.Close()); err != nil {
		t.Fatal(err)
	}
	want, err := stored(ctx, own)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range Ways {
		t.Run(way.Name, func(t *testing.T) {
			path := migrated(t)
			db := open(t, path)
			err := way.Run(ctx, db, func(c drey.Conn) error {
				if err := write(ctx, c); err != nil {
					return err
				}
				if err := read(ctx, c); err != nil {
					return err
				}
				return refused(ctx, c)
			})
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			got, err := stored(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("it is not stored as by Open:\n%s", diff)
			}
		})
	}
}

// refused tries what SQLite or a driver would make something else of.
func refused(ctx context.Context, c drey.Conn) error {
	for _, try := range []struct {
		query string
		arg   any
		want  error
	}{
		{"INSERT INTO values_of (v) VALUES (@v)", math.NaN(), drey.ErrNaN},
		{"INSERT INTO values_of (v) VALUES (@v)", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), drey.ErrYear},
		{"DELETE FROM things WHERE text LIKE @v", "%\x00no%", drey.ErrPattern},
		{"DELETE FROM things WHERE text LIKE '%' || @v", "\x00no%", drey.ErrPattern},
	} {
		for _, on := range []drey.DBTX{drey.Static(c, nil), c} {
			// @native-sql-dynamic the texts above, as sqlc's half and the caller's own have them
			if _, err := on.ExecContext(ctx, try.query, sql.Named("v", try.arg)); !errors.Is(err, try.want) {
				return fmt.Errorf("%s with %v is %w", try.query, try.arg, err)
			}
		}
	}
	return nil
}

func second[T any](_ T, err error) error { return err }

// CheckRefused opens a migrated file with open, and wants every statement to be that
// error: only those that write, or all.
func CheckRefused(t *testing.T, open func(t *testing.T, path string) *sql.DB, want error, reads bool) {
	ctx := t.Context()
	for _, way := range Ways {
		t.Run(way.Name, func(t *testing.T) {
			path := migrated(t)
			db := open(t, path)
			var read, write []error
			_ = way.Run(ctx, db, func(c drey.Conn) error {
				read, write = append(read, second(things.All(ctx, c))), append(write, second(things.Insert().Exec(ctx, c, thing{ID: 1})))
				for i, on := range []drey.DBTX{drey.Static(c, nil), c} {
					var n int
					// @native-sql a text of sqlc's half, and one of the caller's own
					read = append(read, on.QueryRowContext(ctx, "SELECT 1").Scan(&n))
					// @native-sql a text of either, which writes
					_, err := on.ExecContext(ctx, "INSERT INTO values_of VALUES (?, 1)", i)
					write = append(write, err)
				}
				return errors.New("undo")
			})
			for _, err := range write {
				if !errors.Is(err, want) {
					t.Errorf("a write: %v", err)
				}
			}
			for _, err := range read {
				if reads != errors.Is(err, want) {
					t.Errorf("a read: %v", err)
				}
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			if list, err := stored(ctx, path); len(list) > 0 || err != nil {
				t.Errorf("%q, %v", list, err)
			}
		})
	}
}

func migrated(t *testing.T) string {
	dir, err := os.MkdirTemp("", "foreign") // whose name does not have what a URI would escape
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "things.db")
	if _, err := sqlite.Migrate(t.Context(), path, migrations); err != nil {
		t.Fatal(err)
	}
	return path
}
