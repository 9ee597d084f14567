package drey

import (
	"fmt"
	"time"
)

// Instant is one of the types of times.
type Instant interface {
	time.Time | UnixTime | UnixMilli | TextTime
}

// Unit is a part of a time, in UTC.
type Unit uint8

// The units of [Truncate] and [Part].
const (
	Year Unit = iota
	Month
	Week // begins on Monday
	Day
	Hour
	Minute
	Second
)

// Truncate is the beginning of the unit that the time is in. In a DATE column an hour
// begins with its day.
func Truncate[S any, T Instant, V any](t Handle[S, T, V], to Unit) Expression[S, T, V] {
	return made(clockOf[T](t.place().on).truncates(to), t)
}

// Part is the number of the unit in the time: the day of the month, the hour of the
// day; the day of the week, from 1 for Monday to 7.
func Part[S any, T Instant](t Handle[S, T, T], of Unit) Expression[S, int64, int64] {
	on := t.place().on
	o := on.calls(clockOf[T](on).parts(of), false)
	o.ex.dated = false
	return expressed[S, int64, int64](o)
}

// clock is how times are stored.
type clock uint8

const (
	clockText clock = iota // as sqldriver's times.go writes them
	clockDate
	clockSeconds // since 1970
	clockMillis
	clocks
)

func clockOf[T Instant](on *operand) clock {
	switch any(*new(T)).(type) {
	case UnixTime:
		return clockSeconds
	case UnixMilli:
		return clockMillis
	}
	if on.dated() {
		return clockDate
	}
	return clockText
}

const units = function(Second) + 1

func (c clock) truncates(to Unit) function { return fnTime + function(c)*units + function(to) }
func (c clock) parts(of Unit) function     { return fnTime + function(clocks+c)*units + function(of) }

// timeFunctions are the functions from fnTime on. A fraction of a second is cut off
// before SQLite reads a text: it would be rounded, perhaps to the next day.
// See https://www.sqlite.org/lang_datefunc.html.
func timeFunctions() []string {
	list := make([]string, 2*function(clocks)*units)
	reads := [clocks]string{
		clockText:    "substr({0}, 1, 19)",
		clockDate:    "{0}",
		clockSeconds: "{0}, 'unixepoch'",
		clockMillis:  "({0} - ({0} % 1000 + 1000) % 1000) / 1000, 'unixepoch'",
	}
	starts := [units]struct{ date, clock, start string }{
		Year:   {"%Y-01-01", "00:00:00", ", 'start of year'"},
		Month:  {"%Y-%m-01", "00:00:00", ", 'start of month'"},
		Week:   {"%Y-%m-%d", "00:00:00", ", '-6 days', 'start of day', 'weekday 1'"},
		Day:    {"%Y-%m-%d", "00:00:00", ", 'start of day'"},
		Hour:   {"%Y-%m-%d", "%H:00:00", ""},
		Minute: {"%Y-%m-%d", "%H:%M:00", ""},
		Second: {"%Y-%m-%d", "%H:%M:%S", ""},
	}
	seconds := [units]int{Hour: 3600, Minute: 60, Second: 1}
	for u := range Second + 1 {
		shift := ""
		if u == Week {
			shift = starts[u].start
		}
		list[clockText.truncates(u)-fnTime] = fmt.Sprintf("strftime('%s %s', %s%s)", starts[u].date, starts[u].clock, reads[clockText], shift)
		list[clockDate.truncates(u)-fnTime] = fmt.Sprintf("strftime('%s', %s%s)", starts[u].date, reads[clockDate], shift)
		for c, size := range map[clock]int{clockSeconds: 1, clockMillis: 1000} {
			sql := fmt.Sprintf("(%d * unixepoch(%s%s))", size, reads[c], starts[u].start)
			if n := seconds[u] * size; n != 0 {
				sql = fmt.Sprintf("({0} - ({0} %% %d + %[1]d) %% %[1]d)", n)
			}
			list[c.truncates(u)-fnTime] = sql
		}
		for c := range clocks {
			sql := fmt.Sprintf("CAST(strftime('%%%c', %s) AS INTEGER)", "YmwdHMS"[u], reads[c])
			if u == Week {
				sql = "((" + sql + " + 6) % 7 + 1)"
			}
			list[c.parts(u)-fnTime] = sql
		}
	}
	return list
}
