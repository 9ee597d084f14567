package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var moduleLine = regexp.MustCompile(`(?m)^module .*$`)

// project writes a project of a given number of tables: half as many
// migrations, five times as many queries. Tables refer to each other; later
// migrations add columns to earlier tables; of the five queries on a table one
// gets, one lists by a foreign key, one joins, one aggregates and one writes. Its
// go.mod is drey's own, which has what generated packages import.
func project(dir string, tables int, crud bool) error {
	mod, err := os.ReadFile("../../../go.mod")
	if err != nil {
		return err
	}
	sum, err := os.ReadFile("../../../go.sum")
	if err != nil {
		return err
	}
	files := map[string]string{
		"go.mod":    moduleLine.ReplaceAllLiteralString(string(mod), "module example.com/scale"),
		"go.sum":    string(sum),
		"sqlc.yaml": configuration(crud),
	}
	for m := range tables / 2 {
		files[fmt.Sprintf("migrations/%05d_step.sql", m+1)] = migration(m)
	}
	for t := range tables {
		files[fmt.Sprintf("sql/item%03d.sql", t)] = statements(t)
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func configuration(crud bool) string {
	folders := "[sql]"
	if crud {
		folders = "[sql, sql/crud]"
	}
	return fmt.Sprintf(`version: "2"
sql:
  - engine: sqlite
    schema: migrations
    queries: %s
    gen:
      go:
        package: db
        out: db
options:
  drey:
    crud: %t
`, folders, crud)
}

// count is the number of queries of a project.
func count(dir string) (int, error) {
	n := 0
	err := filepath.WalkDir(filepath.Join(dir, "sql"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		n += bytes.Count(content, []byte("-- name: "))
		return err
	})
	return n, err
}

// migration creates two tables and grows an older one.
func migration(m int) string {
	var up, down strings.Builder
	for t := 2 * m; t < 2*m+2; t++ {
		parent := t / 2
		fmt.Fprintf(&up, `CREATE TABLE item%03ds (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER NOT NULL REFERENCES item%03ds (id) ON DELETE CASCADE,
    code TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL DEFAULT '',
    note TEXT,
    amount REAL NOT NULL DEFAULT 0 CHECK (amount >= 0),
    quantity INTEGER NOT NULL,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    payload BLOB,
    created_at INTEGER NOT NULL DEFAULT (unixepoch())
);
CREATE INDEX item%03ds_parent ON item%03ds (parent_id, created_at);
`, t, parent, t, t)
		fmt.Fprintf(&down, "DROP TABLE item%03ds;\n", t)
	}
	if m > 0 {
		fmt.Fprintf(&up, "ALTER TABLE item%03ds ADD COLUMN extra%d TEXT;\n", m-1, m)
		fmt.Fprintf(&down, "ALTER TABLE item%03ds DROP COLUMN extra%d;\n", m-1, m)
	}
	return "-- +goose Up\n" + up.String() + "\n-- +goose Down\n" + down.String()
}

// statements are the queries of a table.
func statements(t int) string {
	table, parent := fmt.Sprintf("item%03ds", t), fmt.Sprintf("item%03ds", t/2)
	return strings.NewReplacer("TABLE", table, "PARENT", parent, "NAME", fmt.Sprintf("Item%03d", t)).Replace(`-- name: FindNAME :one
SELECT * FROM TABLE WHERE code = @code;

-- name: RecentNAME :many
SELECT id, code, title, created_at FROM TABLE
WHERE parent_id = @parent_id AND created_at > @since
ORDER BY created_at DESC
LIMIT @max;

-- name: JoinedNAME :many
SELECT c.id, c.code, c.amount, p.title AS parent_title
FROM TABLE c
JOIN PARENT p ON p.id = c.parent_id
WHERE c.active AND p.quantity > @quantity;

-- name: TotalsNAME :many
WITH counted AS (
    SELECT c.parent_id, COUNT(*) AS rows_found, CAST(SUM(c.amount) AS REAL) AS total
    FROM TABLE c
    WHERE c.created_at >= @since
    GROUP BY c.parent_id
)
SELECT counted.parent_id, counted.rows_found, counted.total, p.title
FROM counted
JOIN PARENT p ON p.id = counted.parent_id;

-- name: TouchNAME :execrows
UPDATE TABLE SET note = @note, quantity = quantity + 1 WHERE id = @id AND active;
`)
}
