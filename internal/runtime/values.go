package drey

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// UnixTime is a time kept as an INTEGER of seconds since 1970, so that SQLite
// compares, sorts and indexes it rightly. Fractions of a second are cut off.
// Name it in an override of sqlc.yaml: go_type: {type: UnixTime}.
type UnixTime struct{ time.Time }

// Unix is t as a UnixTime, in UTC and without a fraction of a second.
func Unix(t time.Time) UnixTime { return UnixTime{t.UTC().Truncate(time.Second)} }

// Value stores the seconds. The error is [ErrYear].
func (t UnixTime) Value() (driver.Value, error) {
	u, err := sqldriver.InYears(t.Time)
	if err != nil {
		return nil, err
	}
	return u.Unix(), nil
}

// Scan reads the seconds.
func (t *UnixTime) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("UnixTime: want an INTEGER of seconds, have %T", src)
	}
	t.Time = time.Unix(n, 0).UTC()
	return nil
}

// UnmarshalJSON reads an RFC 3339 time as [Unix] makes it. What could not be
// stored is [ErrYear].
func (t *UnixTime) UnmarshalJSON(data []byte) error {
	u, err := timeOfJSON(data, t.Time)
	*t = Unix(u)
	return err
}

// UnixMilli is a time kept as an INTEGER of milliseconds since 1970. Smaller
// fractions are cut off.
type UnixMilli struct{ time.Time }

// Milli is t as a UnixMilli, in UTC and without fractions of a millisecond.
func Milli(t time.Time) UnixMilli { return UnixMilli{t.UTC().Truncate(time.Millisecond)} }

// Value stores the milliseconds. The error is [ErrYear].
func (t UnixMilli) Value() (driver.Value, error) {
	u, err := sqldriver.InYears(t.Time)
	if err != nil {
		return nil, err
	}
	return u.UnixMilli(), nil
}

// Scan reads the milliseconds.
func (t *UnixMilli) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("UnixMilli: want an INTEGER of milliseconds, have %T", src)
	}
	t.Time = time.UnixMilli(n).UTC()
	return nil
}

// UnmarshalJSON reads an RFC 3339 time as [Milli] makes it. What could not be
// stored is [ErrYear].
func (t *UnixMilli) UnmarshalJSON(data []byte) error {
	u, err := timeOfJSON(data, t.Time)
	*t = Milli(u)
	return err
}

// TextTime is a time kept as TEXT in UTC, in the form of a time.Time, to the
// nanosecond: SQLite's functions read it, and it sorts and compares rightly. A
// time.Time can be scanned only if the engine tells the declared type of its
// column, which D1 does not do. A TextTime can be scanned on every engine. In a
// DATE column it is the date.
type TextTime struct{ time.Time }

// Value stores the text. The error is [ErrYear].
func (t TextTime) Value() (driver.Value, error) {
	text, err := sqldriver.TimeText(t.Time)
	if err != nil {
		return nil, err
	}
	return text, nil
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
	if t.Time, ok = sqldriver.ReadTime(text); !ok {
		return fmt.Errorf("TextTime: %q is no time", text)
	}
	return nil
}

// UnmarshalJSON reads an RFC 3339 time, in UTC. What could not be stored is
// [ErrYear].
func (t *TextTime) UnmarshalJSON(data []byte) (err error) {
	t.Time, err = timeOfJSON(data, t.Time)
	return err
}

// timeOfJSON reads an RFC 3339 time that can be stored; null is t.
func timeOfJSON(data []byte, t time.Time) (time.Time, error) {
	if err := t.UnmarshalJSON(data); err != nil {
		return t, err
	}
	return sqldriver.InYears(t)
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

// Scan reads TEXT, a BLOB of the same text, NULL, or a number: a column that is
// declared JSON makes a number of a text that is one.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case string:
		*j = JSON(v)
	case []byte:
		*j = append(JSON{}, v...)
	case int64:
		*j = strconv.AppendInt(nil, v, 10)
	case float64:
		if math.IsInf(v, 0) {
			return fmt.Errorf("JSON: %v is not a number in JSON", v)
		}
		*j = strconv.AppendFloat(nil, v, 'g', -1, 64)
	default:
		return fmt.Errorf("JSON: want TEXT, have %T", src)
	}
	return nil
}

// MarshalJSON gives the document itself, null for a nil JSON.
func (j JSON) MarshalJSON() ([]byte, error) { return json.RawMessage(j).MarshalJSON() }

// UnmarshalJSON keeps the document as it is.
func (j *JSON) UnmarshalJSON(data []byte) error { return (*json.RawMessage)(j).UnmarshalJSON(data) }
