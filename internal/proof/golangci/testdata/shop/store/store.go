// Package store goes around the data layer.
package store

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

// Names has raw SQL without a reason, and a column that is not there.
func Names(db *sql.DB) (*sql.Rows, error) {
	if _, err := db.Exec("DELETE FROM users"); err != nil {
		return nil, err
	}
	return sq.Select("nmae").From("users").RunWith(db).Query()
}

// Silenced is what golangci-lint is told to leave out.
func Silenced(db *sql.DB) error {
	_, err := db.Exec("DELETE FROM users") //nolint:drey // a test of nolint
	return err
}
