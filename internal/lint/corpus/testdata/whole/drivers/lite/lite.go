// Package lite asks SQLite, in a module that has the driver of another database, too.
package lite

import (
	sq "github.com/Masterminds/squirrel"
	_ "modernc.org/sqlite"
)

func By(name string, year int) (string, []any, error) {
	conditions := sq.And{}
	conditions = append(conditions, sq.Eq{"name": name})
	conditions = append(conditions, sq.Eq{"launched": year}) // want `no such column: launched`
	return sq.Select("id").From("boats").Where(conditions).ToSql()
}

func Filter(year int) sq.Sqlizer {
	return sq.Eq{"keel": year} // want `no such column: keel`
}
