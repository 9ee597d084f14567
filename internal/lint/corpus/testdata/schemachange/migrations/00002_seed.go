// Package migrations has a Go migration.
package migrations

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

func init() {
	goose.AddMigrationContext(up, nil) // ok: in the folder of the migrations
}

func up(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "CREATE TABLE logs (id)") // ok: in the folder of the migrations
	return err
}
