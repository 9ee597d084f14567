package drey

import (
	"database/sql"
	"reflect"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Expression is what SQL computes for each row of source S. It is a [Handle], as a
// column is: it can be compared, ordered by, projected, summed up and grouped, and
// functions make further expressions of it. The values are of type T; V is T, or
// sql.Null[T] if the value may be NULL.
//
// What takes two handles wants both of one V. [Nullable] and [NotNull] make them alike.
type Expression[S, T, V any] struct{ at *at[S] } // a pointer, so that it is a Handle without being copied to the heap

func (e Expression[S, T, V]) place() *at[S] { return e.at }
func (Expression[S, T, V]) values(T, V)     {}

func (e Expression[S, T, V]) in(s scope) (string, []any, error) { return e.at.on.render(s) }

// Eq holds where the value equals v.
func (e Expression[S, T, V]) Eq(v T) Predicate[S] { return compare[S](e.at.on, opEq, v) }

// NotEq holds where the value is another than v.
func (e Expression[S, T, V]) NotEq(v T) Predicate[S] { return compare[S](e.at.on, opNotEq, v) }

// In is [CommonOperators.In].
func (e Expression[S, T, V]) In(values ...T) Predicate[S] { return among[S](e.at.on, values) }

// NotIn is [CommonOperators.NotIn].
func (e Expression[S, T, V]) NotIn(values ...T) Predicate[S] { return notAmong[S](e.at.on, values) }

// Gt holds where the value is greater than v.
func (e Expression[S, T, V]) Gt(v T) Predicate[S] { return compare[S](e.at.on, opGt, v) }

// Gte holds where the value is v or greater.
func (e Expression[S, T, V]) Gte(v T) Predicate[S] { return compare[S](e.at.on, opGte, v) }

// Lt holds where the value is less than v.
func (e Expression[S, T, V]) Lt(v T) Predicate[S] { return compare[S](e.at.on, opLt, v) }

// Lte holds where the value is v or less.
func (e Expression[S, T, V]) Lte(v T) Predicate[S] { return compare[S](e.at.on, opLte, v) }

// Between holds where the value is from low to high, both included.
func (e Expression[S, T, V]) Between(low, high T) Predicate[S] {
	return between[S](e.at.on, low, high)
}

// Asc orders by the value, smallest first.
func (e Expression[S, T, V]) Asc() Ordering[S] { return Ordering[S]{on: *e.at.on} }

// Desc orders by the value, largest first.
func (e Expression[S, T, V]) Desc() Ordering[S] { return Ordering[S]{on: *e.at.on, how: descending} }

// expressed is an operand as an expression.
func expressed[S, T, V any](on *operand) Expression[S, T, V] {
	e := Expression[S, T, V]{&at[S]{on: on, of: reflect.TypeFor[T](), can: canOrder}}
	if e.at.of.Kind() == reflect.String {
		e.at.can |= canMatch
	}
	if on.nullable() {
		e.at.can |= canBeNull
	}
	return e
}

// Of is a constant beside a handle, of its type.
func Of[S, T, V any](beside Handle[S, T, V], v T) Expression[S, T, V] {
	o := beside.place().on.constant(v)
	return expressed[S, T, V](&o)
}

// Nullable is the same value, as one that may be NULL.
func Nullable[S, T any](h Handle[S, T, T]) Expression[S, T, sql.Null[T]] {
	return expressed[S, T, sql.Null[T]](h.place().on.as(true))
}

// NotNull is the same value, as one that is not NULL in the rows of the query. Where it
// is after all, reading it is an error.
func NotNull[S, T any](h Handle[S, T, sql.Null[T]]) Expression[S, T, T] {
	return expressed[S, T, T](h.place().on.as(false))
}

// as is the operand, with or without NULL.
func (o *operand) as(nullable bool) *operand {
	return o.with(o, nullable)
}

// IsNull holds where the value is NULL.
func IsNull[S, T any](h Handle[S, T, sql.Null[T]]) Predicate[S] {
	return compare[S](h.place().on, opIsNull, nil)
}

// IsNotNull holds where there is a value.
func IsNotNull[S, T any](h Handle[S, T, sql.Null[T]]) Predicate[S] {
	return compare[S](h.place().on, opIsNotNull, nil)
}

// Like is [TextOperators.Like], of any text.
func Like[S any, T ~string, V any](text Handle[S, T, V], pattern string) Predicate[S] {
	return likeText[S](text.place().on, pattern)
}

// Glob holds where the text matches the pattern: text GLOB pattern. In it * stands for
// any text, ? for any one character, [a-z] for one of a range and [^a-z] for one outside.
// Unlike Like it tells the cases of letters apart. A pattern is [ErrPattern] as one of
// Like is.
func Glob[S any, T ~string, V any](text Handle[S, T, V], pattern string) Predicate[S] {
	return globText[S](text.place().on, pattern)
}

// Contains is [TextOperators.Contains], of any text.
func Contains[S any, T ~string, V any](text Handle[S, T, V], part string) Predicate[S] {
	return containsText[S](text.place().on, part)
}

// HasPrefix is [TextOperators.HasPrefix], of any text.
func HasPrefix[S any, T ~string, V any](text Handle[S, T, V], prefix string) Predicate[S] {
	return prefixText[S](text.place().on, prefix)
}

// HasSuffix is [TextOperators.HasSuffix], of any text.
func HasSuffix[S any, T ~string, V any](text Handle[S, T, V], suffix string) Predicate[S] {
	return suffixText[S](text.place().on, suffix)
}

// Eq holds where both are equal.
func Eq[S, T, V, W any](a Handle[S, T, V], b Handle[S, T, W]) Predicate[S] {
	return compared[S](a.place().on, "=", b.place().on)
}

// NotEq holds where both have values, and they differ.
func NotEq[S, T, V, W any](a Handle[S, T, V], b Handle[S, T, W]) Predicate[S] {
	return compared[S](a.place().on, "<>", b.place().on)
}

// Gt holds where a is greater than b.
func Gt[S, T, V, W any](a Handle[S, T, V], b Handle[S, T, W]) Predicate[S] {
	return compared[S](a.place().on, ">", b.place().on)
}

// Gte holds where a is b or greater.
func Gte[S, T, V, W any](a Handle[S, T, V], b Handle[S, T, W]) Predicate[S] {
	return compared[S](a.place().on, ">=", b.place().on)
}

// Lt holds where a is less than b.
func Lt[S, T, V, W any](a Handle[S, T, V], b Handle[S, T, W]) Predicate[S] {
	return compared[S](a.place().on, "<", b.place().on)
}

// Lte holds where a is b or less.
func Lte[S, T, V, W any](a Handle[S, T, V], b Handle[S, T, W]) Predicate[S] {
	return compared[S](a.place().on, "<=", b.place().on)
}

// Distinct holds where the values differ, NULL being a value like others: a IS
// DISTINCT FROM b.
func Distinct[S, T, V, W any](a Handle[S, T, V], b Handle[S, T, W]) Predicate[S] {
	return compared[S](a.place().on, "IS NOT", b.place().on)
}

func compared[S any](a *operand, sign string, b *operand) Predicate[S] {
	if a.dated() != b.dated() {
		return invalid[S](sqldriver.ErrDateAndTime)
	}
	return Predicate[S]{node{op: opTerm, vals: [2]any{&call{fn: fnCompare, of: []operand{*a, *b}, text: sign}}}}
}

// SetTo gives a column the value of another handle in an Update. A value outside of
// the range of T, or one that is not finite, is [ErrOutOfRange].
func SetTo[S, T, V any](column Target[S, T, V], value Handle[S, T, V]) Assignment[S] {
	c, v := column.place().on, value.place().on
	if c.dated() != v.dated() {
		return Assignment[S]{assignment{on: *c, how: assignError, value: sqldriver.ErrDateAndTime}}
	}
	return Assignment[S]{assignment{on: *c, how: assignTerm, value: &computed{*v, *c, reflect.TypeFor[T]()}}}
}

// Target is a [Handle] on a column that can be assigned to, see [AnyTarget].
type Target[S, T, V any] interface {
	Handle[S, T, V]
	AnyTarget[S]
}
