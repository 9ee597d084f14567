package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runDrey runs the command in this process.
func runDrey(args ...string) (code int, stdout, stderr string) {
	var out, said bytes.Buffer
	code = Main(args, &out, &said)
	return code, out.String(), said.String()
}

// TestSchemaOfThisRepository: the diagram and the picture of docs/ are fresh.
func TestSchemaOfThisRepository(t *testing.T) {
	for _, args := range [][]string{{"--format", "mermaid", "--out", "../../docs/schema.md"}, {"--out", "../../docs/schema.svg"}} {
		if code, out, said := runDrey(append([]string{"schema", "--check", "--dir", "../.."}, args...)...); code != exitOK {
			t.Errorf("run drey schema %s at the root:\n%s%s", strings.ReplaceAll(strings.Join(args, " "), "../../", ""), out, said)
		}
	}
}

// files writes files into a folder: names and contents.
func files(t *testing.T, dir string, list ...string) {
	t.Helper()
	for i := 0; i < len(list); i += 2 {
		name := filepath.Join(dir, list[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(list[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const oneBlock = `version: "2"
sql:
  - {engine: sqlite, schema: migrations, queries: sql, gen: {go: {package: db, out: db}}}
`

func schemaProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files(t, dir, "sqlc.yaml", oneBlock, "go.mod", "module example.com/x\n",
		"migrations/1_a.sql", "-- +goose Up\n-- Who writes.\nCREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);\n-- +goose Down\nDROP TABLE people;\n",
		"sql/q.sql", "-- name: Names :many\nSELECT name FROM people;\n\n-- name: Add :exec\nINSERT INTO people (name) SELECT name FROM people WHERE id = ?;\n\n"+
			"-- name: With :many\nWITH people AS (SELECT 1 AS one) SELECT one FROM people;\n")
	return dir
}

func TestSchemaDiff(t *testing.T) {
	dir := schemaProject(t)
	git := func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "one")
	git("tag", "v1.0")
	if err := os.CopyFS(filepath.Join(dir, "before"), os.DirFS(filepath.Join(dir, "migrations"))); err != nil {
		t.Fatal(err)
	}
	files(t, dir, "migrations/2_b.sql", "-- +goose Up\nALTER TABLE people ADD COLUMN born TEXT; -- a date\nCREATE TABLE notes (id INTEGER PRIMARY KEY);\n-- +goose Down\nDROP TABLE notes;\nALTER TABLE people DROP COLUMN born;\n")
	for _, old := range []string{"1", "v1.0", "HEAD", filepath.Join(dir, "before")} {
		for format, want := range map[string][]string{
			"mermaid":  {`table_1["+ notes"]`, `table_2["#126; people"]`, `TEXT born "+ NULL"`},
			"markdown": {"| `+` | column | `people.born` |", "| `+` | table | `notes` |", "## `+` `notes`", "a date"},
			"svg":      {`class="added"`, ">+ notes<"},
		} {
			code, out, said := runDrey("schema", "--dir", dir, "--format", format, "--diff", old)
			if code != exitOK {
				t.Errorf("--diff %s: %s", old, said)
			}
			for _, w := range want {
				if !strings.Contains(out, w) {
					t.Errorf("--diff %s --format %s does not have %s:\n%s", old, format, w, out)
				}
			}
		}
	}
	if _, out, _ := runDrey("schema", "--dir", dir, "--format", "markdown", "--diff", "2"); !strings.Contains(out, "None.") {
		t.Errorf("the last version differs from itself:\n%s", out)
	}
	if _, out, _ := runDrey("schema", "--dir", dir, "--diff", "0"); !strings.Contains(out, "+ people") {
		t.Errorf("nothing is added since there was nothing:\n%s", out)
	}
	for old, want := range map[string]string{"7": "7 is not a version of the migrations", "nowhere": "nowhere is not a revision of git", "--help": "", t.TempDir(): "there is no migration here"} {
		if code, _, said := runDrey("schema", "--dir", dir, "--diff="+old); code != exitFailure || !strings.Contains(said, want) {
			t.Errorf("--diff %s: %d, %s", old, code, said)
		}
	}
}

func TestSchemaQueries(t *testing.T) {
	_, out, said := runDrey("schema", "--dir", schemaProject(t), "--format", "markdown")
	for _, want := range []string{"Who writes.", "- Read by `Names` (sql/q.sql:1)\n", "- Written by `Add` (sql/q.sql:4)\n", "| `name` | `TEXT` | `sql.NullString` |"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page does not have %q:\n%s%s", want, out, said)
		}
	}
}

func TestSchemaOut(t *testing.T) {
	dir := schemaProject(t)
	page, picture, none, two := filepath.Join(dir, "page.md"), filepath.Join(dir, "p.svg"), filepath.Join(dir, "none.md"), filepath.Join(dir, "two.md")
	diagram := "```mermaid\nerDiagram\n```\n"
	files(t, dir, "page.md", "# Data\n\n```mermaid\ngraph TD\n```\n\n"+diagram+"\nAfter.\n", "none.md", "# Data\n", "two.md", diagram+diagram)
	for _, tt := range []struct {
		args []string
		code int
		said string
	}{
		{[]string{"--out", picture, "--check"}, exitFailure, "is stale"},
		{[]string{"--out", picture}, exitOK, ""},
		{[]string{"--out", picture, "--check"}, exitOK, ""},
		{[]string{"--format", "mermaid", "--out", page}, exitOK, ""},
		{[]string{"--format", "mermaid", "--out", page, "--check"}, exitOK, ""},
		{[]string{"--format", "mermaid", "--out", none}, exitFailure, "there is not exactly one block"},
		{[]string{"--format", "mermaid", "--out", two}, exitFailure, "there is not exactly one block"},
		{[]string{"--format", "mermaid", "--out", filepath.Join(dir, "new.md")}, exitOK, ""},
		{[]string{"--out", filepath.Join(dir, "no", "folder.svg")}, exitOK, ""},
		{[]string{"--check"}, exitUsage, "--check needs --out"},
		{[]string{"--format", "png"}, exitUsage, "use one of mermaid, markdown, svg"},
		{[]string{"--out", "x.png"}, exitUsage, "does not say in which format"},
		{[]string{"--schema", "elsewhere"}, exitUsage, "it has migrations"},
	} {
		if code, out, said := runDrey(append([]string{"schema", "--dir", dir}, tt.args...)...); code != tt.code || !strings.Contains(said, tt.said) || (code == exitOK) != (said == "") {
			t.Errorf("%v: %d\n%s%s", tt.args, code, out, said)
		}
	}
	text, err := os.ReadFile(page)
	if want := "# Data\n\n```mermaid\ngraph TD\n```\n\n```mermaid\nerDiagram\n    people {\n        INTEGER id PK\n        TEXT name \"NULL\"\n    }\n```\n\nAfter.\n"; err != nil || string(text) != want {
		t.Errorf("%v: %s", err, text)
	}
}

// Several schemas are shown together, and apart; one alone has older versions.
func TestSchemaOfSeveral(t *testing.T) {
	dir := schemaProject(t)
	files(t, dir, "sqlc.yaml", oneBlock+"  - {engine: sqlite, schema: other, queries: [], gen: {go: {package: other, out: other}}}\n",
		"other/1_a.sql", "-- +goose Up\nCREATE TABLE people (id INTEGER PRIMARY KEY);\n-- +goose Down\nDROP TABLE people;\n")
	_, out, said := runDrey("schema", "--dir", dir)
	for _, want := range []string{`table_1["migrations: people"]`, `table_2["other: people"]`} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %s:\n%s%s", want, out, said)
		}
	}
	if code, _, said := runDrey("schema", "--dir", dir, "--diff", "0"); code != exitUsage || !strings.Contains(said, "choose with --schema") {
		t.Errorf("%d: %s", code, said)
	}
	if code, out, said := runDrey("schema", "--dir", dir, "--diff", "0", "--schema", "other"); code != exitOK || !strings.Contains(out, `["+ people"]`) {
		t.Errorf("%d: %s%s", code, out, said)
	}
	if code, out, said := runDrey("schema", "--dir", dir, "--format", "svg"); code != exitOK || strings.Count(out, ">people<") != 2 || !strings.Contains(out, ">other<") {
		t.Errorf("%d: %s%s", code, out, said)
	}
}

// A diagram that Mermaid does not draw is noted, and --keys makes it smaller.
func TestSchemaTooLarge(t *testing.T) {
	dir := schemaProject(t)
	var b strings.Builder
	b.WriteString("-- +goose Up\n")
	for i := range 60 {
		fmt.Fprintf(&b, "CREATE TABLE t%d (id INTEGER PRIMARY KEY", i)
		for c := range 40 {
			fmt.Fprintf(&b, ", some_column_%d TEXT", c)
		}
		b.WriteString(");\n")
	}
	files(t, dir, "migrations/2_b.sql", b.String())
	if code, _, said := runDrey("schema", "--dir", dir); code != exitOK || !strings.Contains(said, "Mermaid draws 50000 at most") {
		t.Errorf("%d: %s", code, said)
	}
	if code, out, said := runDrey("schema", "--dir", dir, "--keys"); code != exitOK || said != "" || strings.Contains(out, "some_column") || !strings.Contains(out, "id PK") {
		t.Errorf("%d: %s%s", code, out, said)
	}
}

// The migrations of other tools are read as they are, and those that fail change no file.
func TestSchemaOfOtherTools(t *testing.T) {
	dir := schemaProject(t)
	files(t, dir, "sqlc.yaml", strings.ReplaceAll(oneBlock, "migrations", "db"),
		"db/000001_a.up.sql", "-- Who reads.\nCREATE TABLE people (\n  id INTEGER PRIMARY KEY, -- the rowid\n  name TEXT\n);\n", "db/000001_a.down.sql", "DROP TABLE people;\n",
		"db/000002_b.up.sql", "ALTER TABLE people ADD COLUMN born TEXT; -- a date\n", "db/000002_b.down.sql", "ALTER TABLE people DROP COLUMN born;\n")
	code, out, said := runDrey("schema", "--dir", dir, "--format", "markdown", "--diff", "1")
	for _, want := range []string{"Who reads.", "the rowid", "a date", "| `+` | column | `people.born` |"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("%d: the page does not have %q:\n%s%s", code, want, out, said)
		}
	}
	page := filepath.Join(dir, "page.md")
	files(t, dir, "page.md", "kept\n", "db/000003_c.up.sql", "CREATE TABLE x (y);\nCREATE TABLE x (z);\n", "db/000003_c.down.sql", "DROP TABLE x;\n")
	if code, _, said := runDrey("schema", "--dir", dir, "--out", page); code != exitFailure || !strings.Contains(said, "db/000003_c.up.sql:2") {
		t.Errorf("%d: %s", code, said)
	}
	if text, err := os.ReadFile(page); err != nil || string(text) != "kept\n" {
		t.Errorf("%v: %s", err, text)
	}
}
