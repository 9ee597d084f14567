package drey

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Assignment gives a column of source S a value in an Update. It is made by
// Set, SetNull, SetDefault and Add of a column handle; the zero value is absent
// and assigns nothing.
type Assignment[S any] struct{ assignment assignment }

// assignment is an Assignment without its source's type.
type assignment struct {
	on    operand // a column
	value any
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
	assignTerm     // a computed
	assignExpected // one more than the value, which the column has to have
	assignError
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

// ComputedColumn is in the handle of a generated column. It hides what would assign to
// the column: the operators, and that the handle is a [Target].
type ComputedColumn struct {
	Set, SetDefault, SetNull, Add isComputed
}

//lint:ignore U1000 it hides the method that makes a handle a target
func (ComputedColumn) assignable(isComputed) {}

// isComputed is the name that the compiler shows if somebody tries to assign.
type isComputed struct{}

// assignedIn returns how many of n assignments there are, or why they cannot be made
// together.
func assignedIn(n int, at func(int) *assignment) (count int, err error) {
	for i := range n {
		a := at(i)
		switch {
		case a.how == assignAbsent:
			continue
		case a.how == assignError:
			return 0, a.value.(error)
		case slices.Contains(a.on.rel.Computed, a.on.col):
			return 0, fmt.Errorf("%w: %s", ErrComputed, a.on.name())
		}
		count++
		for j := range i {
			if b := at(j); b.how != assignAbsent && b.on.col == a.on.col {
				return 0, fmt.Errorf("%w: %s", ErrAssignedTwice, a.on.name())
			}
		}
	}
	return count, nil
}

// render returns what follows the column's = sign.
func (a *assignment) render(in scope) (fragment, error) {
	text := "?"
	switch a.how {
	case assignSum:
		text = a.sum(in)
	case assignExpected:
		text = a.expected(in)
	case assignTerm:
		text, args, err := a.value.(*computed).render(in)
		return fragment{text, args}, err
	case assignDefault:
		text = "NULL"
		if def, ok := a.on.rel.Defaults[a.on.col]; ok {
			text = "(" + def + ")"
		}
	}
	return fragment{text, a.bound(nil)}, nil
}

// appendShape appends what the assignment's SQL depends on.
func (a *assignment) appendShape(key []byte) ([]byte, bool) {
	key = append(binary.AppendUvarint(key, uint64(a.on.col)), byte(a.how))
	if a.how == assignTerm {
		return a.value.(*computed).appendShape(key, numbered)
	}
	return key, a.how != assignError
}

// bound appends the values that the assignment binds.
func (a *assignment) bound(args []any) []any {
	switch a.how {
	case assignAbsent, assignDefault, assignError:
		return args
	case assignTerm:
		return append(args, a.value.(*computed).bound()...)
	case assignSum:
		switch v := reflect.ValueOf(a.value); {
		case v.CanInt():
			args = append(args, min(v.Int(), 0), max(v.Int(), 0))
		case v.CanUint():
			args = append(args, int64(0), int64(v.Uint()))
		default:
			args = append(args, a.value)
		}
	}
	return append(args, a.value)
}

// sum adds to the column. It fails if the sum leaves the range of the column's
// Go type: SQLite itself goes on from integers to floats, and from floats to
// infinity and NULL. What the ends of the range move by is bound, see bound.
func (a *assignment) sum(in scope) string {
	column, t := in.table+a.on.name(), reflect.TypeOf(a.value)
	if end, ok := endOf(t); ok {
		return "CASE WHEN abs(" + column + " + ?) " + end + " OR " + column + " IS NULL THEN " + column + " + ? ELSE " + fails(a.on.name(), t) + " END"
	}
	low, high := rangeOf(t, in.most)
	return fmt.Sprintf("CASE WHEN %s NOT BETWEEN %d - ? AND %d - ? THEN %s ELSE %[1]s + ? END", column, low, high, fails(a.on.name(), t))
}

// endOf is what the absolute value of a float of type t is below. It reports false
// for other types.
func endOf(t reflect.Type) (end string, float bool) {
	switch t.Kind() {
	case reflect.Float32:
		return fmt.Sprint("<= ", math.MaxFloat32), true
	case reflect.Float64:
		return "< 9e999", true // infinity
	}
	return "", false
}

// rangeOf is the range of an integer type, on an engine with integers up to most.
func rangeOf(t reflect.Type, most int64) (low, high int64) {
	if t.Kind() >= reflect.Uint {
		return 0, 1<<t.Bits() - 1
	}
	if low, high = int64(-1)<<(t.Bits()-1), int64(1)<<(t.Bits()-1)-1; high > most {
		return -most, most
	}
	return low, high
}

// fails is an expression that ends the statement with [ErrOutOfRange].
func fails(column string, t reflect.Type) string {
	return raise(rangeMark, column+" is of type "+t.String())
}

// raise is an expression that ends the statement with the error of a mark. The only error
// that an expression can raise with a text of its own is the one about a JSON path.
func raise(mark, what string) string {
	return "json_extract('{}', '" + strings.ReplaceAll(mark+what, "'", "''") + "')"
}

// The marks begin the messages that stand for errors.
const (
	rangeMark   = "drey: out of range: "
	staleMark   = "drey: stale: "
	deletedMark = "drey: deleted: "
	tenantMark  = "drey: another tenant: "
)

var marks = []struct {
	mark string
	err  error
}{{rangeMark, ErrOutOfRange}, {staleMark, ErrStale}, {deletedMark, ErrDeleted}, {tenantMark, ErrTenant}}

// raised returns the error that err stands for, if it is one of [raise], and else err.
func raised(err error) error {
	if err == nil {
		return nil
	}
	for _, m := range marks {
		if _, what, ok := strings.Cut(err.Error(), m.mark); ok {
			what, _, _ = strings.Cut(what, "'")
			return fmt.Errorf("%w: %s", m.err, what)
		}
	}
	return err
}
