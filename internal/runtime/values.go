package runtime

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// UnixTime is a time kept as an INTEGER of seconds since 1970, so that SQLite
// compares, sorts and indexes it rightly. Fractions of a second are cut off.
// Name it in an override of sqlc.yaml: go_type: {type: UnixTime}.
type UnixTime struct{ time.Time }

// Unix is t as a UnixTime, in UTC and without a fraction of a second.
func Unix(t time.Time) UnixTime { return UnixTime{t.UTC().Truncate(time.Second)} }

// Value stores the seconds.
func (t UnixTime) Value() (driver.Value, error) { return t.Unix(), nil }

// Scan reads the seconds.
func (t *UnixTime) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("UnixTime: want an INTEGER of seconds, have %T", src)
	}
	t.Time = time.Unix(n, 0).UTC()
	return nil
}

// UnixMilli is a time kept as an INTEGER of milliseconds since 1970. Smaller
// fractions are cut off.
type UnixMilli struct{ time.Time }

// Milli is t as a UnixMilli, in UTC and without fractions of a millisecond.
func Milli(t time.Time) UnixMilli { return UnixMilli{t.UTC().Truncate(time.Millisecond)} }

// Value stores the milliseconds.
func (t UnixMilli) Value() (driver.Value, error) { return t.UnixMilli(), nil }

// Scan reads the milliseconds.
func (t *UnixMilli) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("UnixMilli: want an INTEGER of milliseconds, have %T", src)
	}
	t.Time = time.UnixMilli(n).UTC()
	return nil
}

// TextTime is a time kept as TEXT in UTC, as the embedded engine's driver keeps
// a time.Time, to the nanosecond. SQLite's functions read it, and it sorts and
// compares rightly. A time.Time is scanned by the type that its column declares,
// which D1 does not tell; a TextTime is scanned on every engine.
type TextTime struct{ time.Time }

const textTimeFormat = "2006-01-02 15:04:05.999999999-07:00"

// textTimeFormats are what SQLite's own functions and drivers write, without a Z
// at the end (https://www.sqlite.org/lang_datefunc.html#time_values).
var textTimeFormats = []string{
	textTimeFormat, "2006-01-02T15:04:05.999999999-07:00",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
}

// Value stores the text. Only the years from 0 to 9999 sort as text, others are
// an error.
func (t TextTime) Value() (driver.Value, error) {
	if year := t.UTC().Year(); year < 0 || year > 9999 {
		return nil, fmt.Errorf("TextTime: the year %d is not between 0 and 9999", year)
	}
	return t.UTC().Format(textTimeFormat), nil
}

// Scan reads the text, or a time that a driver has made of it.
func (t *TextTime) Scan(src any) error {
	if v, ok := src.(time.Time); ok {
		t.Time = v.UTC()
		return nil
	}
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("TextTime: want TEXT, have %T", src)
	}
	for _, format := range textTimeFormats {
		if v, err := time.Parse(format, strings.TrimSuffix(text, "Z")); err == nil {
			t.Time = v.UTC()
			return nil
		}
	}
	return fmt.Errorf("TextTime: %q is no time", text)
}

// JSON is a JSON document kept as TEXT. A nil JSON is NULL. Unlike
// json.RawMessage it can be scanned from TEXT and from NULL.
type JSON json.RawMessage

// Value stores the text.
func (j JSON) Value() (driver.Value, error) {
	if j == nil {
		return nil, nil
	}
	return string(j), nil
}

// Scan reads TEXT, a BLOB of the same text, or NULL.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case string:
		*j = JSON(v)
	case []byte:
		*j = append(JSON{}, v...)
	default:
		return fmt.Errorf("JSON: want TEXT, have %T", src)
	}
	return nil
}

// MarshalJSON gives the document itself, null for a nil JSON.
func (j JSON) MarshalJSON() ([]byte, error) { return json.RawMessage(j).MarshalJSON() }

// UnmarshalJSON keeps the document as it is.
func (j *JSON) UnmarshalJSON(data []byte) error { return (*json.RawMessage)(j).UnmarshalJSON(data) }
