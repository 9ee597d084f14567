package drey

import (
	"math"

	"github.com/Masterminds/squirrel"
)

// Predicate is a condition on the rows of source S. It is made by the
// operators of a column handle and by [And], [Or], [Not], [Opt] and [Native];
// the zero value is absent and adds no condition.
//
// A Predicate is a [squirrel.Sqlizer], also beside other tables: each column has its
// table in front of it, "links"."clicks" > ?. Where the table has an alias, [Qualified]
// gives it.
type Predicate[S any] struct{ node node }

// ToSql renders the predicate with ? placeholders.
//
//go:noinline
func (p Predicate[S]) ToSql() (string, []any, error) { return p.node.render(anywhere) }

func (p Predicate[S]) in(s scope) (string, []any, error) { return p.node.render(s) }

// And holds where all of the predicates do. Absent ones are left out; an And of
// nothing is absent itself.
func And[S any](predicates ...Predicate[S]) Predicate[S] {
	return Predicate[S]{group(opAnd, predicates)}
}

// Or holds where one of the predicates does. Absent ones are left out; an Or of
// nothing is [ErrEmptyOr] when the query runs.
func Or[S any](predicates ...Predicate[S]) Predicate[S] {
	return Predicate[S]{group(opOr, predicates)}
}

// Not holds where the predicate is false. Where the predicate is NULL its
// negation is NULL, too, as everywhere in SQL, and the row is left out. The
// negation of an absent predicate is absent.
func Not[S any](predicate Predicate[S]) Predicate[S] {
	switch predicate.node.op {
	case opAbsent, opError:
		return predicate
	case opNever:
		return invalid[S](ErrEmptyNotIn)
	}
	return Predicate[S]{group(opNot, []Predicate[S]{predicate})}
}

// Opt returns the predicate that op makes of *v, or an absent one if v is nil:
//
//	db.Links.Where(drey.Opt(filter.UserID, db.Links.UserID.Eq))
func Opt[S, T any](v *T, op func(T) Predicate[S]) Predicate[S] {
	if v == nil {
		return Predicate[S]{}
	}
	return op(*v)
}

// OptIn returns the predicate that op makes of the values, or an absent one if there are
// none: a caller that names none asks for all. Without it In of no values finds no row.
//
//	db.Links.Where(drey.OptIn(filter.UserIDs, db.Links.UserID.In))
func OptIn[S, T any](values []T, op func(...T) Predicate[S]) Predicate[S] {
	if len(values) == 0 {
		return Predicate[S]{}
	}
	return op(values...)
}

// Native takes a squirrel condition on the rows of a source, for what the column
// handles cannot say. It and [Expr] are the only ways to put SQL text into a predicate.
// A query with such a predicate is rendered each time it runs.
//
//	drey.Native(&db.Links.Query, squirrel.Expr("length(slug) > ?", 3))
func Native[S, R any](_ *Query[S, R], condition squirrel.Sqlizer) Predicate[S] {
	if condition == nil {
		return Predicate[S]{}
	}
	return Predicate[S]{node{op: opNative, vals: [2]any{condition}}}
}

func invalid[S any](err error) Predicate[S] {
	return Predicate[S]{node{op: opError, vals: [2]any{err}}}
}

func group[S any](o op, predicates []Predicate[S]) node {
	kids := make([]node, 0, len(predicates))
	for i := range predicates {
		if predicates[i].node.op != opAbsent {
			kids = append(kids, predicates[i].node)
		}
	}
	switch {
	case len(kids) > 0:
		return node{op: o, kids: kids}
	case o == opOr:
		return node{op: opError, vals: [2]any{ErrEmptyOr}}
	}
	return node{}
}

// node is a predicate without its source's type.
type node struct {
	on   operand // what is compared
	vals [2]any  // one value; two for BETWEEN; the term of opInQuery, opExists, opBeyond and opTerm; the Sqlizer or error of opNative and opError
	list []any   // the values of IN and NOT IN, at least one
	kids []node  // the operands of AND, OR and NOT, at least one
	op   op
}

// op is the operator of a node. Its values are part of the shape key.
type op uint8

const (
	opAbsent op = iota
	opEq
	opNotEq
	opGt
	opGte
	opLt
	opLte
	opBetween
	opLike
	opLikeIndexed // one more than opLike, as matching has it
	opLikeEscaped
	opLikeEscapedIndexed
	opGlob
	opGlobIndexed
	opPrefix
	opPrefixIndexed
	opSuffix
	opContains
	opIsNull
	opIsNotNull
	opDistinct
	opNever // IN ()
	opIn
	opNotIn
	opInQuery
	opNotInQuery
	opExists
	opBeyond
	opTerm // an expression that is true or false
	opAnd
	opOr
	opNot
	opNative
	opError
)

// operators has the SQL of each operator that compares an operand, which is {} in
// it, and which of vals its placeholders bind.
var operators = [...]struct {
	sql   string
	binds []uint8 // indexes of vals; the operand's own values are itself
}{
	opEq:                 {"{} = ?", []uint8{itself, 0}},
	opNotEq:              {"{} <> ?", []uint8{itself, 0}},
	opGt:                 {"{} > ?", []uint8{itself, 0}},
	opGte:                {"{} >= ?", []uint8{itself, 0}},
	opLt:                 {"{} < ?", []uint8{itself, 0}},
	opLte:                {"{} <= ?", []uint8{itself, 0}},
	opBetween:            {"{} BETWEEN ? AND ?", []uint8{itself, 0, 1}},
	opLike:               {likeSQL, []uint8{itself, itself, 0, itself, 0}},
	opLikeIndexed:        {inIndex + likeSQL + ")", []uint8{itself, 1, itself, itself, 0, itself, 0}},
	opLikeEscaped:        {likeEscapedSQL, []uint8{itself, itself, 0, itself, 0}},
	opLikeEscapedIndexed: {inIndex + likeEscapedSQL + ")", []uint8{itself, 1, itself, itself, 0, itself, 0}},
	opGlob:               {globSQL, []uint8{itself, itself, 0, itself, 0}},
	opGlobIndexed:        {"({} GLOB ? AND " + globSQL + ")", []uint8{itself, 1, itself, itself, 0, itself, 0}},
	opPrefix:             {prefixSQL, []uint8{itself, 0}},
	opPrefixIndexed:      {inIndex + prefixSQL + ")", []uint8{itself, 1, itself, 0}},
	opSuffix:             {suffixSQL, []uint8{itself, itself, 0, 0}},
	opContains:           {containsSQL, []uint8{itself, 0}},
	opIsNull:             {"{} IS NULL", []uint8{itself}},
	opIsNotNull:          {"{} IS NOT NULL", []uint8{itself}},
	opDistinct:           {"{} IS NOT ?", []uint8{itself, 0}},
}

const itself = math.MaxUint8
