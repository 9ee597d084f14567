package drey

import "database/sql"

// NamedTextColumn is a [TextColumn] whose values have a named type of text.
type NamedTextColumn[S any, T ~string] struct {
	expr[S, T, T]
	CommonOperators[S, T]
	OrderOperators[S, T]
	TextOperators[S]
}

// NullNamedTextColumn is a [NamedTextColumn] that may be NULL.
type NullNamedTextColumn[S any, T ~string] struct {
	expr[S, T, sql.Null[T]]
	CommonOperators[S, T]
	OrderOperators[S, T]
	TextOperators[S]
	NullOperators[S]
}

func (c *NamedTextColumn[S, T]) handle() expr[S, T, T]               { return c.expr }
func (c *NullNamedTextColumn[S, T]) handle() expr[S, T, sql.Null[T]] { return c.expr }

func (c *NamedTextColumn[S, T]) place() place[S] { return erase(c.expr, canOrder|canMatch) }
func (c *NullNamedTextColumn[S, T]) place() place[S] {
	return erase(c.expr, canOrder|canMatch|canBeNull)
}

// NewNamedTextColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNamedTextColumn[S any, T ~string](r *Relation, col uint16) *NamedTextColumn[S, T] {
	return &NamedTextColumn[S, T]{
		expr[S, T, T]{rel: r, col: col}, commonOperators[S, T](r, col), orderOperators[S, T](r, col), textOperators[S](r, col),
	}
}

// NewNullNamedTextColumn returns the handle on column number col of a relation.
//
//go:noinline
func NewNullNamedTextColumn[S any, T ~string](r *Relation, col uint16) *NullNamedTextColumn[S, T] {
	return &NullNamedTextColumn[S, T]{
		expr[S, T, sql.Null[T]]{rel: r, col: col}, commonOperators[S, T](r, col), orderOperators[S, T](r, col),
		textOperators[S](r, col), nullOperators[S](r, col),
	}
}
