package drey

import "github.com/Masterminds/squirrel"

// Ordering orders the rows of source S by a column or an expression. It is made by Asc and Desc
// of a column handle.
type Ordering[S any] struct {
	on  operand
	how direction
	_   [0]func() // not comparable, which spares a function for each source
}

// clause is an ordering in ORDER BY.
func clause(on operand, how direction) squirrel.Sqlizer {
	return squirrel.ConcatExpr(part{&on, scope{}}, directions[how])
}

// NullsFirst puts rows in which the column is NULL before all others.
func (o Ordering[S]) NullsFirst() Ordering[S] {
	o.how = o.how&descending | nullsFirst
	return o
}

// NullsLast puts rows in which the column is NULL after all others.
func (o Ordering[S]) NullsLast() Ordering[S] {
	o.how = o.how&descending | nullsLast
	return o
}

// direction is part of the shape key.
type direction uint8

const (
	descending direction = 1 << iota
	nullsFirst
	nullsLast
)

// directions has the SQL that follows the column.
var directions = [...]string{
	0:                       " ASC",
	descending:              " DESC",
	nullsFirst:              " ASC NULLS FIRST",
	descending | nullsFirst: " DESC NULLS FIRST",
	nullsLast:               " ASC NULLS LAST",
	descending | nullsLast:  " DESC NULLS LAST",
}
