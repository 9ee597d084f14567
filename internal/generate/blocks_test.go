package generate_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/generate"
)

// ofBlocks is a project of blocks over two schemas. Each block has a name, its migrations,
// its options and a query of its own.
type ofBlocks [][4]string

func (blocks ofBlocks) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("shop/00001_a.sql", `-- +goose Up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('new', 'old')), at DATETIME);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), total INTEGER NOT NULL, on_day DATE NOT NULL, UNIQUE (user_id, on_day));
CREATE VIEW sums AS SELECT user_id, sum(total) AS total, max(on_day) AS latest FROM orders GROUP BY user_id;
`)
	write("logs/00001_a.sql", "-- +goose Up\nCREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, name TEXT, seen_at TIMESTAMP NOT NULL);\n")
	var config strings.Builder
	config.WriteString("version: \"2\"\nsql:\n")
	for _, b := range blocks {
		fmt.Fprintf(&config, "  - {engine: sqlite, schema: %[2]s, queries: sql/%[1]s, gen: {go: {package: %[1]s, out: %[1]s%[3]s}}}\n", b[0], b[1], b[2])
		write("sql/"+b[0]+"/q.sql", b[3]+"\n")
	}
	config.WriteString("options: {drey: {enums: true}}\n")
	write("sqlc.yaml", config.String())
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		write(name, strings.Replace(string(content), "module github.com/dreysql/drey\n", "module example.com/blocks\n", 1))
	}
	return dir
}

// generated are the files that come of the blocks, and the warnings and notes, or all that
// is refused.
func (blocks ofBlocks) generated(t *testing.T) (files map[string]string, said []string) {
	t.Helper()
	result, err := generate.Run(t.Context(), generate.Options{Dir: blocks.write(t)})
	if err != nil {
		var problems diag.Problems
		if !errors.As(err, &problems) {
			t.Fatal(err)
		}
		for _, p := range problems {
			said = append(said, p.Error())
		}
		return nil, said
	}
	files = map[string]string{}
	for _, c := range result.Changes {
		files[c.Path] = string(c.New)
	}
	for _, w := range result.Warnings {
		said = append(said, w.Error())
	}
	return files, append(said, result.Notes...)
}

// ofBlock are the files of a block, as if the runtime were in one place: a block alone has
// it in its own folder.
func ofBlock(all map[string]string, name string) map[string]string {
	files := map[string]string{}
	for file, content := range all {
		mine := strings.HasPrefix(file, name+"/") || strings.HasPrefix(file, "sql/"+name+"/")
		if mine && !strings.Contains(file, "/drey/") {
			files[file] = strings.ReplaceAll(content, "/blocks/"+name+"/drey", "/blocks/drey")
		}
	}
	return files
}

// What is generated of a block does not depend on those beside it, whatever they have in
// common.
func TestBesideOthers(t *testing.T) {
	blocks := ofBlocks{
		{"a", "shop", "", "-- name: Names :many\nSELECT name, max(at) AS latest FROM users GROUP BY name;"},
		{"b", "shop", "", "-- name: GetUser :one\nSELECT id, name FROM users WHERE id = ?;"},
		{"c", "logs", "", "-- name: Names :many\nSELECT name FROM users;"},
		{"d", "shop", ", emit_pointers_for_null_types: true", "-- name: Sums :many\nSELECT * FROM sums;"},
		{"e", "shop", ", overrides: [{column: users.name, go_type: string}, {db_type: DATE, go_type: {type: TextTime}}]", "-- name: Names :many\nSELECT name FROM users;"},
		{"f", "shop", ", emit_interface: true", "-- name: Names :many\nSELECT name, count(*) AS n FROM users GROUP BY name;"},
		{"g", "logs", "", "-- name: Bind :one\nSELECT name FROM users WHERE seen_at > ?;"},
		{"h", "shop", ", rename: {user: Client}", "-- name: ScanTime :many\nSELECT name FROM users;"},
		{"i", "shop", "", "-- name: Days :many\nSELECT id FROM orders WHERE on_day = ?;"},
	}
	together, said := blocks.generated(t)
	if together == nil {
		t.Fatal(said)
	}
	for i, b := range blocks {
		alone, _ := blocks[i : i+1].generated(t)
		alone, with := ofBlock(alone, b[0]), ofBlock(together, b[0])
		if diff := cmp.Diff(alone, with); diff != "" {
			t.Errorf("block %s (-alone +beside others):\n%s", b[0], diff)
		}
	}
}

// One run names what is wrong with every block, in one order.
func TestFaultsOfAllBlocks(t *testing.T) {
	blocks := ofBlocks{
		{"a", "shop", "", "-- name: One :many\nSELECT nothing FROM users;"},
		{"b", "shop", "", "-- name: Two :many\nSELECT name FROM users WHERE id = (?"},
		{"c", "logs", "", "-- name: Three :exec\nUPDATE users SET name = nothing;"},
		{"d", "logs", "", "-- name: Right :many\nSELECT name FROM users;"},
		{"e", "shop", "", "-- name: Four :execlastid\nUPDATE users SET name = ?;"},
	}
	_, first := blocks.generated(t)
	for _, want := range []string{"query One", "query Two", "query Three", "query Four"} {
		if !strings.Contains(strings.Join(first, "\n"), want) {
			t.Errorf("%s is not refused: %q", want, first)
		}
	}
	for range 3 {
		if _, again := blocks.generated(t); !cmp.Equal(first, again) {
			t.Fatalf("once\n%q\nonce\n%q", first, again)
		}
	}
}
