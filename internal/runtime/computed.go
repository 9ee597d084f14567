package drey

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

// computed is what a column gets from a handle. It is a term that fails with
// [ErrOutOfRange] where Go could not read its value back.
type computed struct {
	operand
	column operand
	t      reflect.Type // of the column's values, without NULL
}

// stored reports whether it is a value of a column of that type, which Go can read.
func (c *computed) stored() bool {
	if c.ex == nil {
		return c.rel.With == ""
	}
	_, ok := c.ex.term.(*newRow)
	return ok
}

// check returns the condition that a value, which is {} in it, is NULL or one that Go
// can read; "" if Go can read any. {} is in it equally often for all engines: what is
// bound does not depend on them.
func (c *computed) check(most int64) string {
	if c.stored() {
		return ""
	}
	switch c.t {
	case reflect.TypeFor[UnixTime]():
		return fmt.Sprintf(integerSQL, firstYear.Unix(), lastYear.Unix())
	case reflect.TypeFor[UnixMilli]():
		return fmt.Sprintf(integerSQL, firstYear.UnixMilli(), lastYear.UnixMilli())
	case reflect.TypeFor[time.Time](), reflect.TypeFor[TextTime]():
		if c.column.dated() {
			return dateSQL
		}
		return timeSQL
	}
	switch kind := c.t.Kind(); {
	case kind == reflect.Bool:
		return "{} IN (0, 1) OR {} IS NULL"
	case kind == reflect.Float32 || kind == reflect.Float64:
		end, _ := endOf(c.t)
		return "typeof({}) IN ('integer', 'real') AND abs({}) " + end + " OR {} IS NULL"
	case kind >= reflect.Int && kind <= reflect.Int64 && c.t.Bits() == 64 && most == math.MaxInt64:
		return "typeof({}) = 'integer' OR {} IS NULL"
	case kind >= reflect.Int && kind <= reflect.Uint32:
		low, high := rangeOf(c.t, most)
		return fmt.Sprintf(integerSQL, low, high)
	}
	return ""
}

// The years of times that can be stored.
var (
	firstYear = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	lastYear  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
)

const (
	integerSQL = "typeof({}) IN ('integer', 'null') AND ({} BETWEEN %d AND %d) IS NOT FALSE"

	// Dates and times in the form that they have in sqldriver's times.go.
	dateSQL = "{} = date({}) AND {} >= '0' OR {} IS NULL"
	timeSQL = "{} = datetime(substr({}, 1, 19)) || substr({}, 20) AND {} >= '0' AND " +
		"(length({}) = 19 OR substr({}, 20) GLOB '.*[1-9]' AND substr({}, 21, 9) NOT GLOB '*[^0-9]*' AND length({}) <= 29) OR {} IS NULL"
)

// render renders the value, or what fails where it cannot be read. What may be slow,
// or another value the next time, is computed once.
func (c *computed) render(in scope) (string, []any, error) {
	text, args, err := c.operand.render(in)
	check := c.check(in.most)
	if check == "" || err != nil {
		return text, args, err
	}
	value := text
	if c.once() {
		value = computedValue
	}
	value = "CASE WHEN " + strings.ReplaceAll(check, "{}", value) + " THEN " + value + " ELSE " + fails(c.column.name(), c.t) + " END"
	if c.once() {
		value = "(SELECT " + value + " FROM (SELECT " + text + " AS " + computedValue + "))"
	}
	return value, c.repeated(args), nil
}

// once reports whether a SELECT without FROM computes the value, which SQLite does not
// flatten. In that, an aggregate function would not be one of the groups around it.
func (c *computed) once() bool { return c.nested() && !aggregates(c.operand) }

const computedValue = `"value"`

func (c *computed) bound() []any { return c.repeated(c.appendArgs(nil)) }

// repeated are the values of the expression, as often as it is in what render returns.
func (c *computed) repeated(args []any) []any {
	if len(args) == 0 || c.once() {
		return args
	}
	check := c.check(math.MaxInt64)
	if check == "" {
		return args
	}
	return slices.Repeat(args, strings.Count(check, "{}")+1)
}
