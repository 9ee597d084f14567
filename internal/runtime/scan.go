package drey

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// ScanTime is where a time is scanned that SQL has computed from a column of
// times, such as max(created_at). The driver makes times only of columns, and
// gives a text here. The time is in UTC.
func ScanTime[T time.Time | *time.Time | sql.NullTime](to *T) sql.Scanner { return timeScanner[T]{to} }

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
		if t, ok = sqldriver.ReadTime(src); !ok {
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

// into is where the operand's value is scanned. SQLite does not tell the type of an
// expression, by which the driver makes a time of a column's text.
func (o *operand) into(to any) any {
	if o.ex == nil {
		return to
	}
	switch to := to.(type) {
	case *time.Time:
		return ScanTime(to)
	case *sql.Null[time.Time]:
		return nullTime{to}
	}
	return to
}

type nullTime struct{ to *sql.Null[time.Time] }

// Scan reads a time as [ScanTime] does.
func (s nullTime) Scan(src any) error {
	var t sql.NullTime
	err := ScanTime(&t).Scan(src)
	*s.to = sql.Null[time.Time]{V: t.Time, Valid: t.Valid}
	return err
}

// scan scans a row, which begins with the columns of the relation, if there is one.
func scan(r *Relation, from scanRow, to []any) error {
	err := from.Scan(to...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errOtherColumns):
		return errOtherColumns
	case r == nil:
		return sqldriver.Unreadable[any](nil, nil, nil, err)
	}
	values := make([]any, len(to))
	for i := range values {
		to[i] = &values[i]
	}
	if from.Scan(to...) != nil {
		return err
	}
	key := make([]int, len(r.Key))
	for i, col := range r.Key {
		key[i] = int(col)
	}
	return sqldriver.Unreadable(key, r.Columns, values, err)
}
