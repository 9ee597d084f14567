package drey

import "github.com/Masterminds/squirrel"

// Qualifiable is a [Predicate], an [Ordering] or a [Handle].
type Qualifiable interface {
	in(scope) (string, []any, error)
}

// Qualified is a predicate, an ordering or a handle in a statement of squirrel's, where
// its table has an alias:
//
//	squirrel.Select("p.name").From("links AS l").Join("links AS p ON p.id = l.parent_id").
//		Where(drey.Qualified("l", db.Links.Clicks.Gt(9))). // "l"."clicks" > ?
//		OrderByClause(drey.Qualified("p", db.Links.Slug.Asc())) // "p"."slug" ASC
//
// SQL text of the caller's, as in [Native] and [Expr], cannot be qualified, and is an
// error. Write the alias into such a text, and give it to squirrel itself.
func Qualified(alias string, part Qualifiable) squirrel.Sqlizer {
	return qualified{part, scope{table: quoted(alias) + ".", nested: true}}
}

type qualified struct {
	part Qualifiable
	of   scope
}

func (q qualified) ToSql() (string, []any, error) { return q.part.in(q.of) }
