package generate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/generate"
)

// BenchmarkBlocks generates 15 blocks over one folder of 81 migrations, of 60 tables: with
// the queries of the tables in every block, and without.
func BenchmarkBlocks(b *testing.B) {
	for _, crud := range []bool{false, true} {
		b.Run(fmt.Sprint("crud=", crud), func(b *testing.B) {
			dir := blocksProject(b, crud)
			for b.Loop() {
				if _, err := generate.Run(b.Context(), generate.Options{Dir: dir}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func blocksProject(b *testing.B, crud bool) string {
	const tables, migrations, blocks = 60, 81, 15
	dir := b.TempDir()
	write := func(name, text string) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for i := range migrations {
		up := fmt.Sprintf("ALTER TABLE t%d ADD COLUMN extra%d TEXT;\n", (i-tables)*2, i)
		if i < tables {
			up = fmt.Sprintf(`CREATE TABLE t%d (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES t%d (id), name TEXT NOT NULL, slug TEXT NOT NULL UNIQUE,
	note TEXT, amount INTEGER NOT NULL DEFAULT 0, ratio REAL, active BOOLEAN NOT NULL DEFAULT 1, created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME);
`, i, max(i-1, 0))
		}
		write(fmt.Sprintf("migrations/%05d_m.sql", i+1), "-- +goose Up\n"+up)
	}
	var config strings.Builder
	config.WriteString("version: \"2\"\nsql:\n")
	for i := range blocks {
		fmt.Fprintf(&config, "  - {engine: sqlite, schema: migrations, queries: sql/b%[1]d, gen: {go: {package: b%[1]d, out: b%[1]d}}}\n", i)
		var queries strings.Builder
		for t := i * tables / blocks; t < (i+1)*tables/blocks; t++ {
			fmt.Fprintf(&queries, `-- name: FindT%[1]d :one
SELECT * FROM t%[1]d WHERE slug = ?;

-- name: SearchT%[1]d :many
SELECT id, name, amount FROM t%[1]d WHERE active = 1 AND created_at >= sqlc.arg(since) ORDER BY created_at DESC;

-- name: RenameT%[1]d :exec
UPDATE t%[1]d SET name = ?, updated_at = CURRENT_TIMESTAMP WHERE id = ?;

`, t)
		}
		write(fmt.Sprintf("sql/b%d/q.sql", i), queries.String())
	}
	fmt.Fprintf(&config, "options: {drey: {crud: %t}}\n", crud)
	write("sqlc.yaml", config.String())
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			b.Fatal(err)
		}
		write(name, strings.Replace(string(content), "module github.com/dreysql/drey\n", "module example.com/blocks\n", 1))
	}
	return dir
}
