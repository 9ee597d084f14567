package runtime

import "strings"

// A column handle is made of operators, and they are functions in fields, not
// methods. A project has thousands of handle types, one for each source and
// type of value, and the compiler makes every method of every one of them, but
// a function literal once for all sources: packages build in a third of the
// time.

// Column is a handle on a column of source S with values of type T. A nullable
// column has the bare type here and, in its handle's type, IsNull.
type Column[S, T any] struct{ CommonOperators[S, T] }

// OrderedColumn is a [Column] whose values have an order.
type OrderedColumn[S, T any] struct {
	Column[S, T]
	OrderOperators[S, T]
}

// TextColumn is an [OrderedColumn] of text.
type TextColumn[S any] struct {
	OrderedColumn[S, string]
	TextOperators[S]
}

// NullColumn is a [Column] that may be NULL.
type NullColumn[S, T any] struct {
	Column[S, T]
	NullOperators[S]
}

// NullOrderedColumn is an [OrderedColumn] that may be NULL.
type NullOrderedColumn[S, T any] struct {
	OrderedColumn[S, T]
	NullOperators[S]
}

// NullTextColumn is a [TextColumn] that may be NULL.
type NullTextColumn[S any] struct {
	TextColumn[S]
	NullOperators[S]
}

// CommonOperators are those of every column.
//
// A comparison with a NULL in the column is neither true nor false, so such a
// row is found by IsNull alone, not by NotEq or NotIn.
type CommonOperators[S, T any] struct {
	// Eq holds where the column equals v.
	Eq func(v T) Predicate[S]
	// NotEq holds where the column has a value other than v.
	NotEq func(v T) Predicate[S]
	// In holds where the column equals one of the values; without values it
	// never does.
	In func(values ...T) Predicate[S]
	// NotIn holds where the column has a value that is none of these. Without
	// values it is [ErrEmptyNotIn] when the query runs.
	NotIn func(values ...T) Predicate[S]
	// Asc orders by the column, smallest first. SQLite puts NULL before every
	// value.
	Asc func() Ordering[S]
	// Desc orders by the column, largest first. SQLite puts NULL after every
	// value.
	Desc func() Ordering[S]
}

func commonOperators[S, T any](r *relation, col uint16) CommonOperators[S, T] {
	return CommonOperators[S, T]{
		Eq:    func(v T) Predicate[S] { return compare[S](r, col, opEq, v) },
		NotEq: func(v T) Predicate[S] { return compare[S](r, col, opNotEq, v) },
		In: func(values ...T) Predicate[S] {
			if len(values) == 0 {
				return Predicate[S]{node{op: opNever}}
			}
			return Predicate[S]{node{rel: r, col: col, op: opIn, list: listOf(values)}}
		},
		NotIn: func(values ...T) Predicate[S] {
			if len(values) == 0 {
				return invalid[S](ErrEmptyNotIn)
			}
			return Predicate[S]{node{rel: r, col: col, op: opNotIn, list: listOf(values)}}
		},
		Asc:  func() Ordering[S] { return Ordering[S]{rel: r, col: col} },
		Desc: func() Ordering[S] { return Ordering[S]{rel: r, col: col, how: descending} },
	}
}

// OrderOperators are those of a column whose values have an order.
type OrderOperators[S, T any] struct {
	// Gt holds where the column is greater than v.
	Gt func(v T) Predicate[S]
	// Gte holds where the column is v or greater.
	Gte func(v T) Predicate[S]
	// Lt holds where the column is less than v.
	Lt func(v T) Predicate[S]
	// Lte holds where the column is v or less.
	Lte func(v T) Predicate[S]
	// Between holds where the column is from low to high, both included.
	Between func(low, high T) Predicate[S]
}

func orderOperators[S, T any](r *relation, col uint16) OrderOperators[S, T] {
	return OrderOperators[S, T]{
		Gt:  func(v T) Predicate[S] { return compare[S](r, col, opGt, v) },
		Gte: func(v T) Predicate[S] { return compare[S](r, col, opGte, v) },
		Lt:  func(v T) Predicate[S] { return compare[S](r, col, opLt, v) },
		Lte: func(v T) Predicate[S] { return compare[S](r, col, opLte, v) },
		Between: func(low, high T) Predicate[S] {
			return Predicate[S]{node{rel: r, col: col, op: opBetween, vals: [2]any{low, high}}}
		},
	}
}

// TextOperators are those of a column of text. They are SQLite's LIKE: the case
// of ASCII letters is ignored, that of others is not.
type TextOperators[S any] struct {
	// Like holds where the column matches the pattern, in which % stands for
	// any text and _ for any one character.
	Like func(pattern string) Predicate[S]
	// Contains holds where text occurs in the column. % and _ in it stand for
	// themselves.
	Contains func(text string) Predicate[S]
	// HasPrefix holds where the column begins with text. % and _ in it stand
	// for themselves.
	HasPrefix func(text string) Predicate[S]
	// HasSuffix holds where the column ends with text. % and _ in it stand for
	// themselves.
	HasSuffix func(text string) Predicate[S]
}

func textOperators[S any](r *relation, col uint16) TextOperators[S] {
	like := func(pattern string) Predicate[S] { return compare[S](r, col, opLikeEscaped, pattern) }
	return TextOperators[S]{
		Like:      func(pattern string) Predicate[S] { return compare[S](r, col, opLike, pattern) },
		Contains:  func(text string) Predicate[S] { return like("%" + likeEscaper.Replace(text) + "%") },
		HasPrefix: func(text string) Predicate[S] { return like(likeEscaper.Replace(text) + "%") },
		HasSuffix: func(text string) Predicate[S] { return like("%" + likeEscaper.Replace(text)) },
	}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// NullOperators are those of a column that may be NULL.
type NullOperators[S any] struct {
	// IsNull holds where the column is NULL.
	IsNull func() Predicate[S]
	// IsNotNull holds where the column has a value.
	IsNotNull func() Predicate[S]
}

func nullOperators[S any](r *relation, col uint16) NullOperators[S] {
	return NullOperators[S]{
		IsNull:    func() Predicate[S] { return compare[S](r, col, opIsNull, nil) },
		IsNotNull: func() Predicate[S] { return compare[S](r, col, opIsNotNull, nil) },
	}
}

func compare[S any](r *relation, col uint16, o op, v any) Predicate[S] {
	return Predicate[S]{node{rel: r, col: col, op: o, vals: [2]any{v}}}
}

// What generated code makes its handles with: the column of that number of a
// relation.

func equalColumn[S, T any](r *relation, col uint16) *Column[S, T] {
	return &Column[S, T]{commonOperators[S, T](r, col)}
}

func orderedColumn[S, T any](r *relation, col uint16) *OrderedColumn[S, T] {
	return &OrderedColumn[S, T]{*equalColumn[S, T](r, col), orderOperators[S, T](r, col)}
}

func textColumn[S any](r *relation, col uint16) *TextColumn[S] {
	return &TextColumn[S]{*orderedColumn[S, string](r, col), textOperators[S](r, col)}
}

func nullColumn[S, T any](r *relation, col uint16) *NullColumn[S, T] {
	return &NullColumn[S, T]{*equalColumn[S, T](r, col), nullOperators[S](r, col)}
}

func nullOrderedColumn[S, T any](r *relation, col uint16) *NullOrderedColumn[S, T] {
	return &NullOrderedColumn[S, T]{*orderedColumn[S, T](r, col), nullOperators[S](r, col)}
}

func nullTextColumn[S any](r *relation, col uint16) *NullTextColumn[S] {
	return &NullTextColumn[S]{*textColumn[S](r, col), nullOperators[S](r, col)}
}
