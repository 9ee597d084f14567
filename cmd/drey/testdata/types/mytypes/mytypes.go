// Package mytypes has types that overrides name.
package mytypes

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
)

// Status is a word.
type Status string

const (
	Draft Status = "draft"
	Sent  Status = "sent"
)

// Cents is a price in hundredths.
type Cents int64

// Note is text that has no NULL.
type Note string

// Tags are kept as text with commas. Nil is NULL.
type Tags []string

func (t Tags) Value() (driver.Value, error) {
	if t == nil {
		return nil, nil
	}
	return strings.Join(t, ","), nil
}

func (t *Tags) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t = nil
	case string:
		*t = strings.Split(v, ",")
	default:
		return fmt.Errorf("Tags: %T", v)
	}
	return nil
}

// Flag is a truth. database/sql scans into no bool with a name of its own.
type Flag bool

func (f *Flag) Scan(v any) error {
	switch fmt.Sprint(v) {
	case "1", "true":
		*f = true
	case "0", "false":
		*f = false
	default:
		return fmt.Errorf("no flag: %v", v)
	}
	return nil
}

// Level is a number to Go, and a word to the database.
type Level int

var levels = []string{"low", "middle", "high"}

func (l Level) Value() (driver.Value, error) { return levels[l], nil }

func (l *Level) Scan(v any) error {
	i := slices.Index(levels, fmt.Sprint(v))
	if i < 0 {
		return fmt.Errorf("no level: %v", v)
	}
	*l = Level(i)
	return nil
}

// Ref scans a number and nothing else.
type Ref struct{ N int64 }

func (r Ref) Value() (driver.Value, error) { return r.N, nil }

func (r *Ref) Scan(v any) (err error) {
	var ok bool
	if r.N, ok = v.(int64); !ok {
		err = fmt.Errorf("Ref: %T", v)
	}
	return err
}
