package d1

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// safe is the largest integer that has its JavaScript number for itself:
// 2^53+1 becomes 2^53, too.
const safe = 1<<53 - 1

// timeFormat is the form of a time, which CURRENT_TIMESTAMP writes: in UTC and
// without an offset, so that texts are equal and ordered as their times are.
const timeFormat = "2006-01-02 15:04:05.999999999"

// argument returns what an argument is bound as: nil, a float64, a string or a
// []byte. It reports whether SQLite should take it for an integer.
func argument(v driver.Value) (bound any, integer bool, err error) {
	switch v := v.(type) {
	case int64:
		if v > safe || v < -safe {
			return nil, false, fmt.Errorf("%w: %d", ErrInteger, v)
		}
		return float64(v), true, nil
	case bool:
		if v {
			return float64(1), true, nil
		}
		return float64(0), true, nil
	case float64:
		switch {
		case math.IsInf(v, 0):
			return nil, false, ErrInfinite
		case math.IsNaN(v):
			return nil, false, ErrNaN
		}
		return v, false, nil
	case string:
		if !utf8.ValidString(v) {
			return nil, false, ErrText
		}
		return v, false, nil
	case []byte:
		if v == nil {
			return nil, false, nil
		}
		return v, false, nil
	case time.Time:
		v = v.UTC()
		if year := v.Year(); year < 0 || year > 9999 {
			return nil, false, fmt.Errorf("%w: the year %d", ErrYear, year)
		}
		return v.Format(timeFormat), false, nil
	case nil:
		return nil, false, nil
	}
	return nil, false, fmt.Errorf("d1: a %T cannot be bound", v)
}

// bind puts the arguments of a text in the order of its parameters and gives the
// text to run with them.
func (t *text) bind(args []driver.NamedValue) (bound, error) {
	if len(args) > MaxParameters {
		return bound{}, ErrParameters
	}
	given, err := t.Arguments(args)
	if err != nil {
		return bound{}, fmt.Errorf("d1: %w", err)
	}
	list := make([]any, len(given))
	var integers set
	for i, value := range given {
		v, integer, err := argument(value)
		if err != nil {
			return bound{}, fmt.Errorf("parameter %d: %w", i+1, err)
		}
		if list[i] = v; integer {
			integers.add(i + 1)
		}
	}
	return bound{t.render(integers), list}, nil
}

// bound is a statement with its arguments, as [argument] gives them.
type bound struct {
	sql  string
	args []any
}

// Inexact is a number between 2^53 and 2^63. It is either a REAL with exactly
// that value, or an INTEGER that has lost digits on its way through
// JavaScript. It scans into a float, but not into an integer or a string.
type Inexact struct{ float float64 }

// Float returns the number, which is right if it was a REAL.
func (n Inexact) Float() float64 { return n.float }

// String writes the number in a form that database/sql reads as a float, but not as
// an integer.
func (n Inexact) String() string { return strconv.FormatFloat(n.float, 'e', -1, 64) }

// MarshalJSON fails, in case somebody read the number into an any.
func (n Inexact) MarshalJSON() ([]byte, error) {
	return nil, fmt.Errorf("d1: %v may have lost digits: scan it into a float64 if it is a REAL", n)
}
