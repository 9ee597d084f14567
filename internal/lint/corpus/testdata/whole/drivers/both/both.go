// Package both asks whichever database is configured.
package both

import (
	sq "github.com/Masterminds/squirrel"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"
)

func By(name string) (string, []any, error) {
	return sq.Select("id").From("boats").Where(sq.Eq{"name": name}).ToSql()
}

func Filter(year int) sq.Sqlizer {
	return sq.Eq{"keel": year} // ok: the other database may have it
}
