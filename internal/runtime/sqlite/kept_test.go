package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

var keptMigrations = []sqlite.Migration{
	{Version: 1, Name: "1_a.up.sql", Recorded: "1", Up: []string{"CREATE TABLE a (x)"}},
	{Version: 2, Name: "2_b.up.sql", Recorded: "2", Up: []string{"CREATE TABLE b (x, y)"}},
}

var keptObjects = []sqlite.Object{{Name: "a", Columns: []string{"x"}}, {Name: "B", Columns: []string{"x", "Y"}}}

var (
	golangMigrate = &sqlite.Kept{Tool: "golang-migrate", Command: "migrate up", Table: "schema_migrations", Versions: "SELECT version, dirty FROM schema_migrations",
		Last: true, Migrations: keptMigrations, Objects: keptObjects}
	dbmate = &sqlite.Kept{Tool: "dbmate", Command: "dbmate up", Table: "schema_migrations", Versions: "SELECT version, 0 FROM schema_migrations",
		Migrations: keptMigrations, Objects: keptObjects}
	atlas = &sqlite.Kept{Tool: "Atlas", Command: "atlas migrate apply", Table: "atlas_schema_revisions",
		Versions: "SELECT version, applied < total OR coalesce(error, '') <> '' FROM atlas_schema_revisions WHERE version NOT LIKE '.%' ORDER BY version DESC LIMIT 1",
		Last:     true, Migrations: keptMigrations, Objects: keptObjects}
	plain = &sqlite.Kept{Migrations: keptMigrations, Objects: keptObjects}
)

const (
	schemaAB      = "CREATE TABLE a (x); CREATE TABLE b (x, y);"
	golangVersion = "CREATE TABLE schema_migrations (version uint64, dirty bool); INSERT INTO schema_migrations VALUES "
	dbmateVersion = "CREATE TABLE schema_migrations (version varchar(128) primary key); INSERT INTO schema_migrations VALUES "
	atlasVersion  = "CREATE TABLE atlas_schema_revisions (version text primary key, description text, type integer, applied integer, total integer, error text);" +
		" INSERT INTO atlas_schema_revisions VALUES "
)

// A database opens if the tool says that it has the migrations, and it has the columns.
func TestKeptOpen(t *testing.T) {
	for _, test := range []struct {
		name string
		kept *sqlite.Kept
		has  string
		err  error  // nil if it opens
		says string // a part of the error
	}{
		{"golang-migrate", golangMigrate, schemaAB + golangVersion + "(2, 0)", nil, ""},
		{"golang-migrate, dirty", golangMigrate, schemaAB + golangVersion + "(2, 1)", drey.ErrSchemaOlder, "schema_migrations says that version 2 has failed"},
		{"golang-migrate, older", golangMigrate, schemaAB + golangVersion + "(1, 0)", drey.ErrSchemaOlder, "it lacks 2_b.up.sql: run migrate up"},
		{"golang-migrate, newer", golangMigrate, schemaAB + golangVersion + "(3, 0)", drey.ErrSchemaNewer, "applied version 3"},
		{"golang-migrate, taken back", golangMigrate, golangVersion + "(1, 0); DELETE FROM schema_migrations", drey.ErrSchemaOlder, "it lacks 1_a.up.sql, 2_b.up.sql"},
		{"golang-migrate, dbmate's table", golangMigrate, schemaAB + dbmateVersion + "('2')", nil, "schema_migrations is not a table of golang-migrate"},
		{"golang-migrate, a table of another name", golangMigrate, schemaAB, nil, ""},
		{"golang-migrate, nothing there", golangMigrate, "SELECT 1", drey.ErrSchemaOlder, "it lacks a, B: run migrate up"},
		{"a column is gone", golangMigrate, "CREATE TABLE a (x); CREATE TABLE b (x);" + golangVersion + "(2, 0)", drey.ErrSchemaOlder, "it lacks B.Y"},
		{"more than needed", golangMigrate, schemaAB + "CREATE TABLE more (x); ALTER TABLE a ADD COLUMN z; CREATE VIEW broken AS SELECT * FROM gone;" + golangVersion + "(2, 0)", nil, ""},
		{"dbmate", dbmate, schemaAB + dbmateVersion + "('1'), ('2')", nil, ""},
		{"dbmate, one is missing", dbmate, schemaAB + dbmateVersion + "('2')", drey.ErrSchemaOlder, "it lacks 1_a.up.sql: run dbmate up"},
		{"dbmate, newer", dbmate, schemaAB + dbmateVersion + "('1'), ('2'), ('10')", drey.ErrSchemaNewer, "version 10"},
		{"Atlas", atlas, schemaAB + atlasVersion + "('.atlas_cloud_identifier', '', 0, 0, 1, ''), ('1', '', 2, 1, 1, NULL), ('2', '', 2, 1, 1, '')", nil, ""},
		{"Atlas, a baseline", atlas, schemaAB + atlasVersion + "('2', '', 1, 0, 0, '')", nil, ""},
		{"Atlas, halfway", atlas, schemaAB + atlasVersion + "('2', '', 2, 1, 3, 'no such table')", drey.ErrSchemaOlder, "version 2 has failed"},
		{"Atlas, older", atlas, schemaAB + atlasVersion + "('1', '', 2, 1, 1, '')", drey.ErrSchemaOlder, "it lacks 2_b.up.sql"},
		{"plain", plain, schemaAB, nil, ""},
		{"plain, older", plain, "CREATE TABLE a (x)", drey.ErrSchemaOlder, "it lacks B: bring it to the schema that drey generate read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k.db")
			hasSchema(t, path, test.has)
			before := objects(t, path)
			c, err := test.kept.Open(t.Context(), path, sqlite.Options{})
			if c != nil {
				defer c.Close()
			}
			if (err == nil) != (test.err == nil && test.says == "") || test.err != nil && !errors.Is(err, test.err) || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
			if after := objects(t, path); after != before {
				t.Errorf("it has %s, had %s", after, before)
			}
		})
	}
}

func hasSchema(t *testing.T, path, has string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(has); err != nil {
		t.Fatal(err)
	}
}

func objects(t *testing.T, path string) (list string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT coalesce(group_concat(name ORDER BY name), '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'").Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// A database in memory has the schema, whoever keeps it.
func TestKeptMemory(t *testing.T) {
	for _, k := range []*sqlite.Kept{golangMigrate, dbmate, atlas, plain} {
		c, err := k.Open(t.Context(), ":memory:", sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.ExecContext(t.Context(), "INSERT INTO b (x, y) VALUES (1, 2)"); err != nil {
			t.Error(err)
		}
		c.Close()
	}
	if _, err := dbmate.Open(t.Context(), filepath.Join(t.TempDir(), "none.db"), sqlite.Options{}); err == nil || !strings.Contains(err.Error(), "dbmate up creates it") {
		t.Errorf("got %v", err)
	}
}

// Create makes the schema once, and leaves a database that has tables as it is.
func TestKeptCreate(t *testing.T) {
	bare := &sqlite.Kept{Objects: keptObjects, Migrations: []sqlite.Migration{keptMigrations[0],
		{Name: "2", Before: []string{"PRAGMA foreign_keys = OFF"}, Up: keptMigrations[1].Up}, {Name: "3", NoTx: true, Up: []string{"PRAGMA user_version = 7"}}}}
	for name, k := range map[string]*sqlite.Kept{"in a transaction": plain, "without": bare} {
		path := filepath.Join(t.TempDir(), "k.db")
		if done, err := k.Create(t.Context(), path); err != nil || len(done) != len(k.Migrations) {
			t.Fatalf("%s: %v, %v", name, done, err)
		}
		if done, err := k.Create(t.Context(), path); err != nil || len(done) != 0 {
			t.Errorf("%s, again: %v, %v", name, done, err)
		}
		if got := objects(t, path); got != "a,b" {
			t.Errorf("%s: it has %s", name, got)
		}
	}
	path := filepath.Join(t.TempDir(), "other.db")
	hasSchema(t, path, "CREATE TABLE other (x)")
	if _, err := plain.Create(t.Context(), path); !errors.Is(err, drey.ErrSchemaOlder) {
		t.Errorf("another schema: %v", err)
	}
	broken := &sqlite.Kept{Migrations: []sqlite.Migration{keptMigrations[0], {Name: "broken", Up: []string{"CREATE TABLE a (x)"}}}}
	path = filepath.Join(t.TempDir(), "broken.db")
	if _, err := broken.Create(t.Context(), path); err == nil || objects(t, path) != "" {
		t.Errorf("half of it: %v, %s", err, objects(t, path))
	}
}

func TestKeptCreateAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	var group sync.WaitGroup
	created := make([]int, 8)
	for i := range created {
		group.Go(func() {
			done, err := plain.Create(context.Background(), path)
			if err != nil {
				t.Error(err)
			}
			created[i] = len(done)
		})
	}
	group.Wait()
	if got := fmt.Sprint(created); strings.Count(got, "2") != 1 || strings.Count(got, "0") != 7 {
		t.Errorf("created %s", got)
	}
}

// Migrate does not write goose's table into a database that another tool has migrated.
func TestMigrateNotOthers(t *testing.T) {
	for _, has := range []string{golangVersion + "(2, 0)", dbmateVersion + "('1')", atlasVersion + "('1', '', 2, 1, 1, '')", "CREATE TABLE gorp_migrations (id TEXT)"} {
		path := filepath.Join(t.TempDir(), "k.db")
		hasSchema(t, path, has)
		before := objects(t, path)
		if _, err := sqlite.Migrate(t.Context(), path, keptMigrations); err == nil || !strings.Contains(err.Error(), "another tool has migrated this database") {
			t.Errorf("got %v", err)
		}
		if _, err := sqlite.Open(t.Context(), path, keptMigrations, sqlite.Options{}); !errors.Is(err, drey.ErrSchemaOlder) || !strings.Contains(err.Error(), "another tool") {
			t.Errorf("open: got %v", err)
		}
		if after := objects(t, path); after != before {
			t.Errorf("it has %s, had %s", after, before)
		}
	}
}
