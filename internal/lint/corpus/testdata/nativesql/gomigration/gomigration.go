// Package gomigration is a migration in Go.
package gomigration

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

func init() { goose.AddMigrationContext(up, down) }

func up(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE customers SET tags = '[]'") // ok: a migration
	return err
}

func down(context.Context, *sql.Tx) error { return nil }
