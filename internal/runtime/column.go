package drey

import (
	"database/sql"
	"reflect"
)

// A column handle is made of operators, which are functions in fields, not
// methods. A project has thousands of handle types, one for each source and
// type of value. The compiler makes every method of each of them, but it makes
// a function literal once for all sources: packages build in a third of the
// time.

// Column is a handle on a column of source S with values of type T. If the
// column may be NULL, T is the type without NULL, and the handle is a
// [NullColumn].
type Column[S, T any] struct {
	at[S]
	CommonOperators[S, T]
}

// OrderedColumn is a handle on a column whose values have an order.
type OrderedColumn[S, T any] struct {
	at[S]
	CommonOperators[S, T]
	OrderOperators[S, T]
}

// NumberColumn is a handle on a column of numbers.
type NumberColumn[S any, T Numeric] struct {
	at[S]
	CommonOperators[S, T]
	OrderOperators[S, T]
	NumberOperators[S, T]
}

// TextColumn is a handle on a column of text.
type TextColumn[S any] struct {
	at[S]
	CommonOperators[S, string]
	OrderOperators[S, string]
	TextOperators[S]
}

// NullColumn is a [Column] that may be NULL.
type NullColumn[S, T any] struct {
	at[S]
	CommonOperators[S, T]
	NullOperators[S]
}

// NullOrderedColumn is an [OrderedColumn] that may be NULL.
type NullOrderedColumn[S, T any] struct {
	at[S]
	CommonOperators[S, T]
	OrderOperators[S, T]
	NullOperators[S]
}

// NullNumberColumn is a [NumberColumn] that may be NULL.
type NullNumberColumn[S any, T Numeric] struct {
	at[S]
	CommonOperators[S, T]
	OrderOperators[S, T]
	NumberOperators[S, T]
	NullOperators[S]
}

// NullTextColumn is a [TextColumn] that may be NULL.
type NullTextColumn[S any] struct {
	at[S]
	CommonOperators[S, string]
	OrderOperators[S, string]
	TextOperators[S]
	NullOperators[S]
}

// Handle is a column or an [Expression] of source S with values of type T. V is the
// type that a read gives: T, or sql.Null[T] if it may be NULL.
type Handle[S, T, V any] interface {
	place() *at[S]
	values(T, V) // does nothing: its types are what it says
}

// AnyHandle is any column or [Expression] of source S.
type AnyHandle[S any] interface {
	place() *at[S]
}

// AnyColumn is any column of source S.
type AnyColumn[S any] interface {
	AnyHandle[S]
	column()
}

// AnyTarget is any column of source S that can be assigned to. A generated column is not
// one: see [ComputedColumn].
type AnyTarget[S any] interface {
	AnyColumn[S]
	assignable()
}

// at is what a handle is for.
type at[S any] struct {
	on  *operand // not embedded: the compiler would make its methods for each source
	can filterable
	of  reflect.Type // of its values, without NULL
	_   [0]func()    // not comparable, which spares a function for each source
}

func (a *at[S]) place() *at[S] { return a }
func (*at[S]) column()         {}
func (*at[S]) assignable()     {}

func (a *at[S]) in(s scope) (string, []any, error) { return a.on.render(s) }

func (*Column[S, T]) values(T, T)                          {}
func (*OrderedColumn[S, T]) values(T, T)                   {}
func (*NumberColumn[S, T]) values(T, T)                    {}
func (*TextColumn[S]) values(string, string)               {}
func (*NullColumn[S, T]) values(T, sql.Null[T])            {}
func (*NullOrderedColumn[S, T]) values(T, sql.Null[T])     {}
func (*NullNumberColumn[S, T]) values(T, sql.Null[T])      {}
func (*NullTextColumn[S]) values(string, sql.Null[string]) {}

// Numeric is what SQLite can add.
type Numeric interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~float32 | ~float64
}

// CommonOperators are the operators of every column.
//
// A comparison with a NULL in the column is neither true nor false. So only
// IsNull finds such a row; NotEq and NotIn do not.
type CommonOperators[S, T any] struct {
	// Eq holds where the column equals v.
	Eq func(v T) Predicate[S]
	// NotEq holds where the column has a value other than v.
	NotEq func(v T) Predicate[S]
	// In holds where the column equals one of the values. Without values it never
	// holds.
	In func(values ...T) Predicate[S]
	// NotIn holds where the column has a value other than all of these. Without
	// values it is [ErrEmptyNotIn] when the query runs.
	NotIn func(values ...T) Predicate[S]
	// Asc orders by the column, smallest first. SQLite puts NULL before every
	// value.
	Asc func() Ordering[S]
	// Desc orders by the column, largest first. SQLite puts NULL after every
	// value.
	Desc func() Ordering[S]
	// Set gives the column a value in an Update.
	Set func(v T) Assignment[S]
	// SetDefault gives the column its default in an Update, or NULL if it does not
	// have one.
	SetDefault func() Assignment[S]
}

func commonOperators[S, T any](on *operand) CommonOperators[S, T] {
	return CommonOperators[S, T]{
		Eq:         func(v T) Predicate[S] { return compare[S](on, opEq, v) },
		NotEq:      func(v T) Predicate[S] { return compare[S](on, opNotEq, v) },
		In:         func(values ...T) Predicate[S] { return among[S](on, values) },
		NotIn:      func(values ...T) Predicate[S] { return notAmong[S](on, values) },
		Asc:        func() Ordering[S] { return Ordering[S]{on: *on} },
		Desc:       func() Ordering[S] { return Ordering[S]{on: *on, how: descending} },
		Set:        func(v T) Assignment[S] { return assigned[S](on, assignValue, v) },
		SetDefault: func() Assignment[S] { return assigned[S](on, assignDefault, nil) },
	}
}

// OrderOperators are the operators of a column whose values have an order.
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

func orderOperators[S, T any](on *operand) OrderOperators[S, T] {
	return OrderOperators[S, T]{
		Gt:      func(v T) Predicate[S] { return compare[S](on, opGt, v) },
		Gte:     func(v T) Predicate[S] { return compare[S](on, opGte, v) },
		Lt:      func(v T) Predicate[S] { return compare[S](on, opLt, v) },
		Lte:     func(v T) Predicate[S] { return compare[S](on, opLte, v) },
		Between: func(low, high T) Predicate[S] { return between[S](on, low, high) },
	}
}

// TextOperators are the operators of a column of text. Like SQLite's LIKE they
// ignore the case of ASCII letters, but not of others. A text that is not valid
// UTF-8 is [ErrPattern] when the query runs.
type TextOperators[S any] struct {
	// Like holds where the column matches the pattern. In it % stands for any
	// text and _ for any one character. A pattern is [ErrPattern] if it has a
	// NUL, U+FFFD, U+FFFE or U+FFFF in it, or more than 50,000 bytes. A text in
	// the column that is not valid UTF-8 is read as LIKE reads it.
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

func textOperators[S any](on *operand) TextOperators[S] {
	return TextOperators[S]{
		Like:      func(pattern string) Predicate[S] { return likeText[S](on, pattern) },
		Contains:  func(text string) Predicate[S] { return containsText[S](on, text) },
		HasPrefix: func(text string) Predicate[S] { return prefixText[S](on, text) },
		HasSuffix: func(text string) Predicate[S] { return suffixText[S](on, text) },
	}
}

// NullOperators are the operators of a column that may be NULL.
type NullOperators[S any] struct {
	// IsNull holds where the column is NULL.
	IsNull func() Predicate[S]
	// IsNotNull holds where the column has a value.
	IsNotNull func() Predicate[S]
	// SetNull makes the column NULL in an Update.
	SetNull func() Assignment[S]
}

func nullOperators[S any](on *operand) NullOperators[S] {
	return NullOperators[S]{
		IsNull:    func() Predicate[S] { return compare[S](on, opIsNull, nil) },
		IsNotNull: func() Predicate[S] { return compare[S](on, opIsNotNull, nil) },
		SetNull:   func() Assignment[S] { return assigned[S](on, assignValue, nil) },
	}
}

// NumberOperators are the operators of a column of numbers.
type NumberOperators[S, T any] struct {
	// Add adds v to the column in an Update. A NULL stays NULL. If a sum is
	// outside the range of T, or not finite, the error is [ErrOutOfRange].
	Add func(v T) Assignment[S]
}

func numberOperators[S, T any](on *operand) NumberOperators[S, T] {
	return NumberOperators[S, T]{
		Add: func(v T) Assignment[S] { return assigned[S](on, assignSum, v) },
	}
}

func assigned[S any](on *operand, how assign, v any) Assignment[S] {
	return Assignment[S]{assignment{on: *on, how: how, value: on.bind(v)}}
}

func compare[S any](on *operand, o op, v any) Predicate[S] {
	return Predicate[S]{node{on: *on, op: o, vals: [2]any{on.bind(v)}}}
}

func among[S, T any](on *operand, values []T) Predicate[S] {
	if len(values) == 0 {
		return Predicate[S]{node{op: opNever}}
	}
	return Predicate[S]{node{on: *on, op: opIn, list: on.bindList(ListOf(values))}}
}

func notAmong[S, T any](on *operand, values []T) Predicate[S] {
	if len(values) == 0 {
		return invalid[S](ErrEmptyNotIn)
	}
	return Predicate[S]{node{on: *on, op: opNotIn, list: on.bindList(ListOf(values))}}
}

func between[S any](on *operand, low, high any) Predicate[S] {
	return Predicate[S]{node{on: *on, op: opBetween, vals: [2]any{on.bind(low), on.bind(high)}}}
}

// Generated code makes its handles with the functions below.

// NewColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewColumn[S, T any](r *Relation, col uint16) *Column[S, T] {
	on := &operand{rel: r, col: col}
	return &Column[S, T]{at[S]{on: on, of: reflect.TypeFor[T]()}, commonOperators[S, T](on)}
}

// NewOrderedColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewOrderedColumn[S, T any](r *Relation, col uint16) *OrderedColumn[S, T] {
	on := &operand{rel: r, col: col}
	return &OrderedColumn[S, T]{at[S]{on: on, can: canOrder, of: reflect.TypeFor[T]()}, commonOperators[S, T](on), orderOperators[S, T](on)}
}

// NewNumberColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNumberColumn[S any, T Numeric](r *Relation, col uint16) *NumberColumn[S, T] {
	on := &operand{rel: r, col: col}
	return &NumberColumn[S, T]{
		at[S]{on: on, can: canOrder, of: reflect.TypeFor[T]()}, commonOperators[S, T](on), orderOperators[S, T](on),
		numberOperators[S, T](on),
	}
}

// NewTextColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewTextColumn[S any](r *Relation, col uint16) *TextColumn[S] {
	on := &operand{rel: r, col: col}
	return &TextColumn[S]{
		at[S]{on: on, can: canOrder | canMatch, of: reflect.TypeFor[string]()}, commonOperators[S, string](on), orderOperators[S, string](on),
		textOperators[S](on),
	}
}

// NewNullColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNullColumn[S, T any](r *Relation, col uint16) *NullColumn[S, T] {
	on := &operand{rel: r, col: col}
	return &NullColumn[S, T]{at[S]{on: on, can: canBeNull, of: reflect.TypeFor[T]()}, commonOperators[S, T](on), nullOperators[S](on)}
}

// NewNullOrderedColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNullOrderedColumn[S, T any](r *Relation, col uint16) *NullOrderedColumn[S, T] {
	on := &operand{rel: r, col: col}
	return &NullOrderedColumn[S, T]{
		at[S]{on: on, can: canOrder | canBeNull, of: reflect.TypeFor[T]()}, commonOperators[S, T](on), orderOperators[S, T](on),
		nullOperators[S](on),
	}
}

// NewNullNumberColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNullNumberColumn[S any, T Numeric](r *Relation, col uint16) *NullNumberColumn[S, T] {
	on := &operand{rel: r, col: col}
	return &NullNumberColumn[S, T]{
		at[S]{on: on, can: canOrder | canBeNull, of: reflect.TypeFor[T]()}, commonOperators[S, T](on), orderOperators[S, T](on),
		numberOperators[S, T](on), nullOperators[S](on),
	}
}

// NewNullTextColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNullTextColumn[S any](r *Relation, col uint16) *NullTextColumn[S] {
	on := &operand{rel: r, col: col}
	return &NullTextColumn[S]{
		at[S]{on: on, can: canOrder | canMatch | canBeNull, of: reflect.TypeFor[string]()}, commonOperators[S, string](on),
		orderOperators[S, string](on), textOperators[S](on), nullOperators[S](on),
	}
}
