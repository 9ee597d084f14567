package runtime

import (
	"database/sql"
	"fmt"
	"time"
)

// scanTime is where a time is scanned that SQL has computed from a column of
// times, as max(created_at): the driver makes a time of a column alone, and gives
// the text here. The time is in UTC.
func scanTime[T time.Time | *time.Time | sql.NullTime](to *T) sql.Scanner { return timeScanner[T]{to} }

type timeScanner[T time.Time | *time.Time | sql.NullTime] struct{ to *T }

// Scan reads a text, a time that a driver has made of it, or NULL where the
// destination has a place for it. Anything else is an error.
func (s timeScanner[T]) Scan(src any) error {
	var t time.Time
	switch src := src.(type) {
	case nil:
	case time.Time:
		t = src.UTC()
	case string:
		var ok bool
		if t, ok = readTime(src); !ok {
			return fmt.Errorf("%q is not a time", src)
		}
	default:
		return fmt.Errorf("a time is TEXT, not %T", src)
	}
	switch to := any(s.to).(type) {
	case *time.Time:
		if src == nil {
			return fmt.Errorf("the time is NULL")
		}
		*to = t
	case **time.Time:
		*to = nil
		if src != nil {
			*to = &t
		}
	case *sql.NullTime:
		*to = sql.NullTime{Time: t, Valid: src != nil}
	}
	return nil
}
