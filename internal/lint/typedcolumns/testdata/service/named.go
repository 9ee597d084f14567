package service

import (
	"database/sql"
	sq "github.com/Masterminds/squirrel"
)

// The parameter has the name that the package has.
func named(db *sql.DB, slug string) (*sql.Rows, error) {
	return sq.Select("*").From("links").Where(sq.Eq{"slug": slug}).RunWith(db).Query() // want `dbgen.Links.Slug.Eq `
}
