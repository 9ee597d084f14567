//go:build unix

package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/dreysql/drey/internal/cli"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// project is a folder with migrations of goose's, from 1 up.
func project(t *testing.T, migrations ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, content := range migrations {
		write(t, filepath.Join(dir, "migrations", fmt.Sprintf("%05d_m.sql", i+1)), content)
	}
	return dir
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// drey runs a command of drey migrate on a project and a cluster. What it prints must not
// have a password in it.
func drey(t *testing.T, dir, urls string, args ...string) (out string, code int) {
	t.Helper()
	var b strings.Builder
	args = append([]string{"migrate"}, args...)
	args = append(args, "--migrations", filepath.Join(dir, "migrations"))
	if args[1] == "drift" {
		args = append(args, urls)
	} else {
		args = append(args, "--db", urls)
	}
	code = cli.Main(args, &b, &b)
	if strings.Contains(b.String(), "secret") {
		t.Errorf("%v prints the password: %s", args, b.String())
	}
	return b.String(), code
}

// expect fails unless a command's exit code and output are as wanted.
func expect(t *testing.T, dir, urls string, code int, want string, args ...string) {
	t.Helper()
	out, got := drey(t, dir, urls, args...)
	if got != code || !regexp.MustCompile(want).MatchString(out) {
		t.Fatalf("drey migrate %v: exit code %d, want %d, with %s\n%s", args, got, code, want, out)
	}
}

// dial makes a client, and table reads rows as text.
func dial(t *testing.T, urls ...string) *rqlite.Cluster {
	t.Helper()
	c, err := rqlite.Dial(t.Context(), urls, rqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func table(t *testing.T, ctx context.Context, c *rqlite.Cluster, sql string) string {
	t.Helper()
	r, err := c.Query(ctx, rqlite.Statement{SQL: sql})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(r.Rows)
}

func do(t *testing.T, c *rqlite.Cluster, list ...string) {
	t.Helper()
	var batch []rqlite.Statement
	for _, text := range list {
		batch = append(batch, rqlite.Statement{SQL: text})
	}
	if _, err := c.Batch(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
}

var notes = []string{`-- +goose Up
CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL, at INTEGER NOT NULL DEFAULT (unixepoch()));
CREATE TABLE log (note INTEGER NOT NULL, what TEXT NOT NULL);
-- +goose StatementBegin
CREATE TRIGGER noted AFTER INSERT ON notes BEGIN
    INSERT INTO log (note, what) VALUES (NEW.id, 'new; ' || NEW.body);
END;
-- +goose StatementEnd
-- +goose Down
DROP TABLE log;
DROP TABLE notes;
`, `-- +goose NO TRANSACTION
-- +goose Up
INSERT INTO notes (body) VALUES ('first'), ('second');
ALTER TABLE notes ADD COLUMN tag TEXT;
-- +goose Down
ALTER TABLE notes DROP COLUMN tag;
DELETE FROM notes;
`, `-- +goose Up
CREATE TABLE links (note INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE, url TEXT);
-- +goose Down
DROP TABLE links;
`}

// TestMigrate: what works on a file works on a cluster, by any of its nodes.
func TestMigrate(t *testing.T) {
	n := Start(t, 3)
	followers, err := n.Followers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	urls, dir := followers[0].URL(), project(t, notes...)
	t.Chdir(t.TempDir()) // where backups go
	expect(t, dir, urls, 0, `(?s)pending +00001_m.sql.*pending +00003_m.sql`, "status")
	expect(t, dir, urls, 0, `^0\n$`, "version")
	expect(t, dir, urls, 0, `CREATE TABLE notes`, "up", "--dry-run")
	expect(t, dir, urls, 0, `^up +00001_m.sql\n1 migration in`, "up-by-one")
	expect(t, dir, urls, 0, `^up +00002_m.sql\n1 migration in`, "up-to", "2")
	expect(t, dir, urls, 0, `^up +00003_m.sql\n1 migration in`, "up")
	expect(t, dir, urls, 0, `^nothing to do\n$`, "up")
	expect(t, dir, urls, 0, `(?s)20\d\d-\d\d-\d\d \d\d:\d\d:\d\d +00001_m.sql.*20.* +00003_m.sql`, "status")
	expect(t, dir, urls, 0, `^3\n$`, "version")
	expect(t, dir, urls, 0, `^http://127.0.0.1:\d+ has the schema of version 3\n$`, "drift")

	c := dial(t, urls)
	ctx := rqlite.WithLevel(t.Context(), rqlite.Linearizable)
	if got := table(t, ctx, c, "SELECT note, what FROM log ORDER BY note"); got != "[[1 new; first] [2 new; second]]" {
		t.Error(got)
	}
	if got := table(t, ctx, c, "SELECT sql FROM sqlite_schema WHERE name = 'notes'"); !strings.Contains(got, "DEFAULT (unixepoch())") {
		t.Errorf("the cluster has rewritten the schema: %s", got)
	}
	if got := table(t, ctx, c, "SELECT count(*), sum(unixepoch() - unixepoch(tstamp) BETWEEN 0 AND 60) FROM goose_db_version"); got != "[[4 4]]" {
		t.Errorf("the times of goose's table: %s", got)
	}

	if _, err := c.Batch(rqlite.WithKey(t.Context(), "a key"), []rqlite.Statement{{SQL: "UPDATE notes SET tag = 'x'"}}); err != nil {
		t.Error(err)
	}
	expect(t, dir, urls, 0, `has the schema of version 3`, "drift") // the table of keys is the client's
	expect(t, dir, urls, 0, `^copied to (cluster.db.before-3-\S+), because of .*00003_m.sql:4\ndown +00003_m.sql\nup +00003_m.sql\n`, "redo")
	if copies, err := filepath.Glob("cluster.db.before-3-*"); err != nil || len(copies) != 1 {
		t.Error(copies, err)
	}
	expect(t, dir, urls, 0, `^down +00003_m.sql\n1 migration in`, "down", "--no-backup")
	do(t, c, "ALTER TABLE log ADD COLUMN more TEXT", "UPDATE notes SET at = '2026-01-02T03:04:05Z' WHERE id = 1")
	expect(t, dir, urls, 1, `(?s)-- http://127.0.0.1:\d+ differs from version 2:.*more.*holds values that Go cannot read.*at`, "drift")
	do(t, c, "ALTER TABLE log DROP COLUMN more")
	expect(t, dir, urls, 0, `^down +00002_m.sql\n1 migration in`, "to", "1", "--no-backup")
	expect(t, dir, urls, 0, `^down +00001_m.sql\n1 migration in`, "reset", "--no-backup")
	if got := table(t, ctx, c, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'drey_keys'"); got != "[[goose_db_version]]" {
		t.Error(got)
	}
	expect(t, dir, urls, 1, `nothing to do: no migration is applied`, "down")
	expect(t, dir, urls, 0, `3 migrations in`, "up")

	// What the cluster has as a file is what goose and drey know.
	local := filepath.Join(t.TempDir(), "links.db")
	f, err := os.Create(local)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Backup(ctx, f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, dir, local, 0, `has the schema of version 3`, "drift")
	expect(t, dir, local, 0, `^down +00003_m.sql\n`, "down", "--no-backup")
}

// TestMigrationFails: of a migration that fails nothing stays, and the error is at its
// statement.
func TestMigrationFails(t *testing.T) {
	n := Start(t, 1)
	urls := n.Nodes[0].URL()
	for i, tt := range []struct{ sql, want string }{
		{"CREATE TABLE late (x);\n-- a comment; in two parts\nINSERT INTO missing VALUES (1);", `00004_m.sql:4(:\d+)?: the migration fails: .*no such table: missing`},
		{"CREATE TABLE late (x);\nCREATE TABLE late (x, syntax error here;", `00004_m.sql:3(:\d+)?: `},
		{"CREATE TABLE late (x);\nINSERT INTO links (note) VALUES (99);", `00004_m.sql:3(:\d+)?: the migration fails: .*FOREIGN KEY constraint failed`},
		{"CREATE TABLE late (x);\nPRAGMA foreign_keys = OFF;", `00004_m.sql:3(:\d+)?: a PRAGMA is in force on every node`},
		{"CREATE TABLE late (x);\nCOMMIT;", `00004_m.sql:3(:\d+)?: rqlite answers COMMIT with success and does nothing`},
		{"CREATE TABLE late (x);\nUPDATE notes SET tag = random();", `00004_m.sql:3(:\d+)?: it reads random\(\)`},
		// A rebuild, of which the rows of links would be deleted.
		{"CREATE TABLE late (x);\nCREATE TABLE n (id INTEGER PRIMARY KEY, body TEXT NOT NULL, at INTEGER, tag TEXT);\nINSERT INTO n SELECT id, body, at, tag FROM notes;\nDROP TABLE notes;\nALTER TABLE n RENAME TO notes;",
			`00004_m.sql:5(:\d+)?: the table that is dropped here is referred to by rows of links`},
	} {
		dir := project(t, append(append([]string{}, notes...), "-- +goose Up\n"+tt.sql+"\n")...)
		expect(t, project(t, notes...), urls, 0, "", "up")
		c := dial(t, urls)
		if i == 0 {
			do(t, c, "INSERT INTO links VALUES (1, 'x'), (2, 'y')")
		}
		expect(t, dir, urls, 1, tt.want, "up", "--no-backup")
		if got := table(t, t.Context(), c, "SELECT (SELECT count(*) FROM sqlite_schema WHERE name = 'late'), (SELECT max(version_id) FROM goose_db_version), (SELECT count(*) FROM links), (SELECT count(*) FROM notes)"); got != "[[0 3 2 2]]" {
			t.Errorf("%s\nleaves %s", tt.sql, got)
		}
	}
}

// TestMigrateFrom: a cluster begins with the schema of a version, and has no more
// migrations than it recorded.
func TestMigrateFrom(t *testing.T) {
	n := Start(t, 1)
	urls := n.Nodes[0].URL()
	dir := project(t, notes[0], "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = OFF;\nCREATE TABLE second (x);\n-- +goose Down\nDROP TABLE second;\n", notes[2])
	expect(t, dir, urls, 1, `(?s)00002_m.sql:3: a PRAGMA.*options: .drey: .rqlite: .from: VERSION`, "up")
	expect(t, dir, urls, 0, `^0\n$`, "version")
	expect(t, dir, urls, 1, `there is no migration with version 7`, "up", "--from", "7")
	expect(t, dir, urls, 0, `^up +00001_m.sql\nup +00002_m.sql\nup +00003_m.sql\n`, "up", "--from", "2")
	expect(t, dir, urls, 0, `has the schema of version 3`, "drift")
	expect(t, dir, urls, 0, `nothing to do`, "up", "--from", "2")
	expect(t, dir, filepath.Join(t.TempDir(), "x.db"), 2, `--from is for a cluster`, "up", "--from", "2")
}

// TestMigrators: of four at once one applies each migration, whatever the others do.
func TestMigrators(t *testing.T) {
	n := Start(t, 3)
	migrations := append([]string{}, notes...)
	for i := range 5 {
		migrations = append(migrations, fmt.Sprintf("-- +goose Up\nCREATE TABLE t%d (x);\nINSERT INTO log VALUES (%d, 'once');\n-- +goose Down\nDROP TABLE t%[1]d;\nDELETE FROM log WHERE note = %[2]d;\n", i, 100+i))
	}
	dir := project(t, migrations...)
	c := dial(t, n.URLs()...)
	ctx := rqlite.WithLevel(t.Context(), rqlite.Linearizable)
	for round := range scaled(5, 30) {
		outputs := make([]string, 4)
		var group sync.WaitGroup
		for i := range outputs {
			group.Go(func() {
				var code int
				if outputs[i], code = drey(t, dir, n.Nodes[i%3].URL(), "up"); code != 0 {
					t.Errorf("round %d: %s", round, outputs[i])
				}
			})
		}
		group.Wait()
		if ran := strings.Count(strings.Join(outputs, ""), "up    0"); ran != len(migrations) {
			t.Errorf("round %d: %d migrations were applied, of %d: %q", round, ran, len(migrations), outputs)
		}
		if got := table(t, ctx, c, "SELECT count(*), count(DISTINCT version_id), (SELECT count(*) FROM log WHERE note >= 100), (SELECT count(*) FROM notes) FROM goose_db_version"); got != "[[9 9 5 2]]" {
			t.Errorf("round %d: %s", round, got)
		}
		expect(t, dir, n.Nodes[round%3].URL(), 0, "8 migrations in", "reset", "--no-backup")
	}
}

// TestCredentials: a password is used and never shown.
func TestCredentials(t *testing.T) {
	users, err := json.Marshal([]map[string]any{
		{"username": "drey", "password": "secret", "perms": []string{"all"}},
		{"username": "*", "perms": []string{"ready", "status", "leader-ops"}}, // for this harness
	})
	if err != nil {
		t.Fatal(err)
	}
	auth := filepath.Join(t.TempDir(), "auth.json")
	write(t, auth, string(users))
	n := Start(t, 1, "-auth", auth)
	dir := project(t, notes...)
	address := n.Nodes[0].HTTP
	expect(t, dir, "http://"+address, 1, "http://"+address, "up")
	expect(t, dir, "http://drey:wrong@"+address, 1, "http://"+address, "up")
	expect(t, dir, "http://drey:secret@"+address, 0, "3 migrations in", "up")
	expect(t, dir, "http://drey:secret@"+address, 0, "http://"+address+" has the schema", "drift")
	for _, bad := range []string{"http://drey:secret@", "http://drey:secret@a/path", "http://a,ftp://drey:secret@b", "http://drey:secret@a:x y", "http://drey:se cret%zz@a,secret@b", "https://drey:secret@a?level=none"} {
		for _, args := range [][]string{{"up"}, {"status"}, {"drift"}, {"down"}} {
			expect(t, dir, bad, 2, `address \d of the cluster is not of the form`, args...)
		}
	}
	expect(t, dir, "http://drey:secret@127.0.0.1:9,http://127.0.0.1:9", 1, `http://127.0.0.1:9`, "status")
	if out, code := drey(t, dir, "http://drey:secret@"+address, "diff", "x", "--to", "http://drey:secret@"+address); code != 2 {
		t.Error(out, code) // diff has no --db
	}
}
