package drey

import (
	"database/sql"
	"reflect"
)

// NamedTextColumn is a [TextColumn] whose values have a named type of text.
type NamedTextColumn[S any, T ~string] struct {
	at[S]
	CommonOperators[S, T]
	OrderOperators[S, T]
	TextOperators[S]
}

// NullNamedTextColumn is a [NamedTextColumn] that may be NULL.
type NullNamedTextColumn[S any, T ~string] struct {
	at[S]
	CommonOperators[S, T]
	OrderOperators[S, T]
	TextOperators[S]
	NullOperators[S]
}

func (*NamedTextColumn[S, T]) values(T, T)               {}
func (*NullNamedTextColumn[S, T]) values(T, sql.Null[T]) {}

// NewNamedTextColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNamedTextColumn[S any, T ~string](r *Relation, col uint16) *NamedTextColumn[S, T] {
	on := &operand{rel: r, col: col}
	return &NamedTextColumn[S, T]{
		at[S]{on: on, can: canOrder | canMatch, of: reflect.TypeFor[T]()}, commonOperators[S, T](on), orderOperators[S, T](on), textOperators[S](on),
	}
}

// NewNullNamedTextColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNullNamedTextColumn[S any, T ~string](r *Relation, col uint16) *NullNamedTextColumn[S, T] {
	on := &operand{rel: r, col: col}
	return &NullNamedTextColumn[S, T]{
		at[S]{on: on, can: canOrder | canMatch | canBeNull, of: reflect.TypeFor[T]()}, commonOperators[S, T](on), orderOperators[S, T](on),
		textOperators[S](on), nullOperators[S](on),
	}
}
