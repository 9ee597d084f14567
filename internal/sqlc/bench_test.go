package sqlc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlc"
)

// BenchmarkRun is the time from a schema to the packages read back, by the size
// of the project. One table with one query shows what the process costs.
func BenchmarkRun(b *testing.B) {
	for _, tables := range []int{1, 20, 200} {
		b.Run(fmt.Sprintf("tables=%d", tables), func(b *testing.B) {
			project := project(b, tables)
			for b.Loop() {
				if _, err := sqlc.Run(b.Context(), []sqlc.Block{project}, config("")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// project has five queries for each table.
func project(tb testing.TB, tables int) sqlc.Block {
	var ddl strings.Builder
	var files []string
	for i := range tables {
		fmt.Fprintf(&ddl, `CREATE TABLE things%03d (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, name TEXT NOT NULL,
			note TEXT, price DECIMAL(10,2), created_at DATETIME NOT NULL);`, i)
		files = append(files, fmt.Sprintf("sql/things%03d.sql", i), strings.ReplaceAll(`-- name: GetThing@ :one
SELECT * FROM things@ WHERE id = ?;
-- name: ListThings@ :many
SELECT * FROM things@ WHERE owner_id = sqlc.arg('owner_id') AND created_at > sqlc.arg('since') ORDER BY id;
-- name: CreateThing@ :one
INSERT INTO things@ (owner_id, name, note, price, created_at) VALUES (?, ?, ?, ?, ?) RETURNING *;
-- name: UpdateThing@ :exec
UPDATE things@ SET name = sqlc.arg('name'), note = sqlc.narg('note') WHERE id = sqlc.arg('id');
-- name: DeleteThings@ :execrows
DELETE FROM things@ WHERE id IN (sqlc.slice('ids'));
`, "@", fmt.Sprintf("%03d", i)))
	}
	return block(tb, ddl.String(), files...)
}
