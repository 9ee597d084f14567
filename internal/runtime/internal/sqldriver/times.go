package sqldriver

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// A time has one form in the database, whoever writes it: that of
// CURRENT_TIMESTAMP, UTC text without an offset, with the fraction that it has
// and no zero at the fraction's end. So texts are equal and ordered as their
// times are.

// timeFormat is the form of a time.
const timeFormat = "2006-01-02 15:04:05.999999999"

// ErrYear: a time is not between the years 0 and 9999 in UTC. As text it would not
// sort, and neither SQLite nor JSON could read it.
var ErrYear = errors.New("a time outside of the years 0 to 9999")

// InYears returns t in UTC, or [ErrYear].
func InYears(t time.Time) (time.Time, error) {
	t = t.UTC()
	if year := t.Year(); year < 0 || year > 9999 {
		return t, fmt.Errorf("%w: the year %d", ErrYear, year)
	}
	return t, nil
}

// TimeText returns t in that form, or [ErrYear].
func TimeText(t time.Time) (string, error) {
	t, err := InYears(t)
	if err != nil {
		return "", err
	}
	var buf [len(timeFormat)]byte
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b := digits(buf[:0], year, 4)
	b = digits(append(b, '-'), int(month), 2)
	b = digits(append(b, '-'), day, 2)
	b = digits(append(b, ' '), hour, 2)
	b = digits(append(b, ':'), minute, 2)
	b = digits(append(b, ':'), second, 2)
	if fraction, places := t.Nanosecond(), 9; fraction > 0 {
		for fraction%10 == 0 {
			fraction, places = fraction/10, places-1
		}
		b = digits(append(b, '.'), fraction, places)
	}
	return string(b), nil
}

// digits appends n in so many digits.
func digits(b []byte, n, places int) []byte {
	b = append(b, "000000000"[:places]...)
	for i := len(b) - 1; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// namedTime returns the time in a value whose type is time.Time by another name.
func namedTime(v any) (time.Time, bool) {
	if valuer, ok := v.(driver.Valuer); ok {
		value, err := valuer.Value()
		if err != nil {
			return time.Time{}, false
		}
		v = value
	}
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	if r.Kind() != reflect.Struct || !r.CanConvert(timeType) {
		return time.Time{}, false
	}
	return asTime(r.Convert(timeType).Interface())
}

func asTime(v any) (t time.Time, ok bool) {
	t, ok = v.(time.Time)
	return t, ok
}

var timeType = reflect.TypeFor[time.Time]()

// A DATE column has dates as CURRENT_DATE writes them, 2006-01-02. What is bound
// for one is the date, in UTC, of the Go time; the clock is cut off.

// BindDate binds v, a value of a DATE column.
func BindDate[T any](v T) driver.Valuer { return dated{v} }

type dated struct{ v any }

// Value returns the date. A value that is not a time stays as it is. The error is
// [ErrYear].
func (d dated) Value() (driver.Value, error) {
	value, err := Bindable(d.v)
	if err != nil {
		return nil, err
	}
	if text, ok := value.(string); ok {
		if t, ok := ReadTime(text); ok {
			return DateText(t)
		}
	}
	return value, nil
}

// DateText returns the date of t, or [ErrYear].
func DateText(t time.Time) (string, error) {
	text, err := TimeText(t)
	if err != nil {
		return "", err
	}
	return text[:len(time.DateOnly)], nil
}

// ErrDateAndTime: SQL compares a column of dates with one of times. A value of
// one is never equal to a value of the other.
var ErrDateAndTime = errors.New("a column that is declared DATE is compared with one that is not")

// CheckDate rejects a value for a DATE column whose clock would be cut off.
func CheckDate(v any) error {
	value, err := Bindable(v)
	if text, ok := value.(string); ok && err == nil {
		if t, ok := ReadTime(text); ok && !t.Equal(t.Truncate(24*time.Hour)) {
			return errors.New("it is a time, and the column has dates like 2026-01-02")
		}
	}
	return err
}

// timeFormats are what is read, without a Z at the end: the form, what SQLite's
// functions read (https://www.sqlite.org/lang_datefunc.html#time_values), and
// what time.Time.String() gives.
var timeFormats = []string{
	timeFormat, "2006-01-02 15:04:05.999999999-07:00", "2006-01-02T15:04:05.999999999-07:00",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly,
	"2006-01-02 15:04:05.999999999 -0700 MST",
}

// ReadTime reads the text of a time.
func ReadTime(text string) (time.Time, bool) {
	s, _, _ := strings.Cut(text, " m=") // the monotonic part of time.Time.String()
	s = strings.TrimSuffix(s, "Z")
	for _, format := range timeFormats {
		if t, err := time.Parse(format, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// WallClock reads the date and the clock of a text of a time as if they were UTC's,
// whatever zone the text names.
func WallClock(text string) (time.Time, bool) {
	const seconds = len("2006-01-02 15:04:05")
	if len(text) < seconds {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateTime, strings.Replace(text[:seconds], "T", " ", 1))
	return t, err == nil
}

// InForm reports whether a text of a column of times, or of dates, is in its
// form. It is true for a text that is not a time.
func InForm(text string, date bool) bool {
	t, ok := ReadTime(text)
	if !ok {
		return true
	}
	form := TimeText
	if date {
		form = DateText
	}
	formed, err := form(t)
	return err != nil || formed == text
}
