package runtime

import "strings"

// Column is a handle on a column of source S with values of type T. A nullable
// column has the bare type here and, in its handle's type, IsNull.
//
// A comparison with a NULL in the column is neither true nor false, so such a
// row is found by IsNull alone, not by NotEq or NotIn.
//
// A project has thousands of these types, one for each source and type of
// value, and the compiler makes all methods of each. So the methods have pointer
// receivers, which need no second copy for values, are not inlined into their
// own wrappers, and leave the work to functions that exist once: it is the time
// that a project takes to build.
type Column[S, T any] struct {
	rel *relation
	col int // index into rel.columns
}

func compare(r *relation, col int, o op, v any) node {
	return node{rel: r, col: uint16(col), op: o, vals: [2]any{v}}
}

// Eq holds where the column equals v.
//
//go:noinline
func (c *Column[S, T]) Eq(v T) Predicate[S] { return Predicate[S]{compare(c.rel, c.col, opEq, v)} }

// NotEq holds where the column has a value other than v.
//
//go:noinline
func (c *Column[S, T]) NotEq(v T) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opNotEq, v)}
}

// In holds where the column equals one of the values; without values it never
// does.
//
//go:noinline
func (c *Column[S, T]) In(values ...T) Predicate[S] {
	if len(values) == 0 {
		return Predicate[S]{node{op: opNever}}
	}
	return Predicate[S]{node{rel: c.rel, col: uint16(c.col), op: opIn, list: listOf(values)}}
}

// NotIn holds where the column has a value that is none of these. Without
// values it is [ErrEmptyNotIn] when the query runs.
//
//go:noinline
func (c *Column[S, T]) NotIn(values ...T) Predicate[S] {
	if len(values) == 0 {
		return invalid[S](ErrEmptyNotIn)
	}
	return Predicate[S]{node{rel: c.rel, col: uint16(c.col), op: opNotIn, list: listOf(values)}}
}

// Asc orders by the column, smallest first. SQLite puts NULL before every
// value.
//
//go:noinline
func (c *Column[S, T]) Asc() Ordering[S] { return Ordering[S]{rel: c.rel, col: uint16(c.col)} }

// Desc orders by the column, largest first. SQLite puts NULL after every value.
//
//go:noinline
func (c *Column[S, T]) Desc() Ordering[S] {
	return Ordering[S]{rel: c.rel, col: uint16(c.col), how: descending}
}

// OrderedColumn is a handle on a column whose values have an order.
type OrderedColumn[S, T any] struct{ Column[S, T] }

// Gt holds where the column is greater than v.
//
//go:noinline
func (c *OrderedColumn[S, T]) Gt(v T) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opGt, v)}
}

// Gte holds where the column is v or greater.
//
//go:noinline
func (c *OrderedColumn[S, T]) Gte(v T) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opGte, v)}
}

// Lt holds where the column is less than v.
//
//go:noinline
func (c *OrderedColumn[S, T]) Lt(v T) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opLt, v)}
}

// Lte holds where the column is v or less.
//
//go:noinline
func (c *OrderedColumn[S, T]) Lte(v T) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opLte, v)}
}

// Between holds where the column is from low to high, both included.
//
//go:noinline
func (c *OrderedColumn[S, T]) Between(low, high T) Predicate[S] {
	return Predicate[S]{node{rel: c.rel, col: uint16(c.col), op: opBetween, vals: [2]any{low, high}}}
}

// TextColumn is a handle on a column of text.
//
// Its patterns are SQLite's LIKE: the case of ASCII letters is ignored, that
// of others is not.
type TextColumn[S any, T ~string] struct{ OrderedColumn[S, T] }

// Like holds where the column matches the pattern, in which % stands for any
// text and _ for any one character.
//
//go:noinline
func (c *TextColumn[S, T]) Like(pattern string) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opLike, pattern)}
}

// Contains holds where text occurs in the column. % and _ in it stand for
// themselves.
//
//go:noinline
func (c *TextColumn[S, T]) Contains(text string) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opLikeEscaped, "%"+likeEscaper.Replace(text)+"%")}
}

// HasPrefix holds where the column begins with text. % and _ in it stand for
// themselves.
//
//go:noinline
func (c *TextColumn[S, T]) HasPrefix(text string) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opLikeEscaped, likeEscaper.Replace(text)+"%")}
}

// HasSuffix holds where the column ends with text. % and _ in it stand for
// themselves.
//
//go:noinline
func (c *TextColumn[S, T]) HasSuffix(text string) Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opLikeEscaped, "%"+likeEscaper.Replace(text))}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// NullColumn is a [Column] that may be NULL.
type NullColumn[S, T any] struct{ Column[S, T] }

// IsNull holds where the column is NULL.
//
//go:noinline
func (c *NullColumn[S, T]) IsNull() Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opIsNull, nil)}
}

// IsNotNull holds where the column has a value.
//
//go:noinline
func (c *NullColumn[S, T]) IsNotNull() Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opIsNotNull, nil)}
}

// NullOrderedColumn is an [OrderedColumn] that may be NULL.
type NullOrderedColumn[S, T any] struct{ OrderedColumn[S, T] }

// IsNull holds where the column is NULL.
//
//go:noinline
func (c *NullOrderedColumn[S, T]) IsNull() Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opIsNull, nil)}
}

// IsNotNull holds where the column has a value.
//
//go:noinline
func (c *NullOrderedColumn[S, T]) IsNotNull() Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opIsNotNull, nil)}
}

// NullTextColumn is a [TextColumn] that may be NULL.
type NullTextColumn[S any, T ~string] struct{ TextColumn[S, T] }

// IsNull holds where the column is NULL.
//
//go:noinline
func (c *NullTextColumn[S, T]) IsNull() Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opIsNull, nil)}
}

// IsNotNull holds where the column has a value.
//
//go:noinline
func (c *NullTextColumn[S, T]) IsNotNull() Predicate[S] {
	return Predicate[S]{compare(c.rel, c.col, opIsNotNull, nil)}
}

// What generated code makes its handles with: the column of that number of a
// relation.

func equalColumn[S, T any](r *relation, col int) Column[S, T] { return Column[S, T]{r, col} }

func orderedColumn[S, T any](r *relation, col int) OrderedColumn[S, T] {
	return OrderedColumn[S, T]{Column[S, T]{r, col}}
}

func textColumn[S any, T ~string](r *relation, col int) TextColumn[S, T] {
	return TextColumn[S, T]{OrderedColumn[S, T]{Column[S, T]{r, col}}}
}

func nullColumn[S, T any](r *relation, col int) NullColumn[S, T] {
	return NullColumn[S, T]{Column[S, T]{r, col}}
}

func nullOrderedColumn[S, T any](r *relation, col int) NullOrderedColumn[S, T] {
	return NullOrderedColumn[S, T]{OrderedColumn[S, T]{Column[S, T]{r, col}}}
}

func nullTextColumn[S any, T ~string](r *relation, col int) NullTextColumn[S, T] {
	return NullTextColumn[S, T]{TextColumn[S, T]{OrderedColumn[S, T]{Column[S, T]{r, col}}}}
}
