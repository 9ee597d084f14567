// Package sqltime defines, in SQL, the one form that times and dates have in a
// column: the text 2006-01-02 15:04:05.999999999 in UTC for DATETIME and TIMESTAMP,
// without an offset and without trailing zeros in the fraction, and 2006-01-02 for
// DATE. It is what CURRENT_TIMESTAMP, datetime() and CURRENT_DATE write, and what
// the generated package binds.
//
// Text in that form sorts as time does. Other code, and earlier versions of drey,
// have written other forms; the expressions here find those and convert them. They
// only use SQLite's own functions.
package sqltime

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Form is the form of the values of a column.
type Form int

// The forms.
const (
	None Form = iota // not a time
	Time
	Date
)

// declared are the types that make a column one of times or dates, without blanks
// and in lower case.
var declared = map[string]Form{"date": Date, "datetime": Time, "timestamp": Time, "timestamptz": Time, "timestampwithtimezone": Time}

// FormOf returns the form of the values of a column with that declared type.
func FormOf(declaredType string) Form { return declared[plain(declaredType)] }

// IsZoned reports whether a declared type is a time with a zone, which neither sqlc
// nor the driver recognizes as a time.
func IsZoned(declaredType string) bool {
	p := plain(declaredType)
	return declared[p] == Time && strings.HasPrefix(p, "timestamp") && p != "timestamp"
}

// plain keeps letters beyond ASCII as they are: SQLite and sqlc do not fold them.
func plain(declaredType string) string {
	return strings.Join(strings.FieldsFunc(sqltext.Fold(declaredType), func(r rune) bool { return strings.ContainsRune(" \t\n\f\r", r) }), "")
}

// Of returns an expression: the value of column, which is quoted SQL, in the form.
// It is NULL for NULL and for what is not a time between the years 0 and 9999.
//
// It reads what SQLite's date and time functions read (dates, times with a blank
// or a T, with Z or an offset, with a fraction, of which it keeps nine
// digits), what Go's time.Time.String() writes, and numbers: an INTEGER counts the
// seconds since 1970, or the milliseconds, microseconds or nanoseconds if it is
// larger than seconds could be (100,000,000,000, the year 5138); a REAL is a
// Julian day if it can be one, and seconds otherwise. SQLite keeps milliseconds of
// a REAL.
//
// The date of a time is the date of that moment in UTC. Midnight is an exception: a
// date that was stored as a time has a clock of 00:00:00, with any offset. So for
// such a value it is the date as written.
func (f Form) Of(column string) string {
	result, midnight := "moment || fraction", ""
	if f == Date {
		result = "date(moment)"
		midnight = "\n      WHEN v GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T]00:00*' AND seconds IN ('0', '00') AND fraction = '' AND moment GLOB '[0-9]*' THEN day"
	}
	return strings.NewReplacer("$column", column, "$result", result, "$midnight", midnight).Replace(expression)
}

// expression splits a text from the inside out: the day, the clock and what follows
// it; its fraction; its offset; and the moment. A number has a moment and a
// fraction at once.
const expression = `(
  SELECT CASE$midnight
      WHEN moment GLOB '[0-9]*' THEN $result END
  FROM (
    SELECT v, day, seconds,
      CASE WHEN unit > 0 THEN datetime(v / unit - (v % unit < 0), 'unixepoch')
        WHEN typeof(v) = 'real' THEN strftime('%Y-%m-%d %H:%M:%S', v, era)
        WHEN zone IN ('', 'Z', 'z', 'UTC') THEN datetime(day || clock, seconds || ' seconds')
        WHEN zone GLOB '[+-][0-2][0-9]:[0-5][0-9]' OR zone GLOB '[+-][0-2][0-9][0-5][0-9]' OR zone GLOB '[+-][0-2][0-9][0-5][0-9] *' OR zone GLOB '[+-][0-2][0-9]'
          THEN datetime(day || clock, seconds || ' seconds',
            (CASE substr(zone, 1, 1) WHEN '-' THEN 1 ELSE -1 END * (3600 * substr(zone, 2, 2) + 60 * substr(replace(zone, ':', '') || '00', 4, 2))) || ' seconds')
      END AS moment,
      rtrim(rtrim(CASE WHEN unit > 0 THEN '.' || substr(printf('%010d', (v % unit + unit) % unit), 12 - length(unit))
        WHEN typeof(v) = 'real' THEN substr(strftime('%f', v, era), 3)
        ELSE substr(fraction, 1, 10) END, '0'), '.') AS fraction
    FROM (
      SELECT v, day, clock, seconds, unit, era, fraction, trim(substr(rest, length(fraction) + 1)) AS zone
      FROM (
        SELECT v, day, clock, seconds, unit, era, rest,
          CASE WHEN rest GLOB '.[0-9]*' THEN substr(rest, 1, length(rest) - length(ltrim(substr(rest, 2), '0123456789'))) ELSE '' END AS fraction
        FROM (
          SELECT v, substr(v, 1, 10) AS day,
            CASE WHEN length(v) = 10 THEN ' 00:00'
              WHEN v GLOB '??????????[ Tt][01][0-9]:[0-5][0-9]*' OR v GLOB '??????????[ Tt]2[0-3]:[0-5][0-9]*' THEN ' ' || substr(v, 12, 5) END AS clock,
            CASE WHEN substr(v, 17) GLOB ':[0-5][0-9]*' THEN substr(v, 18, 2) ELSE '0' END AS seconds,
            CASE WHEN substr(v, 17) GLOB ':[0-5][0-9]*' THEN substr(v, 20) ELSE substr(v, 17) END AS rest,
            CASE WHEN typeof(v) <> 'integer' THEN 0 WHEN v BETWEEN -99999999999 AND 99999999999 THEN 1
              WHEN v BETWEEN -99999999999999 AND 99999999999999 THEN 1000
              WHEN v BETWEEN -99999999999999999 AND 99999999999999999 THEN 1000000 ELSE 1000000000 END AS unit,
            CASE WHEN v BETWEEN 1721059.5 AND 5373484.499999 THEN '+0 days' ELSE 'unixepoch' END AS era
          FROM (SELECT $column AS v)
          WHERE typeof(v) IN ('integer', 'real')
            OR typeof(v) = 'text' AND v GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND date(substr(v, 1, 10), '+0 days') = substr(v, 1, 10)
        )
      )
    )
  )
)`

// Other returns a condition: the value of column is a time, but in another form.
func (f Form) Other(column string) string { return column + " <> " + f.Of(column) }

// Unknown returns a condition: the value of column is not NULL, and not a time
// between the years 0 and 9999.
func (f Form) Unknown(column string) string {
	return column + " IS NOT NULL AND " + f.Of(column) + " IS NULL"
}

// Update returns the statement that converts the values of a column to the form.
// Table and column are quoted SQL. What is not a time stays as it is.
func (f Form) Update(table, column string) string {
	return fmt.Sprintf("UPDATE %s SET %s = %s\nWHERE %s", table, column, f.Of(column), f.Other(column))
}
