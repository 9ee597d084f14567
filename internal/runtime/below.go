package drey

import (
	"errors"
	"slices"

	"github.com/Masterminds/squirrel"
)

// Inner is a condition on the rows of one table that the text of query source S
// reads. The source's methods make it, one for each place that the query has for such
// conditions; the zero value is absent. [Query.Below] takes it.
type Inner[S any] struct {
	table string
	where []node
}

// NewInner returns the condition that the rows of a table hold all of the predicates.
// table is what the query calls it, quoted. It is for generated code.
func NewInner[S, T any](table string, predicates []Predicate[T]) Inner[S] {
	return Inner[S]{table, group(opAnd, predicates).kids}
}

// Below narrows what a query source reads: its windows, groups and aggregates are
// those of the rows for which the conditions hold, in addition to those of earlier
// calls. So it filters below them, where [Query.Where] filters what they give:
//
//	db.RankedLinks.Below(db.RankedLinks.WhereLinks(db.Links.IsActive.Eq(true)))
//
//	WITH "RankedLinks" (…) AS (SELECT …, RANK() OVER (…) FROM links WHERE ("links"."is_active" = ?))
//	SELECT … FROM "RankedLinks"
//
// The query says where in its text they go, by a comment before a TRUE of its WHERE,
// ON or FILTER: /* drey:where links */ TRUE. Where it has several for a name, the same
// conditions go to each. Without any it is TRUE. Predicates in SQL text cannot go there:
// nobody can tell which table a name in it is of. They are an error when the query
// runs, as is Below beside [From].
func (q *Query[S, R]) Below(inner ...Inner[S]) *Query[S, R] {
	n := *q
	n.with, n.where = below(q.with, inner, q.where)
	return &n
}

// below adds the conditions to the places of a query source.
//
//go:noinline
func below[S any](with []any, inner []Inner[S], where []Predicate[S]) ([]any, []Predicate[S]) {
	with = slices.Clone(with)
	for _, in := range inner {
		found := len(in.where) == 0
		for i, arg := range with {
			if p, ok := arg.(place); ok && p.table == in.table {
				p.where = join(p.where, in.where)
				with[i], found = p, true
			}
		}
		if !found {
			where = join(where, []Predicate[S]{invalid[S](errNoPlace)})
		}
	}
	return with, where
}

// place is an argument of a query source that stands for predicates on a table that
// the query reads.
type place struct {
	at    int    // where in Relation.With the TRUE is that they replace
	table string // what the query calls the table, quoted
	where []node
}

// PlaceAt returns a place without predicates. It is for generated code.
func PlaceAt(at int, table string) place { return place{at: at, table: table} }

// placeholder is what a place has in the text of its query.
const placeholder = "TRUE"

// render returns the condition that stands in the place.
func (p *place) render() (string, []any, error) {
	if len(p.where) == 0 {
		return placeholder, nil, nil
	}
	return conjunction[squirrel.And](p.where, scope{table: p.table + ".", nested: true}).ToSql()
}

func (p *place) appendShape(key []byte, by naming) (_ []byte, ok bool) {
	for i := range p.where {
		if key, ok = p.where[i].appendShape(key, by); !ok {
			return key, false
		}
	}
	return append(key, byte(opAbsent)), true
}

func (p *place) appendArgs(args []any) []any {
	for i := range p.where {
		args = p.where[i].appendArgs(args)
	}
	return args
}

// hasBelow reports whether one of the arguments is a place with predicates.
func hasBelow(with []any) bool {
	return slices.ContainsFunc(with, func(arg any) bool {
		p, ok := arg.(place)
		return ok && len(p.where) > 0
	})
}

var (
	errNoPlace   = errors.New("the query has no place for these predicates; Below is for a query of sql/, before it is in a set")
	errFromBelow = errors.New("Below narrows a query of sql/, and From reads another")
)
