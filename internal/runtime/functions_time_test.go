package drey_test

import (
	"database/sql"
	"math/rand/v2"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// truncated is what Truncate has to make of a time.
func truncated(t time.Time, to drey.Unit) time.Time {
	year, month, day := t.Date()
	switch to {
	case drey.Year:
		month, day = 1, 1
	case drey.Month:
		day = 1
	case drey.Week:
		day -= (int(t.Weekday()) + 6) % 7
	case drey.Hour:
		return t.Truncate(time.Hour)
	case drey.Minute:
		return t.Truncate(time.Minute)
	case drey.Second:
		return t.Truncate(time.Second)
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func partOf(t time.Time, of drey.Unit) int64 {
	return int64(map[drey.Unit]int{
		drey.Year: t.Year(), drey.Month: int(t.Month()), drey.Week: (int(t.Weekday())+6)%7 + 1, drey.Day: t.Day(),
		drey.Hour: t.Hour(), drey.Minute: t.Minute(), drey.Second: t.Second(),
	}[of])
}

// Times of all kinds have the units that they have in Go: they are read as the same
// times, and found by them.
func TestUnitsOfTimes(t *testing.T) {
	c := openMoments(t, sqlite.Options{})
	r := rand.New(rand.NewPCG(3, 4))
	first, last := time.Date(0, 1, 8, 0, 0, 0, 0, time.UTC).Unix(), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	for id := range int64(400) {
		at := time.Unix(first+r.Int64N(last-first), []int64{0, 1, 999_999_999, 999_500_000, r.Int64N(1e9)}[r.IntN(5)]).UTC()
		switch r.IntN(4) {
		case 0: // an end of a year, a month, a day
			at = time.Date(r.IntN(9998)+1, time.Month(1+r.IntN(12)), 1, 0, 0, 0, 0, time.UTC).Add(-time.Nanosecond * time.Duration(1+r.IntN(2)))
		case 1:
			at = time.Unix(r.Int64N(100)-50, 0).UTC()
		}
		if _, err := moments.Insert().Exec(t.Context(), c, momentOf(id, at)); err != nil {
			t.Fatal(err)
		}
		day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		for u := drey.Year; u <= drey.Second; u++ {
			unit(t, c, id, u, moments.At, moments.At, at, time.Time.UTC)
			unit(t, c, id, u, moments.Stamp, drey.NotNull(moments.Stamp), at, nullableTime)
			unit(t, c, id, u, moments.Day, moments.Day, day, time.Time.UTC)
			unit(t, c, id, u, moments.Secs, moments.Secs, at, func(t drey.UnixTime) time.Time { return t.Time })
			unit(t, c, id, u, moments.Millis, moments.Millis, at, func(t drey.UnixMilli) time.Time { return t.Time })
			unit(t, c, id, u, moments.Text, moments.Text, at, func(t drey.TextTime) time.Time { return t.Time })
			unit(t, c, id, u, moments.Date, moments.Date, day, func(t drey.TextTime) time.Time { return t.Time })
		}
		if t.Failed() {
			return
		}
	}
}

func nullableTime(v sql.Null[time.Time]) time.Time { return v.V.UTC() }

func unit[T drey.Instant, V any](t *testing.T, c drey.Conn, id int64, u drey.Unit, h drey.Handle[inMoments, T, V], part drey.Handle[inMoments, T, T], at time.Time, of func(V) time.Time) {
	t.Helper()
	want := truncated(at, u)
	row := moments.Where(moments.ID.Eq(id))
	e := drey.Truncate(h, u)
	got, err := drey.Pluck(t.Context(), c, row, e)
	if err != nil || len(got) != 1 || !of(got[0]).Equal(want) {
		t.Errorf("unit %d of %v: %v, %v", u, at, got, err)
	}
	n, err := row.Where(drey.Eq(e, e), e.Between(instant[T](want), instant[T](want))).Count(t.Context(), c)
	if err != nil || n != 1 {
		t.Errorf("unit %d of %v: found %d times, %v", u, at, n, err)
	}
	parts, err := drey.Pluck(t.Context(), c, row, drey.Part(part, u))
	if err != nil || len(parts) != 1 || parts[0] != partOf(at, u) {
		t.Errorf("part %d of %v: %v, %v", u, at, parts, err)
	}
}

// instant is a time as a T.
func instant[T drey.Instant](at time.Time) T {
	var v T
	switch to := any(&v).(type) {
	case *time.Time:
		*to = at
	case *drey.UnixTime:
		to.Time = at
	case *drey.UnixMilli:
		to.Time = at
	case *drey.TextTime:
		to.Time = at
	}
	return v
}
