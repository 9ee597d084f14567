package cli

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const foreignConfig = `-- sqlc.yaml --
version: "2"
sql:
  - {engine: sqlite, schema: db/migrations, queries: sql, gen: {go: {package: db, out: db}}}
-- sql/q.sql --
`

const golangProject = foreignConfig + `-- db/migrations/000000_init.up.sql --
CREATE TABLE links (id INTEGER PRIMARY KEY, slug TEXT NOT NULL);
CREATE TRIGGER t AFTER INSERT ON links BEGIN
  SELECT 1;
END;
-- db/migrations/000000_init.down.sql --
DROP TABLE links;
-- db/migrations/000007_note.up.sql --
-- why
ALTER TABLE links ADD COLUMN note TEXT
-- db/migrations/000007_note.down.sql --
ALTER TABLE links DROP COLUMN note;
`

const dbmateProject = foreignConfig + `-- db/migrations/20260101000000_init.sql --
-- migrate:up transaction:false
CREATE TABLE links (id INTEGER PRIMARY KEY);

-- migrate:down
DROP TABLE links;
-- db/migrations/20260102000000_note.sql --
-- migrate:up
ALTER TABLE links ADD COLUMN note TEXT;
-- migrate:down
ALTER TABLE links DROP COLUMN note;
`

const plainProject = `-- sqlc.yaml --
version: "2"
sql:
  - {engine: sqlite, schema: schema.sql, queries: sql, gen: {go: {package: db, out: db}}}
-- sql/q.sql --
-- schema.sql --
-- the schema
CREATE TABLE IF NOT EXISTS links (id INTEGER PRIMARY KEY);
`

func unpack(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(text)).Files {
		name := filepath.Join(dir, f.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, f.Data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// drey runs a command in a folder. Paths in what it says are without the folder's.
func drey(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	for i, a := range args {
		if strings.HasSuffix(a, ".db") {
			args[i] = filepath.Join(dir, a)
		}
	}
	c := command()
	var out bytes.Buffer
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs(append(args, "--dir", dir))
	err := c.ExecuteContext(t.Context())
	if err != nil {
		err = errors.New(strings.ReplaceAll(err.Error(), dir+"/", ""))
	}
	return strings.ReplaceAll(out.String(), dir+"/", ""), err
}

func execute(t *testing.T, name, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

func value(t *testing.T, name, query string) (text string) {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

const (
	golangTable = "CREATE TABLE schema_migrations (version uint64, dirty bool);"
	golangLinks = "CREATE TABLE links (id INTEGER PRIMARY KEY, slug TEXT NOT NULL); CREATE TRIGGER t AFTER INSERT ON links BEGIN SELECT 1; END;"
	golangNote  = "ALTER TABLE links ADD COLUMN note TEXT;"
)

// What goose alone does is for the other tool to do here, and the error says how.
func TestForeignRefused(t *testing.T) {
	for _, test := range []struct{ project, command, want string }{
		{golangProject, "up", "golang-migrate runs these migrations (db/migrations/000000_init.up.sql: its name ends in .up.sql)\n" +
			"\tfix: migrate -path db/migrations -database sqlite://FILE up\n" +
			"\t     or make goose migrations of them, which drey and goose run: drey migrate convert"},
		{golangProject, "down", "migrate -path db/migrations -database sqlite://FILE down 1"},
		{golangProject, "to 3", "migrate -path db/migrations -database sqlite://FILE goto VERSION"},
		{golangProject, "redo", "golang-migrate runs these migrations"},
		{golangProject, "new x", "migrate create -ext sql -dir db/migrations -seq NAME"},
		{golangProject, "fix", "golang-migrate runs these migrations"},
		{golangProject, "diff x --to schema.sql", "golang-migrate runs these migrations"},
		{dbmateProject, "up", "dbmate runs these migrations (db/migrations/20260101000000_init.sql:1: \"-- migrate:up transaction:false\")\n\tfix: dbmate -d db/migrations --url sqlite:FILE up"},
		{dbmateProject, "new x", "dbmate -d db/migrations new NAME"},
		{plainProject, "up", "drey does not know what runs these files (no file shows a tool by its name or by a comment)\n\tfix: make goose migrations"},
		{plainProject, "status", "nothing records which of them a database has"},
	} {
		dir := unpack(t, test.project)
		execute(t, filepath.Join(dir, "a.db"), "SELECT 1")
		args := append([]string{"migrate"}, strings.Fields(test.command)...)
		if !strings.HasPrefix(test.command, "new") && !strings.HasPrefix(test.command, "fix") && !strings.HasPrefix(test.command, "diff") {
			args = append(args, "--db", "a.db")
		}
		out, err := drey(t, dir, args...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %s, %v", test.command, out, err)
		}
		if err != nil && strings.Contains(err.Error(), "+goose") {
			t.Errorf("%s: %v", test.command, err)
		}
	}
}

// What reads works on a database that the other tool has migrated.
func TestForeignRead(t *testing.T) {
	dir := unpack(t, golangProject)
	db := filepath.Join(dir, "a.db")
	execute(t, db, golangTable+"INSERT INTO schema_migrations VALUES (0, 0);"+golangLinks)
	for _, test := range []struct{ args, want, fails string }{
		{"status --db a.db", "applied (UTC)        migration\napplied              000000_init.up.sql\npending              000007_note.up.sql\n", ""},
		{"version --db a.db", "0\n", ""},
		{"drift a.db", "a.db has the schema of version 0\n", ""},
		{"check", "2 migrations checked\n", ""},
		{"validate", "2 migrations read\n", ""},
	} {
		out, err := drey(t, dir, append([]string{"migrate"}, strings.Fields(test.args)...)...)
		if err != nil || out != test.want {
			t.Errorf("%s: %s, %v", test.args, out, err)
		}
	}
	alone := unpack(t, golangProject+"-- db/migrations/000008_alone.down.sql --\nDROP TABLE gone;\n")
	if out, err := drey(t, alone, "migrate", "check"); err == nil || !strings.Contains(out, "db/migrations/000008_alone.down.sql: warning: there is no 000008_alone.up.sql: golang-migrate counts the version and runs nothing") {
		t.Errorf("check: %s, %v", out, err)
	}
	recorded := unpack(t, golangProject)
	if out, err := drey(t, recorded, "migrate", "check", "--record"); err != nil || !strings.Contains(out, "4 migrations recorded in drey.sum") {
		t.Errorf("record: %s, %v", out, err)
	}
	if err := os.WriteFile(filepath.Join(recorded, "db/migrations/000007_note.down.sql"), []byte("ALTER TABLE links DROP COLUMN note; "), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := drey(t, recorded, "migrate", "check"); err == nil || !strings.Contains(out, "db/migrations/000007_note.down.sql: error: the migration has changed") {
		t.Errorf("check: %s, %v", out, err)
	}
	execute(t, db, "UPDATE schema_migrations SET version = 7")
	if out, err := drey(t, dir, "migrate", "drift", "a.db"); err == nil || !strings.Contains(out, "a.db differs from version 7") || !strings.Contains(out, "note") {
		t.Errorf("drift: %s, %v", out, err)
	}
	execute(t, db, "UPDATE schema_migrations SET version = 8")
	if _, err := drey(t, dir, "migrate", "drift", "a.db"); err == nil || !strings.Contains(err.Error(), "versions of which there is no file: 8") {
		t.Errorf("drift: %v", err)
	}
	if out, err := drey(t, dir, "migrate", "status", "--db", "a.db"); err != nil || !strings.Contains(out, "applied              8 (no file)") {
		t.Errorf("status: %s, %v", out, err)
	}
	execute(t, db, "UPDATE schema_migrations SET version = 7, dirty = 1")
	for _, args := range [][]string{{"migrate", "drift", "a.db"}, {"migrate", "status", "--db", "a.db"}, {"migrate", "convert", "--db", "a.db", "--write"}} {
		if _, err := drey(t, dir, args...); err == nil || !strings.Contains(err.Error(), "schema_migrations says so of version 7") {
			t.Errorf("%s: %v", args, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "db/migrations/000007_note.up.sql")); err != nil {
		t.Error("a conversion that fails has removed a file")
	}
	plain := unpack(t, plainProject)
	execute(t, filepath.Join(plain, "a.db"), "CREATE TABLE links (id INTEGER PRIMARY KEY)")
	if out, err := drey(t, plain, "migrate", "drift", "a.db"); err != nil || out != "a.db has the schema of all migrations\n" {
		t.Errorf("drift: %s, %v", out, err)
	}
}

// The files become goose's, and goose goes on with a database that the tool has migrated.
// A local D1 has what wrangler says that it has, under the names of the exported files.
func TestForeignD1(t *testing.T) {
	const wrangler = "CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB);" +
		"CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT '2026-01-02 03:04:05' NOT NULL);" +
		"INSERT INTO d1_migrations (name) VALUES "
	for _, test := range []struct{ project, has, status, drift string }{
		{golangProject, golangLinks + wrangler + "('000000_init.up.sql'), ('seed.sql')", "2026-01-02 03:04:05  000000_init.up.sql\npending              000007_note.up.sql\n", "has the schema of version 0"},
		{golangProject, golangLinks + golangNote + wrangler + "('000007_note.up.sql')", "2026-01-02 03:04:05  000000_init.up.sql\n2026-01-02 03:04:05  000007_note.up.sql\n", "has the schema of version 7"},
		{golangProject, golangLinks + wrangler + "('000000_init.up.sql'), ('000008_x.up.sql')", "2026-01-02 03:04:05  000008_x.up.sql (no file)\n", "versions of which there is no file: 000008_x.up.sql"},
		{dbmateProject, "CREATE TABLE links (id INTEGER PRIMARY KEY);" + wrangler + "('20260101000000_init.sql')", "pending              20260102000000_note.sql\n", "has the schema of version 20260101000000"},
		{plainProject, "CREATE TABLE links (id INTEGER PRIMARY KEY);" + wrangler + "('schema.sql')", "2026-01-02 03:04:05  schema.sql\n", "has the schema of version schema.sql"},
	} {
		dir := unpack(t, test.project)
		execute(t, filepath.Join(dir, "d1.db"), test.has)
		if out, err := drey(t, dir, "migrate", "status", "--db", "d1.db"); err != nil || !strings.Contains(out, test.status) {
			t.Errorf("%s\n%v, want %s", out, err, test.status)
		}
		if out, err := drey(t, dir, "migrate", "drift", "d1.db"); !strings.Contains(fmt.Sprint(out, err), test.drift) {
			t.Errorf("%s\n%v, want %s", out, err, test.drift)
		}
	}
}

func TestConvert(t *testing.T) {
	for _, test := range []struct {
		project, has, plan string
		files              map[string]string
		versions, back     string
	}{
		{golangProject, golangTable + "INSERT INTO schema_migrations VALUES (0, 0);" + golangLinks,
			"2 migrations of golang-migrate:\n" +
				"  db/migrations/000001_init.sql  from db/migrations/000000_init.up.sql and db/migrations/000000_init.down.sql\n" +
				"  db/migrations/000007_note.sql  from db/migrations/000007_note.up.sql and db/migrations/000007_note.down.sql\n" +
				"the files that go are copied to db/migrations.golang-migrate\n" +
				"a.db has the schema of 1 migration, of 2\n" +
				"nothing is changed yet: --write does it\n",
			map[string]string{
				"db/migrations/000001_init.sql": "-- drey:converted golang-migrate 0\n-- +goose Up\nCREATE TABLE links (id INTEGER PRIMARY KEY, slug TEXT NOT NULL);\n" +
					"-- +goose StatementBegin\nCREATE TRIGGER t AFTER INSERT ON links BEGIN\n  SELECT 1;\nEND;\n-- +goose StatementEnd\n-- +goose Down\nDROP TABLE links;\n",
				"db/migrations/000007_note.sql": "-- drey:converted golang-migrate 7\n-- +goose Up\n-- why\n-- +goose StatementBegin\nALTER TABLE links ADD COLUMN note TEXT\n-- +goose StatementEnd\n" +
					"-- +goose Down\nALTER TABLE links DROP COLUMN note;\n",
				"db/migrations.golang-migrate/000000_init.up.sql":   "",
				"db/migrations.golang-migrate/000000_init.down.sql": "",
				"db/migrations.golang-migrate/000007_note.up.sql":   "",
				"db/migrations.golang-migrate/000007_note.down.sql": "",
			}, "0 1", "schema_migrations"},
		{dbmateProject, "CREATE TABLE schema_migrations (version varchar(128) primary key); INSERT INTO schema_migrations VALUES ('20260101000000'); CREATE TABLE links (id INTEGER PRIMARY KEY);",
			"2 migrations of dbmate:\n" +
				"  db/migrations/20260101000000_init.sql  from db/migrations/20260101000000_init.sql\n" +
				"  db/migrations/20260102000000_note.sql  from db/migrations/20260102000000_note.sql\n" +
				"the files that go are copied to db/migrations.dbmate\n" +
				"a.db has the schema of 1 migration, of 2\n" +
				"nothing is changed yet: --write does it\n",
			map[string]string{
				"db/migrations/20260101000000_init.sql":        "-- drey:converted dbmate 20260101000000\n-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABLE links (id INTEGER PRIMARY KEY);\n\n-- +goose Down\nBEGIN;\nDROP TABLE links;\nCOMMIT;\n",
				"db/migrations/20260102000000_note.sql":        "-- drey:converted dbmate 20260102000000\n-- +goose Up\nALTER TABLE links ADD COLUMN note TEXT;\n-- +goose Down\nALTER TABLE links DROP COLUMN note;\n",
				"db/migrations.dbmate/20260101000000_init.sql": "",
				"db/migrations.dbmate/20260102000000_note.sql": "",
			}, "0 20260101000000", "schema_migrations"},
		{plainProject, "CREATE TABLE links (id INTEGER PRIMARY KEY);",
			"1 migration of plain SQL:\n  migrations/1_schema.sql  from schema.sql\n" +
				"the files that go are copied to migrations.plain-sql\n" +
				"sqlc.yaml gets schema: migrations\n" +
				"a.db has the schema of 1 migration, of 1\n" +
				"nothing is changed yet: --write does it\n",
			map[string]string{
				"migrations/1_schema.sql":         "-- drey:converted plain-sql schema.sql\n-- +goose Up\n-- the schema\nCREATE TABLE IF NOT EXISTS links (id INTEGER PRIMARY KEY);\n",
				"migrations.plain-sql/schema.sql": "",
				"sqlc.yaml":                       strings.Replace(string(txtar.Parse([]byte(plainProject)).Files[0].Data), "schema.sql", "migrations", 1),
			}, "0 1", ""},
	} {
		dir := unpack(t, test.project)
		db := filepath.Join(dir, "a.db")
		execute(t, db, test.has)
		before := tree(t, dir)
		out, err := drey(t, dir, "migrate", "convert", "--db", "a.db")
		if err != nil || out != test.plan {
			t.Fatalf("%s\n%v", out, err)
		}
		if after := tree(t, dir); len(after) != len(before) {
			t.Fatalf("a plan has changed the files: %v", after)
		}
		if out, err := drey(t, dir, "migrate", "convert", "--write"); err != nil {
			t.Fatalf("%s\n%v", out, err)
		}
		test.files["sql/q.sql"] = ""
		if _, changed := test.files["sqlc.yaml"]; !changed {
			test.files["sqlc.yaml"] = ""
		}
		after := tree(t, dir)
		for name, want := range test.files {
			if got, ok := after[name]; !ok || want != "" && got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if len(after) != len(test.files) {
			t.Errorf("there is %v", after)
		}
		for _, args := range [][]string{{"up", "--db", "a.db"}, {"up", "--dry-run", "--db", "a.db"}, {"status", "--db", "a.db"}, {"drift", "a.db"}} {
			if test.back == "" {
				continue
			}
			if out, err := drey(t, dir, append([]string{"migrate"}, args...)...); err == nil || !strings.Contains(err.Error(), "another tool has migrated this database: it has schema_migrations") {
				t.Errorf("%s, too early: %s, %v", args, out, err)
			}
		}
		for _, want := range []string{"goose_db_version filled", "goose_db_version has these versions already"} {
			if out, err := drey(t, dir, "migrate", "convert", "--db", "a.db", "--write"); err != nil || !strings.Contains(out, want) {
				t.Errorf("%s\n%v", out, err)
			}
		}
		if got := value(t, db, "SELECT group_concat(version_id, ' ') FROM (SELECT version_id FROM goose_db_version ORDER BY id)"); got != test.versions {
			t.Errorf("goose's table has %s", got)
		}
		if test.back != "" {
			value(t, db, "SELECT count(*) FROM "+test.back)
		}
		for _, command := range []string{"up", "reset", "up"} {
			if out, err := drey(t, dir, "migrate", command, "--db", "a.db", "--no-backup"); err != nil {
				t.Errorf("%s: %s, %v", command, out, err)
			}
		}
		if out, err := drey(t, dir, "migrate", "drift", "a.db"); err != nil {
			t.Errorf("%s, %v", out, err)
		}
	}
}

// tree is what the files have, without databases.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		if d.IsDir() || strings.Contains(d.Name(), ".db") {
			return nil
		}
		content, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A database with another schema is not taken over, and no file is changed.
func TestConvertDrift(t *testing.T) {
	dir := unpack(t, golangProject)
	execute(t, filepath.Join(dir, "a.db"), golangTable+"INSERT INTO schema_migrations VALUES (7, 0);"+golangLinks)
	before := tree(t, dir)
	out, err := drey(t, dir, "migrate", "convert", "--db", "a.db", "--write")
	if err == nil || !strings.Contains(out, "note") {
		t.Errorf("%s, %v", out, err)
	}
	if after := tree(t, dir); len(after) != len(before) {
		t.Errorf("there is %v", after)
	}
	execute(t, filepath.Join(dir, "a.db"), golangNote)
	if out, err := drey(t, dir, "migrate", "convert", "--db", "a.db", "--write"); err != nil {
		t.Errorf("%s, %v", out, err)
	}
}

// Files that git has are not copied; goose's are not converted.
func TestConvertGit(t *testing.T) {
	dir := unpack(t, golangProject)
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "all"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Skipf("git: %s", out)
		}
	}
	if out, err := drey(t, dir, "migrate", "convert", "--write"); err != nil || !strings.Contains(out, "git has the files that go") {
		t.Errorf("%s, %v", out, err)
	}
	if after := tree(t, dir); len(after) != 4 {
		t.Errorf("there is %v", after)
	}
	if out, err := drey(t, dir, "migrate", "convert"); err != nil || !strings.Contains(out, "are goose's already") {
		t.Errorf("%s, %v", out, err)
	}
	own := unpack(t, foreignConfig+"-- db/migrations/00001_a.sql --\n-- +goose Up\nSELECT 1;\n")
	if _, err := drey(t, own, "migrate", "convert"); err == nil || !strings.Contains(err.Error(), "these are goose migrations") {
		t.Error(err)
	}
}
