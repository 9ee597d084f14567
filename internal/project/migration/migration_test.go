package migration_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each testdata/*.txtar is a project's migrations and, last, what becomes of
// them: the statements that goose ran, each with its line, or the error. A line
// "schema: …" of its comment has the paths; migrations is the default.
func TestMigrations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			if last := len(archive.Files) - 1; last >= 0 && archive.Files[last].Name == "want" {
				want = string(archive.Files[last].Data)
				archive.Files = archive.Files[:last]
			}
			paths := []string{"migrations"}
			for line := range strings.Lines(string(archive.Comment)) {
				if list, ok := strings.CutPrefix(line, "schema:"); ok {
					paths = strings.Fields(list)
				}
			}
			got := outcome(t, project(t, archive.Files), paths)
			if *update {
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("run with -update if this is right: (-want +got)\n%s", diff)
			}
		})
	}
}

// project writes the files into a folder.
func project(t *testing.T, files []txtar.File) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range files {
		name := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, f.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// outcome loads and applies the migrations and says what came of it.
func outcome(t *testing.T, root string, paths []string) string {
	t.Helper()
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	files, err := migration.Load(root, paths)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	list, err := migration.Apply(t.Context(), m, files, nil)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var b strings.Builder
	for _, applied := range list {
		fmt.Fprintf(&b, "%d %s", applied.Version, applied.Path)
		if applied.NoTx {
			b.WriteString(" without transaction")
		}
		b.WriteString("\n")
		for _, s := range applied.Up {
			fmt.Fprintf(&b, "%4d: %s\n", s.Line, strings.ReplaceAll(s.SQL, "\n", "\n      "))
		}
	}
	return b.String()
}

// Bytes that cannot stand in a text file that people edit.
func TestBytes(t *testing.T) {
	const mark = "the file begins with a byte order mark, which goose takes for SQL\n\tfix: save the file as UTF-8 without a byte order mark"
	for _, test := range []struct{ name, content, want string }{
		{"UTF-8 mark", "\ufeff-- +goose Up\n", "error: m/00001_a.sql:1:1: " + mark},
		{"UTF-16", "\xff\xfe-\x00-\x00", "error: m/00001_a.sql:1:1: " + strings.Replace(mark, "goose", "SQLite", 1)},
		{"NUL", "-- +goose Up\nCREATE TABLE a (x);\x00\nCREATE TABLE lost (x);\n", "error: m/00001_a.sql:2: " +
			"there is a NUL byte: SQLite ignores the rest of the statement without a word\n" +
			"\tfix: delete it; write it as char(0) or x'00' where a value needs one"},
		{"CRLF", "-- +goose Up\r\n\r\nCREATE TABLE a (\r\n  x\r\n);\r\nDROP TABLE a;\r\n-- +goose Down\r\n",
			"1 m/00001_a.sql\n   3: CREATE TABLE a (\n        x\n      );\n   6: DROP TABLE a;"},
		{"CRLF and a mistake", "-- +goose Up\r\n  CREATE TABLE a (\r\n  x y z,,\r\n);\r\n",
			"error: m/00001_a.sql:3:9: the migration fails: near \",\": syntax error"},
		{"no line end", "-- +goose Up\nCREATE TABLE a (x);", "1 m/00001_a.sql\n   2: CREATE TABLE a (x);"},
		{"a line too long for goose", "-- +goose Up\nSELECT 1; --" + strings.Repeat("x", 5<<20),
			"error: m/00001_a.sql: goose cannot read this migration: bufio.Scanner: token too long"},
	} {
		root := project(t, []txtar.File{{Name: "m/00001_a.sql", Data: []byte(test.content)}})
		if diff := cmp.Diff(test.want+"\n", outcome(t, root, []string{"m"})); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestApplyTellsProgress(t *testing.T) {
	root := project(t, []txtar.File{
		{Name: "m/00001_a.sql", Data: []byte("-- +goose Up\nCREATE TABLE a (x);\n")},
		{Name: "m/00002_empty.sql", Data: []byte("-- +goose Up\n")},
		{Name: "m/00003_fails.sql", Data: []byte("-- +goose Up\nDROP TABLE b;\n")},
	})
	files, err := migration.Load(root, []string{"m"})
	if err != nil {
		t.Fatal(err)
	}
	m := memory(t)
	var done []int
	_, err = migration.Apply(t.Context(), m, files, func(n int) { done = append(done, n) })
	var p *diag.Problem
	if !errors.As(err, &p) || p.File != "m/00003_fails.sql" || p.Line != 2 {
		t.Errorf("got %v", err)
	}
	if !cmp.Equal(done, []int{1, 2}) {
		t.Errorf("progress was %v", done)
	}
}

// A migration that would not end is stopped with its context, and that is not
// a mistake in the migration.
func TestApplyIsCancelled(t *testing.T) {
	root := project(t, []txtar.File{{Name: "m/00001_a.sql", Data: []byte(
		"-- +goose Up\nCREATE TABLE a AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;\n")}})
	files, err := migration.Load(root, []string{"m"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := migration.Apply(ctx, memory(t), files, nil); err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
}

// The fix for a module that is not there names those that are.
func TestModules(t *testing.T) {
	c, err := memory(t).PlainConn()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, module := range []string{"fts5 (x)", "rtree (id, a, b)", "geopoly (x)", "dbstat"} {
		if err := c.Exec(fmt.Sprintf("CREATE VIRTUAL TABLE t%d USING %s", i, module)); err != nil {
			t.Error(err)
		}
	}
}

// The database has what the recorded statements make, and goose's own table
// beside it: replaying them on another one gives the same schema.
func TestRecordIsComplete(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/statements.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files, err := migration.Load(project(t, archive.Files), []string{"migrations"})
	if err != nil {
		t.Fatal(err)
	}
	applied, replayed := memory(t), memory(t)
	list, err := migration.Apply(t.Context(), applied, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := replayed.PlainConn()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, m := range list {
		for _, s := range m.Up {
			if err := c.Exec(s.SQL); err != nil {
				t.Fatalf("%s:%d: %v", m.Path, s.Line, err)
			}
		}
	}
	if diff := cmp.Diff(objects(t, applied), objects(t, replayed)); diff != "" {
		t.Errorf("(-applied +replayed)\n%s", diff)
	}
}

// objects is sqlite_schema without goose's table.
func objects(t *testing.T, m *sqlite.Memory) []string {
	t.Helper()
	db, err := m.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT coalesce(sql, name) FROM sqlite_schema
		WHERE tbl_name <> 'goose_db_version' AND name <> 'sqlite_sequence' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	return list
}

func memory(t *testing.T) *sqlite.Memory {
	t.Helper()
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestCreated(t *testing.T) {
	list := []migration.Migration{
		{Path: "m/1.sql", Up: []migration.Statement{
			{Line: 2, SQL: "CREATE TABLE v (x)"},
			{Line: 3, SQL: "SELECT 1;\n\ncreate temp view if not exists\n main . [V] AS SELECT 1"},
			{Line: 9, SQL: "CREATE UNIQUE INDEX i ON v (x); CREATE VIRTUAL TABLE \"f\" USING fts5 (x)"},
		}},
		{Path: "m/2.sql", Up: []migration.Statement{
			{Line: 4, SQL: "-- again\nCREATE TABLE v (x)"},
			{Line: 7, SQL: "SELECT 'CREATE VIEW v AS'"},
			{Line: 8, SQL: "CREATE TRIGGER t AFTER INSERT ON v BEGIN SELECT 1; END"},
		}},
	}
	for _, test := range []struct {
		kind, name, path string
		line             int
	}{
		{"VIEW", "v", "m/1.sql", 5},
		{"TABLE", "V", "m/2.sql", 5},
		{"INDEX", "i", "m/1.sql", 9},
		{"TABLE", "f", "m/1.sql", 9},
		{"TRIGGER", "t", "m/2.sql", 8},
		{"VIEW", "w", "", 0},
	} {
		if path, line := migration.Created(list, test.kind, test.name); path != test.path || line != test.line {
			t.Errorf("%s %s: got %s:%d", test.kind, test.name, path, line)
		}
	}
}
