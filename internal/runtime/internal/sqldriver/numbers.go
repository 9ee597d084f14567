package sqldriver

import (
	"database/sql/driver"
	"math"
	"strconv"
	"strings"
)

// BindNumber binds v, a value of a column of numbers. A text that is a number, as a
// decimal may be, is bound as the number that SQLite makes of it in such a column.
// See https://www.sqlite.org/datatype3.html#type_affinity.
func BindNumber(v any) driver.Valuer { return number{v} }

type number struct{ v any }

func (n number) Value() (driver.Value, error) {
	value, err := Bindable(n.v)
	text, ok := value.(string)
	if err != nil || !ok || strings.Trim(text, "+-.0123456789eE") != "" {
		return value, err
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return value, nil
	}
	if i := int64(f); f == float64(i) && math.Abs(f) < 1<<51 { // as SQLite keeps 3.0
		return i, nil
	}
	return f, nil
}
