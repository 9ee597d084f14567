package migrators

import (
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/amacneil/dbmate/v2/pkg/dbmate"
	"github.com/amacneil/dbmate/v2/pkg/dbutil"
)

// dbmateRunner is dbmate on a database.
type dbmateRunner struct {
	*dbmate.DB
	all fs.FS
}

func newDbmate(dir, path string) dbmateRunner {
	db := dbmate.New(&url.URL{Scheme: "sqlite", Path: path})
	db.MigrationsDir, db.AutoDumpSchema, db.Log = []string{"m"}, false, io.Discard
	return dbmateRunner{db, os.DirFS(filepath.Dir(dir))}
}

// step goes up by the files up to the first that is pending, because dbmate goes up to the last.
func (d dbmateRunner) step(up bool) error {
	d.FS = d.all
	if !up {
		err := d.Rollback()
		if errors.Is(err, dbmate.ErrNoRollback) {
			return errDone
		}
		return err
	}
	list, err := d.FindMigrations()
	if err != nil {
		return err
	}
	some := fstest.MapFS{}
	for _, m := range list {
		content, err := fs.ReadFile(d.all, m.FilePath)
		if err != nil {
			return err
		}
		some[m.FilePath] = &fstest.MapFile{Data: content}
		if !m.Applied {
			d.FS = some
			return d.Migrate()
		}
	}
	return errDone
}

func (d dbmateRunner) close() {}

// dbmateDriver is what dbmate's own driver of SQLite does, which needs cgo, over modernc's.
type dbmateDriver struct{ path string }

func init() {
	dbmate.RegisterDriver(func(c dbmate.DriverConfig) dbmate.Driver { return dbmateDriver{c.DatabaseURL.Path} }, "sqlite")
}

func (d dbmateDriver) Open() (*sql.DB, error)                        { return sql.Open("sqlite", d.path) }
func (d dbmateDriver) DatabaseExists() (bool, error)                 { return true, nil }
func (d dbmateDriver) CreateDatabase() error                         { return nil }
func (d dbmateDriver) DropDatabase() error                           { return nil }
func (d dbmateDriver) DumpSchema(*sql.DB, ...string) ([]byte, error) { return nil, nil }
func (d dbmateDriver) Ping() error                                   { return nil }
func (d dbmateDriver) QueryError(query string, err error) error {
	return &dbmate.QueryError{Err: err, Query: query}
}

func (d dbmateDriver) MigrationsTableExists(db *sql.DB) (exists bool, err error) {
	err = db.QueryRow("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations')").Scan(&exists)
	return exists, err
}

func (d dbmateDriver) CreateMigrationsTable(db *sql.DB) error {
	_, err := db.Exec(`create table if not exists "schema_migrations" (version varchar(128) primary key)`)
	return err
}

func (d dbmateDriver) SelectMigrations(db *sql.DB, limit int) (map[string]bool, error) {
	rows, err := db.Query("select version from schema_migrations order by version desc limit ?", limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	versions := map[string]bool{}
	for rows.Next() {
		var version string
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		versions[version] = true
	}
	return versions, rows.Err()
}

func (d dbmateDriver) InsertMigration(tx dbutil.Transaction, version string) error {
	_, err := tx.Exec("insert into schema_migrations (version) values (?)", version)
	return err
}

func (d dbmateDriver) DeleteMigration(tx dbutil.Transaction, version string) error {
	_, err := tx.Exec("delete from schema_migrations where version = ?", version)
	return err
}

// A second section of a file is a migration of the same version, which the table does not
// take: drey refuses such a file.
func TestDbmateSections(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "m", "1_a.sql"), []byte("-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nDROP TABLE b;\n"))
	if err := newDbmate(filepath.Join(dir, "m"), filepath.Join(dir, "d.db")).step(true); err == nil {
		t.Error("dbmate runs it: so should drey")
	}
}
