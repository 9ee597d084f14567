package runtime

import "strings"

// Column is a handle on a column of source S with values of type T. A nullable
// column has the bare type here and, in its handle's type, IsNull.
//
// A comparison with a NULL in the column is neither true nor false, so such a
// row is found by IsNull alone, not by NotEq or NotIn.
type Column[S, T any] struct {
	rel *relation
	col uint16
}

func (c Column[S, T]) compare(o op, v T) Predicate[S] {
	return Predicate[S]{node{rel: c.rel, col: c.col, op: o, vals: [2]any{v}}}
}

// Eq holds where the column equals v.
func (c Column[S, T]) Eq(v T) Predicate[S] { return c.compare(opEq, v) }

// NotEq holds where the column has a value other than v.
func (c Column[S, T]) NotEq(v T) Predicate[S] { return c.compare(opNotEq, v) }

// In holds where the column equals one of the values; without values it never
// does.
func (c Column[S, T]) In(values ...T) Predicate[S] {
	if len(values) == 0 {
		return Predicate[S]{node{op: opNever}}
	}
	return c.list(opIn, values)
}

// NotIn holds where the column has a value that is none of these. Without
// values it is [ErrEmptyNotIn] when the query runs.
func (c Column[S, T]) NotIn(values ...T) Predicate[S] {
	if len(values) == 0 {
		return invalid[S](ErrEmptyNotIn)
	}
	return c.list(opNotIn, values)
}

func (c Column[S, T]) list(o op, values []T) Predicate[S] {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return Predicate[S]{node{rel: c.rel, col: c.col, op: o, list: list}}
}

// Asc orders by the column, smallest first. SQLite puts NULL before every
// value.
func (c Column[S, T]) Asc() Ordering[S] { return Ordering[S]{rel: c.rel, col: c.col} }

// Desc orders by the column, largest first. SQLite puts NULL after every value.
func (c Column[S, T]) Desc() Ordering[S] { return Ordering[S]{rel: c.rel, col: c.col, how: descending} }

func (c Column[S, T]) null(o op) Predicate[S] {
	return Predicate[S]{node{rel: c.rel, col: c.col, op: o}}
}

// OrderedColumn is a handle on a column whose values have an order.
type OrderedColumn[S, T any] struct{ Column[S, T] }

// Gt holds where the column is greater than v.
func (c OrderedColumn[S, T]) Gt(v T) Predicate[S] { return c.compare(opGt, v) }

// Gte holds where the column is v or greater.
func (c OrderedColumn[S, T]) Gte(v T) Predicate[S] { return c.compare(opGte, v) }

// Lt holds where the column is less than v.
func (c OrderedColumn[S, T]) Lt(v T) Predicate[S] { return c.compare(opLt, v) }

// Lte holds where the column is v or less.
func (c OrderedColumn[S, T]) Lte(v T) Predicate[S] { return c.compare(opLte, v) }

// Between holds where the column is from low to high, both included.
func (c OrderedColumn[S, T]) Between(low, high T) Predicate[S] {
	return Predicate[S]{node{rel: c.rel, col: c.col, op: opBetween, vals: [2]any{low, high}}}
}

// TextColumn is a handle on a column of text.
//
// Its patterns are SQLite's LIKE: the case of ASCII letters is ignored, that
// of others is not.
type TextColumn[S any, T ~string] struct{ OrderedColumn[S, T] }

// Like holds where the column matches the pattern, in which % stands for any
// text and _ for any one character.
func (c TextColumn[S, T]) Like(pattern string) Predicate[S] { return c.like(opLike, pattern) }

// Contains holds where text occurs in the column. % and _ in it stand for
// themselves.
func (c TextColumn[S, T]) Contains(text string) Predicate[S] {
	return c.like(opLikeEscaped, "%"+likeEscaper.Replace(text)+"%")
}

// HasPrefix holds where the column begins with text. % and _ in it stand for
// themselves.
func (c TextColumn[S, T]) HasPrefix(text string) Predicate[S] {
	return c.like(opLikeEscaped, likeEscaper.Replace(text)+"%")
}

// HasSuffix holds where the column ends with text. % and _ in it stand for
// themselves.
func (c TextColumn[S, T]) HasSuffix(text string) Predicate[S] {
	return c.like(opLikeEscaped, "%"+likeEscaper.Replace(text))
}

func (c TextColumn[S, T]) like(o op, pattern string) Predicate[S] {
	return Predicate[S]{node{rel: c.rel, col: c.col, op: o, vals: [2]any{pattern}}}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// NullColumn is a [Column] that may be NULL.
type NullColumn[S, T any] struct{ Column[S, T] }

// IsNull holds where the column is NULL.
func (c NullColumn[S, T]) IsNull() Predicate[S] { return c.null(opIsNull) }

// IsNotNull holds where the column has a value.
func (c NullColumn[S, T]) IsNotNull() Predicate[S] { return c.null(opIsNotNull) }

// NullOrderedColumn is an [OrderedColumn] that may be NULL.
type NullOrderedColumn[S, T any] struct{ OrderedColumn[S, T] }

// IsNull holds where the column is NULL.
func (c NullOrderedColumn[S, T]) IsNull() Predicate[S] { return c.null(opIsNull) }

// IsNotNull holds where the column has a value.
func (c NullOrderedColumn[S, T]) IsNotNull() Predicate[S] { return c.null(opIsNotNull) }

// NullTextColumn is a [TextColumn] that may be NULL.
type NullTextColumn[S any, T ~string] struct{ TextColumn[S, T] }

// IsNull holds where the column is NULL.
func (c NullTextColumn[S, T]) IsNull() Predicate[S] { return c.null(opIsNull) }

// IsNotNull holds where the column has a value.
func (c NullTextColumn[S, T]) IsNotNull() Predicate[S] { return c.null(opIsNotNull) }

// What generated code makes its handles with: the column of that number of a
// relation.

func equalColumn[S, T any](r *relation, col uint16) Column[S, T] { return Column[S, T]{r, col} }

func orderedColumn[S, T any](r *relation, col uint16) OrderedColumn[S, T] {
	return OrderedColumn[S, T]{Column[S, T]{r, col}}
}

func textColumn[S any, T ~string](r *relation, col uint16) TextColumn[S, T] {
	return TextColumn[S, T]{OrderedColumn[S, T]{Column[S, T]{r, col}}}
}

func nullColumn[S, T any](r *relation, col uint16) NullColumn[S, T] {
	return NullColumn[S, T]{Column[S, T]{r, col}}
}

func nullOrderedColumn[S, T any](r *relation, col uint16) NullOrderedColumn[S, T] {
	return NullOrderedColumn[S, T]{OrderedColumn[S, T]{Column[S, T]{r, col}}}
}

func nullTextColumn[S any, T ~string](r *relation, col uint16) NullTextColumn[S, T] {
	return NullTextColumn[S, T]{TextColumn[S, T]{OrderedColumn[S, T]{Column[S, T]{r, col}}}}
}
