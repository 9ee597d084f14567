// Package attached attaches another database, whose tables need not be qualified.
package attached

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

func attached(db *sql.DB) {
	db.Exec("ATTACH DATABASE ? AS old", "old.db")
	_, _, _ = sq.Select("id").From("purchases").ToSql() // ok: it may be in the attached database
	_, _, _ = sq.Select("id").From("ordres").ToSql()    // want `no such table: ordres; did you mean orders`
}
