package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

var (
	east = time.FixedZone("", 2*3600)
	west = time.FixedZone("", -11*3600-30*60)

	pastYears   = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -60))
	beforeYears = time.Date(0, 1, 1, 0, 0, 0, 0, east)
)

// moments are such that their texts could be ordered otherwise than they are.
var moments = func() []time.Time {
	list := []time.Time{
		time.Unix(0, 0), time.Unix(-1, 999_000_000), time.Date(1969, 12, 31, 23, 59, 59, 0, west),
		time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 2, 29, 12, 0, 0, 5, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2024, 2, 29, 23, 59, 59, 0, west), time.Date(2026, 1, 31, 0, 0, 0, 0, east), time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 10, 25, 2, 30, 0, 0, east), time.Date(2026, 10, 25, 2, 30, 0, 0, time.FixedZone("", 3600)),
	}
	for nano := 1; nano < 1_000_000_000; nano *= 10 {
		list = append(list, time.Date(2026, 11, 29, 20, 13, 32, nano, east), time.Date(2026, 11, 29, 18, 13, 32, 999_999_999/nano*nano, time.UTC))
	}
	return append(list, time.Date(2026, 11, 29, 18, 13, 32, 0, time.UTC), time.Date(2026, 11, 29, 18, 13, 33, 0, time.UTC))
}()

// named is time.Time by another name.
type named time.Time

// momentColumns are the columns of a table of moments, with what Go binds for
// each and what it keeps.
var momentColumns = []struct {
	name  string
	bind  func(time.Time) any
	keeps time.Duration
}{
	{"at", func(t time.Time) any { return t }, 1},
	{"stamp", func(t time.Time) any { return (*named)(&t) }, 1},
	{"text", func(t time.Time) any { return drey.TextTime{Time: t} }, 1},
	{"secs", func(t time.Time) any { return db.UnixTime{Time: t} }, time.Second},
	{"millis", func(t time.Time) any { return drey.UnixMilli{Time: t} }, time.Millisecond},
}

var comparisons = []struct {
	sql string
	of  func(order int) bool
}{
	{"=", func(order int) bool { return order == 0 }}, {"<>", func(order int) bool { return order != 0 }},
	{"<", func(order int) bool { return order < 0 }}, {"<=", func(order int) bool { return order <= 0 }},
	{">", func(order int) bool { return order > 0 }}, {">=", func(order int) bool { return order >= 0 }},
}

// What Go writes of a time and what SQL writes of it is the same, on every engine.
var times = func() []Case {
	cases := []Case{
		{"moments of Go and of SQL", compareMoments},
		{"moments as handles have them", func(ctx context.Context, c *db.Client) (any, error) {
			row := user(6000, "moments@example.com")
			row.CreatedAt = drey.Unix(moments[1])
			made, err := db.Users.Insert().Returning(ctx, c, row)
			if err != nil {
				return nil, err
			}
			at, mine := db.Users.CreatedAt, db.Users.ID.Eq(6000)
			var found []bool
			for _, p := range []drey.Predicate[db.UsersSource]{at.Eq(made[0].CreatedAt), at.Lt(made[0].CreatedAt), at.Gte(made[0].CreatedAt), at.In(row.CreatedAt)} {
				is, err := db.Users.Where(mine, p).Exists(ctx, c)
				if err != nil {
					return nil, err
				}
				found = append(found, is)
			}
			return found, nil
		}},
	}
	for _, year := range []struct {
		name string
		at   time.Time
	}{{"9999", pastYears}, {"0", beforeYears}} {
		for _, arg := range []any{
			year.at, &year.at, named(year.at), drey.TextTime{Time: year.at}, db.UnixTime{Time: year.at}, &drey.UnixMilli{Time: year.at},
		} {
			cases = append(cases, Case{fmt.Sprintf("a %T past the year %s", arg, year.name), func(ctx context.Context, c *db.Client) (any, error) {
				if err := c.QueryRowContext(ctx, "SELECT ?", arg).Scan(new(any)); !errors.Is(err, drey.ErrYear) {
					return nil, fmt.Errorf("it is bound: %w", err)
				}
				return nil, nil
			}})
		}
		cases = append(cases, Case{"a row past the year " + year.name, func(ctx context.Context, c *db.Client) (any, error) {
			row := user(6001, "years@example.com")
			row.CreatedAt = db.UnixTime{Time: year.at}
			_, err := db.Users.Insert().Returning(ctx, c, row, user(6002, "years2@example.com"))
			if !errors.Is(err, drey.ErrYear) {
				return nil, fmt.Errorf("it is stored: %w", err)
			}
			return db.Users.Where(db.Users.ID.In(6001, 6002)).Count(ctx, c)
		}})
	}
	return cases
}()

// compareMoments writes each moment by Go and by SQL, reads it back, and counts
// what each operator finds.
func compareMoments(ctx context.Context, c *db.Client) (any, error) {
	// @schema-change the suite makes a table of its own, and drops it again
	if _, err := c.ExecContext(ctx, "CREATE TABLE moments (id INTEGER PRIMARY KEY, at DATETIME, stamp TIMESTAMP, text TEXT, secs INTEGER, millis INTEGER)"); err != nil {
		return nil, err
	}
	for i, at := range moments {
		args := []any{2 * i}
		for _, column := range momentColumns {
			args = append(args, column.bind(at))
		}
		if _, err := c.ExecContext(ctx, "INSERT INTO moments VALUES (?, ?, ?, ?, ?, ?)", args...); err != nil {
			return nil, err
		}
		if _, err := c.ExecContext(ctx, `INSERT INTO moments SELECT id, at, at, at, second, second * 1000 + nano / 1000000
			FROM (SELECT id, second, nano, datetime(second, 'unixepoch') || rtrim(rtrim(printf('.%09d', nano), '0'), '.') AS at
				FROM (SELECT ? AS id, ? AS second, ? AS nano))`, 2*i+1, at.Unix(), at.Nanosecond()); err != nil {
			return nil, err
		}
	}
	var wrong []string
	for i, at := range moments {
		var a, b drey.TextTime
		var secs db.UnixTime
		var millis drey.UnixMilli
		if err := c.QueryRowContext(ctx, "SELECT at, text, secs, millis FROM moments WHERE id = ?", 2*i+1).Scan(&a, &b, &secs, &millis); err != nil {
			return nil, err
		}
		if !a.Equal(at) || !b.Equal(at) || secs != drey.Unix(at) || millis != drey.Milli(at) {
			wrong = append(wrong, fmt.Sprintf("%v is read as %v, %v, %v and %v", at, a, b, secs, millis))
		}
		for _, column := range momentColumns {
			var sums []string
			var dest []any
			for _, o := range comparisons {
				sums, dest = append(sums, fmt.Sprintf("SUM(%s %s ?1)", column.name, o.sql)), append(dest, new(int))
			}
			if err := c.QueryRowContext(ctx, "SELECT "+strings.Join(sums, ", ")+" FROM moments", column.bind(at)).Scan(dest...); err != nil {
				return nil, err
			}
			for i, o := range comparisons {
				want := 0
				for _, other := range moments {
					if o.of(other.UTC().Truncate(column.keeps).Compare(at.UTC().Truncate(column.keeps))) {
						want += 2
					}
				}
				if got := *dest[i].(*int); got != want {
					wrong = append(wrong, fmt.Sprintf("%s %s %v: %d rows, want %d", column.name, o.sql, at, got, want))
				}
			}
		}
	}
	if wrong != nil {
		return nil, errors.New(strings.Join(wrong, "\n"))
	}
	// @schema-change the suite makes a table of its own, and drops it again
	_, err := c.ExecContext(ctx, "DROP TABLE moments")
	return len(moments), err
}
