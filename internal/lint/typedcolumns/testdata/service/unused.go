package service

import sq "github.com/Masterminds/squirrel"

// Nothing else here uses squirrel.
func unused(slug string) {
	q := base()
	_, _, _ = q.Where(sq.Eq{"slug": slug}).ToSql()
}
