// Package kept has raw SQL over a table whose rows are deleted softly.
package kept

import (
	"context"
	"database/sql"
)

const titles = "SELECT title FROM notes"

func reads(ctx context.Context, db *sql.DB) {
	// @native-sql the report is made by a program that has this text
	db.QueryContext(ctx, "SELECT title FROM notes") // want `notes is read without a look at deleted_at, so deleted rows are among them; add notes.deleted_at IS NULL, or say why that is meant in // @with-deleted <why> on the line above`
	// @native-sql the report is made by a program that has this text
	db.QueryContext(ctx, titles) // want `notes is read without a look at deleted_at`
	// @native-sql the report is made by a program that has this text
	db.QueryContext(ctx, "SELECT t.id FROM tags t JOIN notes n ON n.id = t.note_id") // want `notes is read without a look at deleted_at`
	// @native-sql the report is made by a program that has this text
	db.ExecContext(ctx, "DELETE FROM notes WHERE id = ?", 1) // want `notes is removed from without a look at deleted_at`
	// @native-sql the report is made by a program that has this text
	db.ExecContext(ctx, "UPDATE notes SET title = ? WHERE id = ? AND deleted_at IS NULL", "a", 1) // want `the query changes rows of notes, and leaves updated_at as it was; add updated_at = CURRENT_TIMESTAMP, or say why that is meant in // @not-updated <why> on the line above`
	// @native-sql the report is made by a program that has this text
	db.ExecContext(ctx, "SELECT id FROM tags; SELECT title FROM notes") // want `notes is read without a look at deleted_at`
}

func quiet(ctx context.Context, db *sql.DB, where string) {
	// @native-sql the report is made by a program that has this text
	db.QueryContext(ctx, "SELECT title FROM notes WHERE deleted_at IS NULL")
	// @native-sql the report is made by a program that has this text
	// @with-deleted the auditors want the deleted notes as well
	db.QueryContext(ctx, "SELECT title FROM notes")
	// @native-sql the report is made by a program that has this text
	// @not-updated the title is only spelled in another way
	db.ExecContext(ctx, "UPDATE notes SET title = lower(title) WHERE deleted_at IS NULL")
	// @native-sql the report is made by a program that has this text
	db.ExecContext(ctx, "UPDATE notes SET title = ?, updated_at = CURRENT_TIMESTAMP WHERE deleted_at IS NULL", "a")
	// @native-sql the report is made by a program that has this text
	db.ExecContext(ctx, "INSERT INTO notes (title) VALUES (?)", "a")
	// @native-sql the report is made by a program that has this text
	db.QueryContext(ctx, "SELECT id FROM tags")
	// @native-sql-dynamic the condition is made of columns and marks alone
	db.QueryContext(ctx, "SELECT title FROM notes WHERE "+where)
}
