// Package clean is as it should be.
package clean

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

// Names are the names.
func Names(db *sql.DB) (*sql.Rows, error) {
	return sq.Select("name").From("users").RunWith(db).Query() //nolint:drey // there is nothing to silence
}
