package seed_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/proof/chinook"
	"github.com/dreysql/drey/internal/seed"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/stored"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// schemas are databases with the schemas to fill: those of the tests, of this project
// and of others.
func schemas(t *testing.T) map[string]*sqlite.Memory {
	list := map[string]*sqlite.Memory{}
	migrated := func(name, dir string) {
		files, err := migration.Load(dir, []string{"."})
		must(t, err)
		m, err := sqlite.NewMemory()
		must(t, err)
		t.Cleanup(func() { m.Close() })
		_, err = migration.Apply(t.Context(), m, files, nil)
		must(t, err)
		list[name] = m
	}
	migrated("this project", "../../migrations")
	for _, folder := range []string{"../../cmd/drey/testdata/fixtures/options", "../../cmd/drey/testdata/fixtures/kinds", "../../cmd/drey/testdata/enums"} {
		migrated(filepath.Base(folder), filepath.Join(folder, "migrations"))
	}
	archives, err := filepath.Glob("../verify/testdata/quiet/*.txtar")
	must(t, err)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		must(t, err)
		dir := t.TempDir()
		for _, f := range archive.Files {
			if filepath.Dir(f.Name) == "migrations" {
				must(t, os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), f.Data, 0o644))
			}
		}
		migrated(filepath.Base(name), dir)
	}
	m, err := sqlite.LoadMemory(chinook.File(t))
	must(t, err)
	t.Cleanup(func() { m.Close() })
	list["chinook"] = m
	files, err := filepath.Glob("testdata/*.sql")
	must(t, err)
	for _, name := range append(files, "../drawing/testdata/shapes.sql") {
		text, err := os.ReadFile(name)
		must(t, err)
		list[filepath.Base(name)] = made(t, string(text))
	}
	return list
}

func made(t testing.TB, text string) *sqlite.Memory {
	m, err := sqlite.NewMemory()
	must(t, err)
	t.Cleanup(func() { m.Close() })
	conn, err := m.PlainConn()
	must(t, err)
	defer conn.Close()
	must(t, conn.Exec(text))
	return m
}

func open(t testing.TB, m *sqlite.Memory) (*sql.DB, *schema.Schema) {
	db, err := m.Open(nil)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	s, err := schema.Read(context.Background(), db, migration.VersionTable)
	must(t, err)
	return db, s
}

// sound checks what SQLite says of a database, and that Go can read its values.
func sound(t *testing.T, db *sql.DB, s *schema.Schema) {
	t.Helper()
	var said string
	must(t, db.QueryRow("PRAGMA integrity_check").Scan(&said))
	if said != "ok" {
		t.Error(said)
	}
	rows, err := db.Query("PRAGMA foreign_key_check")
	must(t, err)
	if rows.Next() {
		t.Error("foreign_key_check is not clean")
	}
	must(t, rows.Close())
	values, err := stored.Rows(t.Context(), db, s, stored.TypesOf(nil), nil)
	must(t, err)
	for _, v := range values {
		t.Error(v.Summary())
	}
}

func dump(t *testing.T, db *sql.DB, s *schema.Schema) string {
	var b strings.Builder
	for _, table := range s.Tables {
		if table.Kind != schema.KindTable {
			continue
		}
		rows, err := db.Query("SELECT * FROM " + sqltext.Quote(table.Name))
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			must(t, rows.Scan(into...))
			fmt.Fprintln(&b, table.Name, values)
		}
		must(t, rows.Err())
		must(t, rows.Close())
	}
	return b.String()
}

// TestSchemas fills the tables of schemas that nobody has made for this, as often as
// it takes to see that keys go on and that the same seed makes the same rows; and what
// it says as SQL makes them as well.
func TestSchemas(t *testing.T) {
	for name, m := range schemas(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twin, err := m.Clone()
			must(t, err)
			defer twin.Close()
			db, s := open(t, m)
			var rows []seed.Count
			if name == "shapes.sql" { // which has a foreign key to a table that is not there
				rows = append(rows, seed.Count{Rows: 100}, seed.Count{Table: "stay"})
			}
			filled, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1, Rows: rows})
			must(t, err)
			for _, f := range filled {
				if f.Rows != f.Asked {
					t.Logf("%s: %d rows of %d: %s", f.Table, f.Rows, f.Asked, f.Why)
				}
				if f.Rows != f.Asked && f.Why == "" {
					t.Errorf("%s: %d rows of %d", f.Table, f.Rows, f.Asked)
				}
			}
			sound(t, db, s)

			other, _ := open(t, twin)
			var script bytes.Buffer
			before := dump(t, other, s)
			_, err = seed.Run(t.Context(), other, s, stored.TypesOf(nil), seed.Options{Seed: 1, Rows: rows, SQL: &script})
			must(t, err)
			if dump(t, other, s) != before {
				t.Error("the script has been written, and so have rows")
			}
			conn, err := twin.Conn()
			must(t, err)
			defer conn.Close()
			must(t, conn.Exec("BEGIN;\n"+script.String()+"COMMIT"))
			if first, second := dump(t, db, s), dump(t, other, s); first != second {
				t.Errorf("the script makes other rows:\n%s\n%s", first, second)
			}
			_, err = seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 2, Rows: append(rows, seed.Count{Rows: 10})})
			must(t, err)
			sound(t, db, s)
		})
	}
}
