//go:build unix

package cluster

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/cli"
	"github.com/dreysql/drey/internal/runtime/rqlite"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// keptTables are tables of versions as the tools make them; golang-migrate's own driver for
// rqlite makes the index as well.
var keptTables = map[string][]string{
	"golang-migrate": {"CREATE TABLE schema_migrations (version uint64, dirty bool)", "CREATE UNIQUE INDEX version_unique ON schema_migrations (version)"},
	"dbmate":         {`CREATE TABLE "schema_migrations" (version varchar(128) primary key)`},
	"sql-migrate":    {`CREATE TABLE "gorp_migrations" ("id" varchar(255) not null primary key, "applied_at" datetime)`},
	"Atlas":          {"CREATE TABLE atlas_schema_revisions (version text primary key, description text, type integer, applied integer, total integer, error text)"},
}

// TestKept: a schema that another tool keeps is compared on a cluster as it is in a file.
func TestKept(t *testing.T) {
	nodes := Start(t, 1)
	c := dial(t, nodes.URLs()...)
	golang := &sqlite.Kept{Tool: "golang-migrate", Table: "schema_migrations", Versions: "SELECT version, dirty FROM schema_migrations", Last: true}
	dbmate := &sqlite.Kept{Tool: "dbmate", Table: "schema_migrations", Versions: "SELECT version, 0 FROM schema_migrations"}
	sqlMigrate := &sqlite.Kept{Tool: "sql-migrate", Table: "gorp_migrations", Versions: "SELECT id, 0 FROM gorp_migrations"}
	atlas := &sqlite.Kept{Tool: "Atlas", Table: "atlas_schema_revisions", Last: true,
		Versions: "SELECT version, applied < total OR coalesce(error, '') <> '' FROM atlas_schema_revisions WHERE version NOT LIKE '.%' ORDER BY version DESC LIMIT 1"}
	plain := &sqlite.Kept{}
	const fix = "run it"
	for _, k := range []*sqlite.Kept{golang, dbmate, sqlMigrate, atlas, plain} {
		k.Command = "it"
		k.Migrations = []sqlite.Migration{{Version: 1, Name: "1_a.sql", Recorded: "1"}, {Version: 2, Name: "2_b.sql", Recorded: "2"}}
		k.Objects = []sqlite.Object{{Name: "a", Columns: []string{"x"}}, {Name: "B", Columns: []string{"X", "order"}}, {Name: "v", Columns: []string{"n"}}}
	}
	const whole = `CREATE TABLE a (x) | CREATE TABLE b (x, "order" TEXT GENERATED ALWAYS AS (x)) | CREATE VIEW v AS SELECT 1 AS n`
	for _, test := range []struct {
		kept      *sqlite.Kept
		has, says string
	}{
		{golang, whole + " | INSERT INTO schema_migrations VALUES (2, 0)", ""},
		{golang, whole + " | INSERT INTO schema_migrations VALUES (2, 1)", "version 2 has failed"},
		{golang, whole + " | INSERT INTO schema_migrations VALUES (1, false)", "it lacks 2_b.sql: run it"},
		{golang, whole + " | INSERT INTO schema_migrations VALUES (3, 0)", "version 3"},
		{golang, whole, "it lacks 1_a.sql, 2_b.sql: run it"},
		{golang, "CREATE TABLE a (x) | CREATE TABLE b (x) | CREATE VIEW v AS SELECT 1 AS n | INSERT INTO schema_migrations VALUES (2, 0)", "it lacks B.order: run it"},
		{dbmate, whole + " | INSERT INTO schema_migrations VALUES ('1'), ('2')", ""},
		{dbmate, whole + " | INSERT INTO schema_migrations VALUES ('2')", "it lacks 1_a.sql"},
		{dbmate, whole + " | INSERT INTO schema_migrations VALUES ('2'), ('1'), ('10')", "version 10"},
		{sqlMigrate, whole + " | INSERT INTO gorp_migrations VALUES ('1', datetime('now')), ('2', datetime('now'))", ""},
		{atlas, whole + " | INSERT INTO atlas_schema_revisions VALUES ('.atlas', '', 0, 0, 1, ''), ('2', '', 2, 1, 1, NULL)", ""},
		{atlas, whole + " | INSERT INTO atlas_schema_revisions VALUES ('2', '', 2, 1, 3, 'no such table')", "version 2 has failed"},
		{plain, whole, ""},
		{plain, "CREATE TABLE a (x)", "it lacks B, v"},
	} {
		statements := append(append([]string{}, keptTables[test.kept.Tool]...), strings.Split(test.has, " | ")...)
		path := filepath.Join(t.TempDir(), "k.db")
		db, err := sql.Open("sqlite", path)
		must(t, err)
		for _, s := range statements {
			_, err := db.Exec(s)
			must(t, err)
		}
		must(t, db.Close())
		do(t, c, statements...)

		file, inFile := test.kept.Open(t.Context(), path, sqlite.Options{})
		if file != nil {
			file.Close()
		}
		check := func(ctx context.Context, db *sql.DB) error {
			if test.kept.Tool == "" {
				return test.kept.Check(ctx, db, "bring it to the schema that drey generate read")
			}
			return test.kept.Check(ctx, db, fix)
		}
		client, err := rqlite.OpenChecked(t.Context(), nodes.URLs(), check, rqlite.Options{})
		if client != nil {
			client.Close()
		}
		if fmt.Sprint(err) != strings.TrimPrefix(fmt.Sprint(inFile), "open database "+path+": ") || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s, %s:\non a cluster %v\nin a file   %v", test.kept.Tool, test.has, err, inFile)
		}

		var drops []string
		r, err := c.Query(t.Context(), rqlite.Statement{SQL: "SELECT 'DROP ' || type || ' ' || name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"})
		must(t, err)
		for _, row := range r.Rows {
			drops = append(drops, row[0].(string))
		}
		do(t, c, drops...)
	}
}

// TestKeptCommands: what drey migrate says of a cluster that another tool keeps.
func TestKeptCommands(t *testing.T) {
	n := Start(t, 1)
	c := dial(t, n.URLs()...)
	url := n.Nodes[0].URL()
	run := func(dir string, code int, want string, args ...string) {
		t.Helper()
		var b strings.Builder
		args = append([]string{"migrate"}, append(args, "--dir", dir)...)
		if got := cli.Main(args, &b, &b); got != code || !strings.Contains(b.String(), want) {
			t.Errorf("drey %v: exit code %d, want %d, with %s\n%s", args, got, code, want, b.String())
		}
	}
	const config = "version: \"2\"\nsql:\n  - {engine: sqlite, schema: m, queries: q, gen: {go: {package: db, out: db}}}\noptions: {drey: {rqlite: true}}\n"
	project := func(files ...string) string {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "sqlc.yaml"), config)
		write(t, filepath.Join(dir, "q", "q.sql"), "")
		for i := 0; i < len(files); i += 2 {
			write(t, filepath.Join(dir, "m", files[i]), files[i+1])
		}
		return dir
	}

	golang := project("000000_a.up.sql", "CREATE TABLE a (x TEXT);\n", "000000_a.down.sql", "DROP TABLE a;\n", "000001_b.up.sql", "CREATE TABLE b (x TEXT);\n", "000001_b.down.sql", "DROP TABLE b;\n")
	run(golang, 0, "pending              000000_a.up.sql", "status", "--db", url)
	run(golang, 1, `migrate -path m -database "rqlite://HOST:4001?x-connect-insecure=true" up`, "up", "--db", url)
	run(golang, 1, `rqlite://HOST:4001?x-connect-insecure=true" down 1`, "down", "--db", url)
	run(golang, 1, "migrate create -ext sql -dir m -seq NAME", "new", "x")
	do(t, c, append(keptTables["golang-migrate"], "CREATE TABLE a (x TEXT)", "INSERT INTO schema_migrations VALUES (0, false)")...)
	run(golang, 0, "applied              000000_a.up.sql\npending              000001_b.up.sql", "status", "--db", url)
	run(golang, 0, "0\n", "version", "--db", url)
	run(golang, 0, "has the schema of version 0", "drift", url)
	do(t, c, "UPDATE schema_migrations SET version = 1, dirty = true")
	run(golang, 1, "schema_migrations says so of version 1", "status", "--db", url)
	run(golang, 1, "schema_migrations says so of version 1", "drift", url)
	do(t, c, "UPDATE schema_migrations SET dirty = false")
	run(golang, 1, "table b is missing", "drift", url)

	dbmate := project("1_a.sql", "-- migrate:up\nCREATE TABLE a (x TEXT);\n-- migrate:down\nDROP TABLE a;\n")
	run(dbmate, 1, "dbmate does not migrate clusters: run dbmate -d m --url sqlite:FILE up on a backup of it", "up", "--db", url)
	do(t, c, "DROP TABLE schema_migrations")
	do(t, c, keptTables["sql-migrate"]...)
	run(dbmate, 0, "pending              1_a.sql", "status", "--db", url)
	do(t, c, append([]string{"DROP TABLE gorp_migrations"}, keptTables["dbmate"]...)...)
	do(t, c, "INSERT INTO schema_migrations VALUES ('1'), ('3')")
	run(dbmate, 0, "applied              1_a.sql\napplied              3 (no file)", "status", "--db", url)
	plain := project("a.sql", "CREATE TABLE a (x TEXT);\n")
	run(plain, 1, "plain SQL files: nothing records", "status", "--db", url)
	run(plain, 1, "migrate a backup of it and load that", "up", "--db", url)
	do(t, c, "DROP TABLE schema_migrations")
	run(plain, 0, "has the schema of all migrations", "drift", url)

	goose := project("00001_a.sql", "-- +goose Up\nCREATE TABLE a (x TEXT);\n")
	do(t, c, keptTables["golang-migrate"]...)
	run(goose, 1, "another tool has migrated this database", "up", "--db", url)
	if _, err := rqlite.Open(t.Context(), n.URLs(), []string{"00001_a.sql"}, rqlite.Options{}); err == nil || !strings.Contains(err.Error(), "another tool has migrated this database: it has schema_migrations") {
		t.Errorf("OpenRqlite says %v", err)
	}
}
