package service

import (
	"fmt"

	"github.com/Masterminds/squirrel"
)

func added(slug string) {
	q := squirrel.Select("*").From("links")
	q = q.Where(squirrel.Eq{"slug": slug}) // want `db.Links.Slug.Eq `
	q = q.Where(squirrel.NotEq{"id": 7})   // want `db.Links.ID.NotEq `
	fmt.Println(q.ToSql())
}
