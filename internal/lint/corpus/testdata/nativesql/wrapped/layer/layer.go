// Package layer hands on what it is given as SQL.
package layer

import (
	"context"
	"database/sql"
)

type DB struct{ db *sql.DB }

func (d DB) Get(ctx context.Context, dest any, query string, args ...any) error {
	// @native-sql scans a row into any struct
	return d.db.QueryRowContext(ctx, query, args...).Scan(dest) // ok: a reason, also for the callers' constants
}

func (d DB) First(ctx context.Context, dest any, query string, args ...any) error {
	return d.Get(ctx, dest, query, args...) // ok: hands on to the wrapper
}

// Run has no reason of its own.
func Run(db *sql.DB, query string) error {
	_, err := db.Exec(query) // want `raw SQL without a reason`
	return err
}

// Script is for the files of an operator.
func Script(db *sql.DB, script string) error {
	// @native-sql-dynamic only the operator's files come here
	_, err := db.Exec(script) // ok: the second directive, also for the callers
	return err
}
