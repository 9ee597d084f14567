package migrators

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golang-migrate/migrate/v4"
	_ "github.com/golang-migrate/migrate/v4/database/sqlite"
	_ "github.com/golang-migrate/migrate/v4/source/file"
	sqlmigrate "github.com/rubenv/sql-migrate"
	"golang.org/x/tools/txtar"

	own "github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
)

// runner is a tool on a database.
type runner interface {
	step(up bool) error // errDone where there is nothing left
	close()
}

var errDone = errors.New("nothing left")

// golangMigrate is golang-migrate on a database.
type golangMigrate struct{ *migrate.Migrate }

func (g golangMigrate) step(up bool) error {
	n := 1
	if !up {
		n = -1
	}
	err := g.Steps(n)
	var short migrate.ErrShortLimit
	if errors.Is(err, os.ErrNotExist) || errors.As(err, &short) {
		return errDone
	}
	return err
}

func (g golangMigrate) close() { g.Close() }

// sqlMigrate is sql-migrate on a database.
type sqlMigrate struct {
	db     *sql.DB
	source sqlmigrate.FileMigrationSource
}

func (s sqlMigrate) step(up bool) error {
	direction := sqlmigrate.Up
	if !up {
		direction = sqlmigrate.Down
	}
	n, err := sqlmigrate.ExecMax(s.db, "sqlite3", s.source, direction, 1)
	if err == nil && n == 0 {
		return errDone
	}
	return err
}

func (s sqlMigrate) close() { s.db.Close() }

// Step by step, up and down again, a database that the tool migrates has the schema that
// drey makes of the migrations which the tool's table says that it has. Then goose's table
// is filled, and goose goes on.
func TestSteps(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no test data", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, f := range archive.Files {
				write(t, filepath.Join(dir, f.Name), f.Data)
			}
			files, err := migration.Load(dir, []string{"m"})
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "d.db")
			target, err := own.ParseTarget(path)
			if err != nil {
				t.Fatal(err)
			}
			options := strings.TrimSpace(string(archive.Comment))
			tool := open(t, files[0].Format, filepath.Join(dir, "m"), path, options)
			steps := 0
			for _, up := range []bool{true, false, true} {
				for {
					err := tool.step(up)
					if errors.Is(err, errDone) {
						break
					}
					if err != nil {
						t.Fatalf("up %t, after %d steps: %v", up, steps, err)
					}
					steps++
					compare(t, target, files)
				}
			}
			if steps != 3*len(files) {
				t.Errorf("the tool took %d steps; drey sees %d migrations", steps, len(files))
			}
			tool.close()
			takeOver(t, target, files)
		})
	}
}

func open(t *testing.T, f *migration.Format, dir, path, options string) runner {
	t.Helper()
	switch f {
	case migration.Dbmate:
		return newDbmate(dir, path)
	case migration.GolangMigrate:
		m, err := migrate.New("file://"+dir, "sqlite://"+path+"?"+options)
		if err != nil {
			t.Fatal(err)
		}
		return golangMigrate{m}
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	return sqlMigrate{db, sqlmigrate.FileMigrationSource{Dir: dir}}
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, content, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// compare holds a database to what drey makes of what it has.
func compare(t *testing.T, target own.Target, files []migration.File) []migration.File {
	t.Helper()
	db, err := target.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list, err := own.ReadTool(t.Context(), db, files)
	if err != nil {
		t.Fatal(err)
	}
	var have []migration.File
	for i, a := range list {
		if files[i].Version() != a.Version {
			t.Fatalf("the table says %v", list)
		}
		have = append(have, files[i])
	}
	want, err := diff.Migrated(t.Context(), have)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := own.VersionTables(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	is, err := alter.Read(t.Context(), db, tables...)
	if err != nil {
		t.Fatal(err)
	}
	if said := alter.Exact(is, want); said != "" {
		t.Fatalf("after %d migrations: %s", len(have), said)
	}
	return have
}

// takeOver converts the files, fills goose's table and takes everything back.
func takeOver(t *testing.T, target own.Target, files []migration.File) {
	t.Helper()
	dir := t.TempDir()
	for _, c := range migration.Convert(files, "") {
		write(t, filepath.Join(dir, filepath.Base(c.Path)), c.Content)
	}
	converted, err := migration.Load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Run(t.Context(), converted, own.Up(false), own.Options{}); !errors.Is(err, own.ErrOtherTool) {
		t.Fatalf("before goose's table is filled: %v", err)
	}
	have := compare(t, target, converted)
	for _, want := range []bool{true, false} {
		if added, err := target.Adopt(t.Context(), converted, have); err != nil || added != want {
			t.Fatalf("filled: %t, %v", added, err)
		}
	}
	compare(t, target, converted) // the other table is there still
	steps := 0
	ended := own.Options{Ended: func(own.Step) { steps++ }}
	if err := target.Run(t.Context(), converted, own.Up(false), ended); err != nil || steps != 0 {
		t.Fatalf("%d steps, %v", steps, err)
	}
	if err := target.Run(t.Context(), converted, own.Reset, ended); err != nil || steps != len(files) {
		t.Fatalf("%d steps, %v", steps, err)
	}
	db, err := target.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables, err := own.VersionTables(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	left, err := alter.Read(t.Context(), db, tables...)
	if err != nil || len(left.Objects) > 0 {
		t.Fatalf("left: %v, %v", left.Objects, err)
	}
}

// A migration that has failed halfway is an error, and nothing is filled.
func TestDirty(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "m", "1_a.up.sql"), []byte("CREATE TABLE a (x);"))
	write(t, filepath.Join(dir, "m", "2_b.up.sql"), []byte("CREATE TABLE a (x);"))
	path := filepath.Join(dir, "d.db")
	tool := open(t, migration.GolangMigrate, filepath.Join(dir, "m"), path, "")
	if err := errors.Join(tool.step(true), tool.step(true)); err == nil {
		t.Fatal("it runs")
	}
	tool.close()
	target, err := own.ParseTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := migration.Load(dir, []string{"m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Adopt(t.Context(), files, files); !errors.Is(err, own.ErrFailed) {
		t.Errorf("got %v", err)
	}
	db, err := target.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := own.ReadTool(t.Context(), db, files); !errors.Is(err, own.ErrFailed) {
		t.Errorf("got %v", err)
	}
}
