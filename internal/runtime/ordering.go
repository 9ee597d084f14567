package drey

import "github.com/Masterminds/squirrel"

// Ordering orders the rows of source S by a column or an expression. It is made by Asc and Desc
// of a column handle.
//
// An Ordering is a [squirrel.Sqlizer] as a [Predicate] is: "links"."clicks" DESC.
type Ordering[S any] struct {
	on  operand
	how direction
	_   [0]func() // not comparable, which spares a function for each source
}

// ToSql renders the ordering with ? placeholders.
//
//go:noinline
func (o Ordering[S]) ToSql() (string, []any, error) { return o.in(anywhere) }

func (o Ordering[S]) in(s scope) (string, []any, error) { return clause(o.on, o.how, s).ToSql() }

// clause is an ordering in ORDER BY.
func clause(on operand, how direction, in scope) squirrel.Sqlizer {
	return squirrel.ConcatExpr(part{&on, in}, directions[how])
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
