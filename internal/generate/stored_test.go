package generate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStored: a schema, its migrations or its queries may write what Go could
// not read or find. That is refused where it is written, and so is a foreign key
// that fits no key. It is not refused if an override makes it right.
func TestStored(t *testing.T) {
	files := map[string]string{
		"sqlc.yaml": faultyConfig + `        overrides:
          - {column: "a.seconds", go_type: {type: UnixTime}}
          - {column: "a.small", go_type: int32}
          - {column: "a.kind", go_type: {import: "example.com/x", type: Kind}}
`,
		"migrations/00001_init.sql": `-- +goose Up
CREATE TABLE a (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL,
  at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  right DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  seconds INTEGER NOT NULL DEFAULT (unixepoch()),
  small INTEGER NOT NULL DEFAULT 3000000000,
  kind INTEGER NOT NULL DEFAULT 'what the type reads'
);
CREATE TABLE b (id INTEGER PRIMARY KEY,
  a_code TEXT NOT NULL REFERENCES a (code));
`,
		"sql/q.sql": `-- name: Touch :exec
UPDATE a SET right = CURRENT_TIMESTAMP,
  seconds = CURRENT_TIMESTAMP WHERE id = @id;

-- name: Put :exec
INSERT INTO a (code, right, small) VALUES (@code, coalesce(sqlc.narg('right'), strftime('%Y-%m-%d %H:%M:%f', 'now')), 5);

-- name: Add :exec
INSERT INTO b (a_code) VALUES (@code);
`,
	}
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	problems := refusals(t, dir)
	onDisk(t, dir, problems)
	want := []string{
		"migrations/00001_init.sql:5: the default of a.at stores '",
		"migrations/00001_init.sql:8: the default of a.small stores 3000000000, which Go cannot read as int32",
		"sql/q.sql:3:13: query Touch: it writes into a.seconds '",
		"sql/q.sql:6:80: query Put: it writes into a.right '",
		"sql/q.sql:9:1: query Add: SQLite refuses it: foreign key mismatch - \"b\" referencing \"a\"\n" +
			"\tfix: at migrations/00001_init.sql:12 the foreign key b (a_code) refers to a (code), which has no primary key and no unique index on it:",
	}
	for i, p := range problems {
		if i >= len(want) || !strings.HasPrefix(p.Error(), want[i]) {
			t.Errorf("problem %d is %v", i, p)
		}
	}
	if len(problems) < len(want) {
		t.Errorf("%d problems, want %d", len(problems), len(want))
	}
}
