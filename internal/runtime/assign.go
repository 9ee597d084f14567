package drey

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// Assignment gives a column of source S a value in an Update. It is made by
// Set, SetNull, SetDefault and Add of a column handle; the zero value is absent
// and assigns nothing.
type Assignment[S any] struct{ assignment assignment }

// assignment is an Assignment without its source's type.
type assignment struct {
	rel   *Relation
	value any
	col   uint16
	how   assign
	_     [0]func() // not comparable, which spares a function for each source
}

// assign is the kind of an assignment. It is part of the shape key.
type assign uint8

const (
	assignAbsent assign = iota
	assignValue
	assignDefault
	assignSum
)

// OptSet returns the assignment that op makes of *v, or an absent one if v is nil:
//
//	db.Links.Update(db.OptSet(patch.Title, db.Links.Title.Set))
func OptSet[S, T any](v *T, op func(T) Assignment[S]) Assignment[S] {
	if v == nil {
		return Assignment[S]{}
	}
	return op(*v)
}

// ComputedColumn is in the handle of a generated column. It hides the
// operators that would assign to the column.
type ComputedColumn struct {
	Set, SetDefault, SetNull, Add isComputed
}

// isComputed is the name that the compiler shows if somebody tries to assign.
type isComputed struct{}

// sql returns what follows the column's = sign, for an engine with integers up
// to most.
func (a *assignment) sql(most int64) string {
	switch a.how {
	case assignSum:
		return a.sum(most)
	case assignDefault:
		if def, ok := a.rel.Defaults[a.col]; ok {
			return "(" + def + ")"
		}
		return "NULL"
	}
	return "?"
}

// bound appends the values that the assignment binds.
func (a *assignment) bound(args []any) []any {
	switch a.how {
	case assignDefault:
		return args
	case assignSum: // a float is in it once less
		if !reflect.ValueOf(a.value).CanFloat() {
			args = append(args, a.value)
		}
		args = append(args, a.value)
	}
	return append(args, a.value)
}

// sum adds to the column. It fails if the sum leaves the range of the column's
// Go type: SQLite itself goes on from integers to floats, and from floats to
// infinity and NULL. The only error that an expression can raise with a text of
// its own is the one about a JSON path.
func (a *assignment) sum(most int64) string {
	column, t := a.rel.Columns[a.col], reflect.TypeOf(a.value)
	fails := "json_extract('{}', '" + strings.ReplaceAll(rangeMark+column+" is of type "+t.String(), "'", "''") + "')"
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		end := "< 9e999" // infinity
		if t.Kind() == reflect.Float32 {
			end = fmt.Sprint("<= ", math.MaxFloat32)
		}
		return "CASE WHEN abs(" + column + " + ?) " + end + " OR " + column + " IS NULL THEN " + column + " + ? ELSE " + fails + " END"
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return integerSum(column, fails, 0, 1<<t.Bits()-1)
	}
	low, high := int64(-1)<<(t.Bits()-1), int64(1)<<(t.Bits()-1)-1
	if high > most {
		low, high = -most, most
	}
	return integerSum(column, fails, low, high)
}

func integerSum(column, fails string, low, high int64) string {
	return fmt.Sprintf("CASE WHEN %s NOT BETWEEN %d - min(?, 0) AND %d - max(?, 0) THEN %s ELSE %[1]s + ? END", column, low, high, fails)
}

// rangeMark begins the message that stands for [ErrOutOfRange].
const rangeMark = "drey: out of range: "

// outOfRange returns [ErrOutOfRange] if the error stands for it, and else the
// error.
func outOfRange(err error) error {
	if err == nil {
		return nil
	}
	_, what, ok := strings.Cut(err.Error(), rangeMark)
	if !ok {
		return err
	}
	what, _, _ = strings.Cut(what, "'")
	return fmt.Errorf("%w: %s", ErrOutOfRange, what)
}
