package drey_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// moment is a row with one time in a column of each kind.
type moment struct {
	ID     int64
	At     time.Time
	Stamp  *time.Time
	Day    time.Time
	Secs   drey.UnixTime
	Millis drey.UnixMilli
	Text   drey.TextTime
	Date   drey.TextTime
}

type inMoments struct{}

var momentsRelation = drey.Number(&drey.Relation{Name: `"moments"`,
	Columns: []string{`"id"`, `"at"`, `"stamp"`, `"day"`, `"secs"`, `"millis"`, `"text"`, `"date"`},
	Unique:  [][]uint16{{0}}, Key: []uint16{0}, Nullable: []uint16{2},
	Dates: []uint16{3, 7}, Times: []uint16{1, 2, 6},
})

func momentFields(r *moment, to []any) []any {
	return append(to, &r.ID, &r.At, &r.Stamp, &r.Day, &r.Secs, &r.Millis, &r.Text, &r.Date)
}

var moments = struct {
	drey.Query[inMoments, moment]
	drey.TableWrites[inMoments, moment]
	ID     *drey.NumberColumn[inMoments, int64]
	At     *drey.OrderedColumn[inMoments, time.Time]
	Stamp  *drey.NullOrderedColumn[inMoments, time.Time]
	Day    *drey.OrderedColumn[inMoments, time.Time]
	Secs   *drey.OrderedColumn[inMoments, drey.UnixTime]
	Millis *drey.OrderedColumn[inMoments, drey.UnixMilli]
	Text   *drey.OrderedColumn[inMoments, drey.TextTime]
	Date   *drey.OrderedColumn[inMoments, drey.TextTime]
}{
	*drey.NewQuery[inMoments](momentsRelation, momentFields),
	drey.NewTableWrites[inMoments](momentsRelation, momentFields),
	drey.NewNumberColumn[inMoments, int64](momentsRelation, 0),
	drey.NewOrderedColumn[inMoments, time.Time](momentsRelation, 1),
	drey.NewNullOrderedColumn[inMoments, time.Time](momentsRelation, 2),
	drey.NewOrderedColumn[inMoments, time.Time](momentsRelation, 3),
	drey.NewOrderedColumn[inMoments, drey.UnixTime](momentsRelation, 4),
	drey.NewOrderedColumn[inMoments, drey.UnixMilli](momentsRelation, 5),
	drey.NewOrderedColumn[inMoments, drey.TextTime](momentsRelation, 6),
	drey.NewOrderedColumn[inMoments, drey.TextTime](momentsRelation, 7),
}

const momentsSchema = `CREATE TABLE moments (
	id INTEGER PRIMARY KEY,
	at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
	stamp TIMESTAMP,
	day DATE NOT NULL DEFAULT CURRENT_DATE,
	secs INTEGER NOT NULL DEFAULT (unixepoch()),
	millis INTEGER NOT NULL DEFAULT 0,
	text TEXT NOT NULL DEFAULT (datetime('now')),
	date DATE NOT NULL DEFAULT (date('now'))
)`

func openMoments(tb testing.TB, o sqlite.Options) *drey.Client {
	tb.Helper()
	return fixture.OpenMemory(tb, []sqlite.Migration{{Version: 1, Name: "00001_moments.sql", Up: []string{momentsSchema}}}, o)
}

func momentOf(id int64, at time.Time) moment {
	return moment{ID: id, At: at, Stamp: &at, Day: at, Secs: drey.UnixTime{at}, Millis: drey.UnixMilli{at}, Text: drey.TextTime{at}, Date: drey.TextTime{at}}
}

type namedTimeType time.Time

type valuerOfTime struct{ at time.Time }

func (v valuerOfTime) Value() (driver.Value, error) { return v.at, nil }

const insertMoment = "INSERT INTO moments VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

// static writes a moment as a method of sqlc's does, with arguments of one kind.
func staticMoment[T any](as func(time.Time) T) func(context.Context, drey.Conn, int64, time.Time) error {
	return func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		_, err := static(c).ExecContext(ctx, insertMoment, id, as(at), as(at), drey.BindDate(as(at)), drey.UnixTime{at}, drey.UnixMilli{at}, drey.TextTime{at}, drey.BindDate(drey.TextTime{at}))
		return err
	}
}

// momentWriters are the ways in which a moment gets into the table.
var momentWriters = map[string]func(ctx context.Context, c drey.Conn, id int64, at time.Time) error{
	"Insert": func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		_, err := moments.Insert().Exec(ctx, c, momentOf(id, at))
		return err
	},
	"Insert of many": func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		_, err := moments.Insert().Exec(ctx, c, momentOf(id, at), momentOf(-id, at))
		if err == nil {
			_, err = moments.Delete().Where(moments.ID.Eq(-id)).Exec(ctx, c)
		}
		return err
	},
	"Returning": func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		rows, err := moments.Insert().Returning(ctx, c, momentOf(id, at))
		if err == nil && !rows[0].At.Equal(at) {
			return fmt.Errorf("it returns %v", rows[0].At)
		}
		return err
	},
	"Update": func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		if _, err := moments.Insert(moments.ID).Exec(ctx, c, moment{ID: id}); err != nil {
			return err
		}
		_, err := moments.Update(
			moments.At.Set(at), moments.Stamp.Set(at), moments.Day.Set(at), moments.Secs.Set(drey.UnixTime{at}),
			moments.Millis.Set(drey.UnixMilli{at}), moments.Text.Set(drey.TextTime{at}), moments.Date.Set(drey.TextTime{at}),
		).Where(moments.ID.Eq(id)).Exec(ctx, c)
		if err != nil {
			_, e := moments.Delete().Where(moments.ID.Eq(id)).Exec(ctx, c)
			err = errors.Join(err, e)
		}
		return err
	},
	"time.Time":  staticMoment(func(at time.Time) time.Time { return at }),
	"*time.Time": staticMoment(func(at time.Time) *time.Time { return &at }),
	"NullTime":   staticMoment(func(at time.Time) sql.NullTime { return sql.NullTime{Time: at, Valid: true} }),
	"Null": staticMoment(func(at time.Time) sql.Null[time.Time] {
		return sql.Null[time.Time]{V: at, Valid: true}
	}),
	"a named type":       staticMoment(func(at time.Time) namedTimeType { return namedTimeType(at) }),
	"a pointer to one":   staticMoment(func(at time.Time) *namedTimeType { return (*namedTimeType)(&at) }),
	"a Valuer":           staticMoment(func(at time.Time) valuerOfTime { return valuerOfTime{at} }),
	"a text of TextTime": staticMoment(func(at time.Time) drey.TextTime { return drey.TextTime{at} }),
	"Batch": func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		var b drey.Batch
		b.Do(func(tx *drey.Tx) error {
			return staticMoment(func(at time.Time) namedTimeType { return namedTimeType(at) })(ctx, tx, id, at)
		})
		return b.Run(ctx, c)
	},
	"raw SQL": func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		_, err := c.ExecContext(ctx, insertMoment+" -- raw", id, at, at, drey.BindDate(at), drey.Unix(at), drey.Milli(at), drey.TextTime{at}, drey.BindDate(at))
		return err
	},
	"named arguments": func(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
		_, err := c.ExecContext(ctx, "INSERT INTO moments VALUES (:id, :at, :at, :day, :secs, :millis, :at, :day)",
			sql.Named("id", id), sql.Named("at", at), sql.Named("day", drey.BindDate(&at)), sql.Named("secs", drey.Unix(at)), sql.Named("millis", drey.Milli(at)))
		return err
	},
}

// writeBySQL writes a moment by SQLite's own functions, and outside of the years
// that they have does nothing.
func writeBySQL(ctx context.Context, c drey.Conn, id int64, at time.Time) error {
	_, err := c.ExecContext(ctx, `INSERT INTO moments
		SELECT id, at, at, date(second, 'unixepoch'), unixepoch(at), second * 1000 + nano / 1000000, at, date(at)
		FROM (SELECT id, second, nano, datetime(second, 'unixepoch') || rtrim(rtrim(printf('.%09d', nano), '0'), '.') AS at
			FROM (SELECT ? AS id, ? AS second, ? AS nano)) WHERE at GLOB '[0-9]*'`, id, at.Unix(), at.Nanosecond())
	return err
}

// kind is a column, and what of a time it keeps.
type momentColumn struct {
	name  string
	keeps func(time.Time) time.Time
	ops   drey.OrderOperators[inMoments, time.Time]
	all   drey.CommonOperators[inMoments, time.Time]
}

func cut(d time.Duration) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.UTC().Truncate(d) }
}

// as has the operators of a column take times.
func as[T any](name string, keeps func(time.Time) time.Time, of func(time.Time) T, all drey.CommonOperators[inMoments, T], ops drey.OrderOperators[inMoments, T]) momentColumn {
	return momentColumn{
		name: name, keeps: keeps,
		ops: drey.OrderOperators[inMoments, time.Time]{
			Gt:      func(v time.Time) drey.Predicate[inMoments] { return ops.Gt(of(v)) },
			Gte:     func(v time.Time) drey.Predicate[inMoments] { return ops.Gte(of(v)) },
			Lt:      func(v time.Time) drey.Predicate[inMoments] { return ops.Lt(of(v)) },
			Lte:     func(v time.Time) drey.Predicate[inMoments] { return ops.Lte(of(v)) },
			Between: func(low, high time.Time) drey.Predicate[inMoments] { return ops.Between(of(low), of(high)) },
		},
		all: drey.CommonOperators[inMoments, time.Time]{
			Eq:    func(v time.Time) drey.Predicate[inMoments] { return all.Eq(of(v)) },
			NotEq: func(v time.Time) drey.Predicate[inMoments] { return all.NotEq(of(v)) },
			In:    func(v ...time.Time) drey.Predicate[inMoments] { return all.In(of(v[0]), of(v[1])) },
			NotIn: func(v ...time.Time) drey.Predicate[inMoments] { return all.NotIn(of(v[0]), of(v[1])) },
			Asc:   all.Asc, Desc: all.Desc,
		},
	}
}

func itself(t time.Time) time.Time { return t }

var momentColumns = []momentColumn{
	as("at", cut(1), itself, moments.At.CommonOperators, moments.At.OrderOperators),
	as("stamp", cut(1), itself, moments.Stamp.CommonOperators, moments.Stamp.OrderOperators),
	as("day", cut(24*time.Hour), itself, moments.Day.CommonOperators, moments.Day.OrderOperators),
	as("secs", cut(time.Second), func(t time.Time) drey.UnixTime { return drey.UnixTime{t} }, moments.Secs.CommonOperators, moments.Secs.OrderOperators),
	as("millis", cut(time.Millisecond), func(t time.Time) drey.UnixMilli { return drey.UnixMilli{t} }, moments.Millis.CommonOperators, moments.Millis.OrderOperators),
	as("text", cut(1), func(t time.Time) drey.TextTime { return drey.TextTime{t} }, moments.Text.CommonOperators, moments.Text.OrderOperators),
	as("date", cut(24*time.Hour), func(t time.Time) drey.TextTime { return drey.TextTime{t} }, moments.Date.CommonOperators, moments.Date.OrderOperators),
}

// momentOperators are the operators, as Go has them.
var momentOperators = []struct {
	name string
	of   func(c momentColumn, a, b time.Time) drey.Predicate[inMoments]
	in   func(v, a, b time.Time) bool
}{
	{"eq", func(c momentColumn, a, _ time.Time) drey.Predicate[inMoments] { return c.all.Eq(a) }, func(v, a, _ time.Time) bool { return v.Equal(a) }},
	{"neq", func(c momentColumn, a, _ time.Time) drey.Predicate[inMoments] { return c.all.NotEq(a) }, func(v, a, _ time.Time) bool { return !v.Equal(a) }},
	{"gt", func(c momentColumn, a, _ time.Time) drey.Predicate[inMoments] { return c.ops.Gt(a) }, func(v, a, _ time.Time) bool { return v.After(a) }},
	{"gte", func(c momentColumn, a, _ time.Time) drey.Predicate[inMoments] { return c.ops.Gte(a) }, func(v, a, _ time.Time) bool { return !v.Before(a) }},
	{"lt", func(c momentColumn, a, _ time.Time) drey.Predicate[inMoments] { return c.ops.Lt(a) }, func(v, a, _ time.Time) bool { return v.Before(a) }},
	{"lte", func(c momentColumn, a, _ time.Time) drey.Predicate[inMoments] { return c.ops.Lte(a) }, func(v, a, _ time.Time) bool { return !v.After(a) }},
	{"in", func(c momentColumn, a, b time.Time) drey.Predicate[inMoments] { return c.all.In(a, b) }, func(v, a, b time.Time) bool { return v.Equal(a) || v.Equal(b) }},
	{"", func(c momentColumn, a, b time.Time) drey.Predicate[inMoments] { return c.all.NotIn(a, b) }, func(v, a, b time.Time) bool { return !v.Equal(a) && !v.Equal(b) }},
	{"", func(c momentColumn, a, b time.Time) drey.Predicate[inMoments] { return c.ops.Between(a, b) }, func(v, a, b time.Time) bool { return !v.Before(a) && !v.After(b) }},
}

// checkMoments writes the times, each by another writer and by SQL, and compares
// what the operators, filters, orders and pages find with what Go does.
func checkMoments(t *testing.T, c *drey.Client, times []time.Time) {
	ctx := context.Background()
	if _, err := moments.Delete().EveryRow().Exec(ctx, c); err != nil {
		t.Fatal(err)
	}
	stored := map[int64]time.Time{}
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range momentWriters {
			if !yield(name) {
				return
			}
		}
	})
	for i, at := range times {
		id := int64(2*i + 1)
		name := names[i%len(names)]
		switch err := momentWriters[name](ctx, c, id, at); {
		case outOfYears(at) && !errors.Is(err, drey.ErrYear):
			t.Fatalf("%s stores the year %d: %v", name, at.UTC().Year(), err)
		case outOfYears(at):
			continue
		case err != nil:
			t.Fatalf("%s of %v: %v", name, at, err)
		}
		if err := writeBySQL(ctx, c, id+1, at); err != nil {
			t.Fatal(err)
		}
		stored[id], stored[id+1] = at, at
	}
	rows, err := moments.All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(stored) {
		t.Fatalf("%d rows, want %d", len(rows), len(stored))
	}
	for _, r := range rows {
		at := stored[r.ID]
		have := []time.Time{r.At, *r.Stamp, r.Day, r.Secs.Time, r.Millis.Time, r.Text.Time, r.Date.Time}
		for i, column := range momentColumns {
			if want := column.keeps(at); !have[i].Equal(want) || have[i].Location() != time.UTC {
				t.Errorf("%s of %v is read as %v, want %v", column.name, at, have[i], want)
			}
		}
	}
	for _, column := range momentColumns {
		for i, a := range times {
			b := times[(i+1)%len(times)]
			if outOfYears(a) || outOfYears(b) {
				for _, op := range momentOperators {
					if _, err := moments.Where(op.of(column, a, b)).All(ctx, c); err != nil && !errors.Is(err, drey.ErrYear) {
						t.Errorf("%s %s: %v", column.name, op.name, err)
					} else if err == nil && outOfYears(a) {
						t.Errorf("%s %s of %v is not an error", column.name, op.name, a)
					}
				}
				continue
			}
			for _, op := range momentOperators {
				want := 0
				for _, at := range stored {
					if op.in(column.keeps(at), column.keeps(a), column.keeps(b)) {
						want++
					}
				}
				p := op.of(column, a, b)
				if n, err := moments.Where(p).Count(ctx, c); err != nil || n != int64(want) {
					t.Errorf("%s %s %v, %v: %d rows, want %d, %v", column.name, op.name, a, b, n, want, err)
				}
				checkMomentFilter(t, c, column, op.name, a, b, want)
			}
		}
		checkMomentOrder(t, c, column, stored)
	}
}

var momentFilters = drey.NewFilters(moments.At, moments.Stamp, moments.Day, moments.Secs, moments.Millis, moments.Text, moments.Date)

// checkMomentFilter asks by a query string.
func checkMomentFilter(t *testing.T, c *drey.Client, column momentColumn, op string, a, b time.Time, want int) {
	if op == "" {
		return
	}
	written := func(at time.Time) string { return column.keeps(at).Format(time.RFC3339Nano) }
	text := op + "." + written(a)
	if op == "in" {
		text = fmt.Sprintf("in.(%s,%s)", written(a), written(b))
	}
	q, err := drey.ApplyFilters(&moments.Query, momentFilters, url.Values{column.name: {text}, "limit": {"500"}})
	if err != nil {
		t.Errorf("?%s=%s: %v", column.name, text, err)
		return
	}
	if n, err := q.Count(context.Background(), c); err != nil || n != int64(want) {
		t.Errorf("?%s=%s: %d rows, want %d, %v", column.name, text, n, want, err)
	}
}

// checkMomentOrder reads the rows in the column's order, at once and by pages.
func checkMomentOrder(t *testing.T, c *drey.Client, column momentColumn, stored map[int64]time.Time) {
	ctx := context.Background()
	compare := func(a, b int64) int {
		if n := column.keeps(stored[a]).Compare(column.keeps(stored[b])); n != 0 {
			return n
		}
		return int(a - b)
	}
	var want []int64
	for id := range stored {
		want = append(want, id)
	}
	slices.SortFunc(want, compare)
	for _, order := range []drey.Ordering[inMoments]{column.all.Asc(), column.all.Desc()} {
		q := moments.OrderBy(order)
		got, cursor := []int64{}, ""
		for {
			page, err := q.Page(ctx, c, cursor, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Rows {
				got = append(got, r.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s the rows are %v, want %v", column.name, got, want)
		}
		slices.Reverse(want)
	}
}

func outOfYears(t time.Time) bool { return t.UTC().Year() < 0 || t.UTC().Year() > 9999 }

// oddTimes are times that some layer might change.
func oddTimes() []time.Time {
	zone := func(name string) *time.Location {
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
		return time.FixedZone(name, 3600)
	}
	berlin := zone("Europe/Berlin")
	times := []time.Time{
		time.Now(), // with a monotonic part
		time.Unix(0, 0), time.Unix(-1, 999_999_999), time.Date(1969, 12, 31, 23, 59, 59, 1, time.UTC),
		time.Date(2024, 2, 29, 23, 59, 59, 999_999_999, time.UTC), time.Date(2023, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(1900, 2, 29, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 1, 59, 59, 0, berlin), time.Date(2026, 3, 29, 3, 0, 0, 0, berlin), // the hour between is not there
		time.Date(2026, 10, 25, 2, 30, 0, 0, berlin), time.Date(2026, 10, 25, 2, 30, 0, 0, berlin).Add(time.Hour), // twice half past two
		time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 1, 1, 0, 0, 0, 0, time.FixedZone("", 1)), time.Date(0, 12, 31, 23, 59, 59, 999, time.UTC), {},
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -60)),
		time.Date(10_000, 1, 1, 0, 0, 0, 0, time.FixedZone("", 60)), time.Date(-1, 12, 31, 23, 59, 0, 0, time.UTC), time.Date(1<<20, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 1, 31, 0, 0, 0, 0, zone("Pacific/Kiritimati")), time.Date(2026, 1, 31, 0, 0, 0, 0, zone("America/St_Johns")), time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
	}
	for nano := 1; nano < 1_000_000_000; nano *= 10 {
		times = append(times, time.Date(2026, 11, 29, 19, 13, 32, nano, time.UTC), time.Date(2026, 11, 29, 20, 13, 32, 999_999_999/nano*nano, berlin))
	}
	return append(times, time.Date(2026, 11, 29, 19, 13, 32, 0, time.UTC), time.Date(2026, 11, 29, 19, 13, 33, 0, time.UTC))
}

func randomTime(r *rand.Rand) time.Time {
	digits := []int64{1, 10, 100, 1_000, 1_000_000, 100_000_000, 1_000_000_000}[r.IntN(7)]
	seconds := r.Int64N(10_000*31_556_952) - 62_167_219_200
	if r.IntN(2) == 0 {
		seconds = 1_795_979_612 + r.Int64N(4) // neighbours
	}
	return time.Unix(seconds, r.Int64N(1_000_000_000)/digits*digits).In(time.FixedZone("", r.IntN(2*86_399)-86_399))
}

// What Go writes of a time and what SQL writes of it is the same: equal, and
// before and after the same others, in every column that keeps times.
func TestTimes(t *testing.T) {
	c := openMoments(t, sqlite.Options{})
	checkMoments(t, c, oddTimes())
	r := rand.New(rand.NewPCG(1, 2))
	times := make([]time.Time, 40)
	for i := range times {
		times[i] = randomTime(r)
	}
	checkMoments(t, c, times)
}

func FuzzTimes(f *testing.F) {
	f.Add(int64(1_795_979_612), int64(0), 0, int64(1_795_979_612), int64(1), 3600)
	f.Add(int64(-1), int64(999_999_999), -3600, int64(0), int64(0), 60)
	f.Add(int64(253_402_300_799), int64(0), 86_399, int64(-62_167_219_200), int64(1), -86_399)
	c := openMoments(f, sqlite.Options{})
	f.Fuzz(func(t *testing.T, a, nanoA int64, zoneA int, b, nanoB int64, zoneB int) {
		in := func(second, nano int64, zone int) time.Time {
			return time.Unix(second%400_000_000_000, nano%1_000_000_000).In(time.FixedZone("", zone%86_400))
		}
		checkMoments(t, c, []time.Time{in(a, nanoA, zoneA), in(b, nanoB, zoneB), in(a, nanoB, zoneB), in(b, 0, 0)})
	})
}

// hiding is a wrapper that hands on what a driver has to have, and nothing else.
type hiding struct{ driver.Connector }

type hidingConn struct{ sqldriver.Conn }

func (h hiding) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := h.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return hidingConn{conn.(sqldriver.Conn)}, nil
}

// A time has its form whatever stands between database/sql and the connection.
func TestTimesThroughWrappers(t *testing.T) {
	at := time.Date(2026, 11, 29, 20, 13, 32, 500_000_000, time.FixedZone("CET", 3600))
	for name, o := range map[string]sqlite.Options{
		"a wrapper":     {OpenDB: func(c driver.Connector) *sql.DB { return sql.OpenDB(hiding{c}) }},
		"a watch":       {OnStatement: func(context.Context, drey.Statement) {}, Arguments: true},
		"both of these": {OnStatement: func(context.Context, drey.Statement) {}, OpenDB: func(c driver.Connector) *sql.DB { return sql.OpenDB(hiding{c}) }},
	} {
		c, ctx := openMoments(t, o), context.Background()
		for i, insert := range []func() error{
			func() error { _, err := moments.Insert().Exec(ctx, c, momentOf(1, at)); return err },
			func() error { return momentWriters["time.Time"](ctx, c, 2, at) },
			func() error { return momentWriters["raw SQL"](ctx, c, 3, at) },
			func() error {
				return c.Tx(ctx, func(tx *drey.Tx) error { return momentWriters["NullTime"](ctx, tx, 4, at) })
			},
		} {
			if err := insert(); err != nil {
				t.Fatalf("%s, %d: %v", name, i, err)
			}
			var text string
			if err := c.QueryRowContext(ctx, "SELECT +at FROM moments WHERE id = ? AND at = ?", i+1, at).Scan(&text); err != nil || text != "2026-11-29 19:13:32.5" {
				t.Errorf("%s, %d: %q, %v", name, i, text, err)
			}
		}
		if _, err := moments.Insert().Exec(ctx, c, momentOf(9, at.AddDate(9000, 0, 0))); !errors.Is(err, drey.ErrYear) {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.QueryRowContext(ctx, "SELECT ?", at.AddDate(9000, 0, 0)).Scan(new(string)); !errors.Is(err, drey.ErrYear) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A column of dates compared with one of times would find nothing, and its
// negation everything.
func TestDateAndTime(t *testing.T) {
	c, ctx := openMoments(t, sqlite.Options{}), context.Background()
	at := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	if _, err := moments.Insert().Exec(ctx, c, momentOf(1, at)); err != nil {
		t.Fatal(err)
	}
	q := &moments.Query
	for name, p := range map[string]drey.Predicate[inMoments]{
		"InQuery": drey.InQuery(moments.At, q, moments.Day), "NotInQuery": drey.NotInQuery(moments.Day, q, moments.At),
		"Exists": drey.Exists(q, drey.On(moments.Day, moments.At)), "of texts": drey.NotInQuery(moments.Text, q, moments.Date),
	} {
		if n, err := moments.Delete().Where(p).Exec(ctx, c); !errors.Is(err, sqldriver.ErrDateAndTime) {
			t.Errorf("%s deletes %d rows, %v", name, n, err)
		}
	}
	for name, p := range map[string]drey.Predicate[inMoments]{
		"dates": drey.InQuery(moments.Day, q, moments.Day), "times": drey.InQuery(moments.At, q, moments.Stamp),
		"dates of rows": drey.Exists(q, drey.On(moments.Date, moments.Date)), "texts": drey.InQuery(moments.Text, q, moments.Text),
	} {
		if n, err := moments.Where(p).Count(ctx, c); n != 1 || err != nil {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
}

// Groups have the times of their rows, as keys and as measures, in every form.
func TestTimesOfGroups(t *testing.T) {
	c, ctx := openMoments(t, sqlite.Options{}), context.Background()
	first := time.Date(2026, 3, 29, 23, 59, 59, 123_000_000, time.UTC)
	last := first.Add(36 * time.Hour)
	for i, at := range []time.Time{first, last, first} {
		m := moment{ID: int64(i + 1), At: at, Day: at, Secs: drey.Unix(at), Millis: drey.UnixMilli{Time: at}, Text: drey.TextTime{Time: at}, Date: drey.TextTime{Time: at}}
		if i > 0 {
			m.Stamp = &at
		}
		if _, err := moments.Insert().Exec(ctx, c, m); err != nil {
			t.Fatal(err)
		}
	}
	timesOfGroups(t, c, "at", moments.At, first, last, func(v time.Time) time.Time { return v })
	timesOfGroups(t, c, "day", moments.Day, first.Truncate(24*time.Hour), last.Truncate(24*time.Hour), func(v time.Time) time.Time { return v })
	timesOfGroups(t, c, "secs", moments.Secs, first.Truncate(time.Second), last.Truncate(time.Second), drey.Unix)
	timesOfGroups(t, c, "millis", moments.Millis, first, last, func(v time.Time) drey.UnixMilli { return drey.UnixMilli{Time: v} })
	timesOfGroups(t, c, "text", moments.Text, first, last, func(v time.Time) drey.TextTime { return drey.TextTime{Time: v} })
	timesOfGroups(t, c, "date", moments.Date, first.Truncate(24*time.Hour), last.Truncate(24*time.Hour), func(v time.Time) drey.TextTime { return drey.TextTime{Time: v} })
	byStamp, err := drey.CountBy(&moments.Query, moments.Stamp).OrderBy(drey.Key(moments.Stamp).Asc()).All(ctx, c)
	if err != nil || len(byStamp) != 3 || byStamp[0].Value.Valid || !byStamp[2].Value.V.Equal(last) {
		t.Errorf("stamp: %v, %v", byStamp, err)
	}
	if newest, err := drey.Aggregate(ctx, c, &moments.Query, drey.Max(moments.Stamp)); err != nil || !newest.V.Equal(last) {
		t.Errorf("the newest stamp: %v, %v", newest, err)
	}
}

func timesOfGroups[T any](t *testing.T, c *drey.Client, name string, h drey.Handle[inMoments, T, T], first, last time.Time, from func(time.Time) T) {
	ctx := context.Background()
	key, newest, rows := drey.Key(h), drey.Max(h), drey.CountRows[inMoments]()
	same := func(what string, got []T, err error, want ...time.Time) {
		t.Helper()
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s, %s: %v, %v", name, what, got, err)
		}
		for i := range want {
			if at, ok := any(got[i]).(interface{ Equal(time.Time) bool }); !ok || !at.Equal(want[i]) {
				t.Errorf("%s, %s: %v, want %v", name, what, got, want)
			}
		}
	}
	groups := drey.GroupBy(&moments.Query, h)
	got, err := drey.Pluck(ctx, c, groups.OrderBy(key.Desc()), key)
	same("keys", got, err, last, first)
	got, err = drey.Pluck(ctx, c, groups.Where(key.Gt(from(first))), key)
	same("a later key", got, err, last)
	got, err = drey.Pluck(ctx, c, groups.Where(key.In(from(first))), key)
	same("among keys", got, err, first)
	got, err = drey.Pluck(ctx, c, drey.GroupBy(&moments.Query).Where(newest.Eq(from(last))), drey.NotNull(newest))
	same("the newest", got, err, last)
	got, err = drey.Pluck(ctx, c, groups.Where(newest.Lte(from(first)), rows.Eq(2)), drey.NotNull(drey.Min(h)))
	same("the oldest of those before", got, err, first)
	q := drey.Select(groups, func(p *drey.Projection[drey.Grouped[inMoments]], to *T) { drey.ReadInto(p, key, to) })
	var paged []T
	for cursor := ""; ; {
		page, err := q.Page(ctx, c, cursor, 1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		paged = append(paged, page.Rows...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	same("pages", paged, nil, first, last)
}
