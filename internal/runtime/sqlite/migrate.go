//go:build !js

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Migration is one of a project's migrations, as goose ran it when the project's
// package was generated.
type Migration struct {
	Version int64
	Name    string
	// Recorded is how the tool of a [Kept] schema calls the migration in its table.
	Recorded string
	NoTx     bool // -- +goose NO TRANSACTION
	Up       []string

	// Before and After are for a migration that said NO TRANSACTION and had its
	// own transaction around Up: the PRAGMAs on either side.
	Before, After []string
}

// Migrate applies the migrations that the database file at path lacks, and
// creates the file if it does not exist. Each migration runs in a transaction
// of its own, unless it says NO TRANSACTION. Migrate returns the names of
// those it applied. The version table is goose's, so the goose command and
// Migrate can be mixed. As with the goose command, foreign keys are not
// enforced meanwhile.
//
// Processes that start at once may all call Migrate: each migration runs in one of
// them, and the others wait, as long as their contexts allow. A crash leaves the schema
// at one version or the next. Neither holds for a migration that says NO TRANSACTION,
// unless all of it but PRAGMAs is between BEGIN and COMMIT. It must be possible to run
// the statements of such a migration again.
//
// A migration that fails leaves the earlier ones applied. If the database has
// migrations that this package does not know, the error is
// [drey.ErrSchemaNewer].
func Migrate(ctx context.Context, path string, migrations []Migration) ([]string, error) {
	db, err := connect(ctx, migratingDSN(fileURI(path, "rwc")), patient)
	if err != nil {
		return nil, fmt.Errorf("migrate %s: %w", path, err)
	}
	defer db.Close()
	done, err := migrate(ctx, db, migrations)
	if err != nil {
		return done, fmt.Errorf("migrate %s: %w", path, err)
	}
	return done, nil
}

func migrate(ctx context.Context, db *sql.DB, migrations []Migration) (done []string, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	// The driver ends the wait when ctx does, but not that of a connection's opening.
	if _, err := conn.ExecContext(ctx, "PRAGMA "+busyTimeout(patient)); err != nil {
		return nil, err
	}
	if err := createVersionTable(ctx, conn); err != nil {
		return nil, fmt.Errorf("version table: %w", err)
	}
	for i := range migrations {
		m := &migrations[i]
		applied, err := m.apply(ctx, conn, gooseVersions{})
		if err != nil {
			return done, fmt.Errorf("migration %s: %w", m.Name, err)
		}
		if applied {
			done = append(done, m.Name)
		}
	}
	return done, checkSchema(ctx, db, migrations)
}

// querier is the part of sql.DB, sql.Conn and sql.Tx that migrations need.
type querier interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// createVersionTable makes goose's table, in goose's words.
func createVersionTable(ctx context.Context, conn *sql.Conn) error {
	return inTx(ctx, conn, func(q querier) error {
		have, err := hasVersionTable(ctx, q)
		if err != nil || have {
			return err
		}
		if err := notOthers(ctx, q); err != nil {
			return err
		}
		if _, err := q.ExecContext(ctx, `CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	)`); err != nil {
			return err
		}
		return recordVersion(ctx, q, 0)
	})
}

// notOthers returns an error if the database has another tool's table of versions:
// its schema is there already, and the first migration would run into it.
func notOthers(ctx context.Context, q querier) error {
	rows, err := q.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('schema_migrations', 'gorp_migrations', 'atlas_schema_revisions')")
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var name string
	if err := rows.Scan(&name); err != nil {
		return err
	}
	return fmt.Errorf("another tool has migrated this database: it has %s: run drey migrate convert --db, which fills goose's table from it", name)
}

func recordVersion(ctx context.Context, q querier, version int64) error {
	_, err := q.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, 1)", version)
	return err
}

// ledger is where the migrations are written down that a database has.
type ledger interface {
	// has reports whether the migration is applied, or why it cannot be.
	has(ctx context.Context, q querier, m *Migration) (bool, error)
	record(ctx context.Context, q querier, m *Migration) error
}

// gooseVersions is goose's table.
type gooseVersions struct{}

func (gooseVersions) has(ctx context.Context, q querier, m *Migration) (bool, error) {
	have, err := appliedVersions(ctx, q)
	if err != nil || have[m.Version] {
		return true, err
	}
	if later := newest(have); later > m.Version {
		return false, fmt.Errorf("it was never applied, but %d was: renumber it, or run goose up --allow-missing", later)
	}
	return false, nil
}

func (gooseVersions) record(ctx context.Context, q querier, m *Migration) error {
	return recordVersion(ctx, q, m.Version)
}

// apply applies the migration unless it has been: by another process, perhaps,
// while this one waited for the lock.
func (m *Migration) apply(ctx context.Context, conn *sql.Conn, l ledger) (applied bool, err error) {
	run := func(q querier) error {
		if done, err := l.has(ctx, q, m); err != nil || done {
			return err
		}
		if err := m.run(ctx, q); err != nil {
			return err
		}
		applied = true
		return l.record(ctx, q, m)
	}
	if m.NoTx {
		return applied, run(conn)
	}
	if m.Before != nil || m.After != nil {
		// Its PRAGMAs are for those who run it.
		if done, err := l.has(ctx, conn, m); err != nil || done {
			return false, err
		}
	}
	for _, pragma := range m.Before {
		if _, err := conn.ExecContext(ctx, pragma); err != nil {
			return false, fmt.Errorf("%w\n%s", err, pragma)
		}
	}
	err = inTx(ctx, conn, run)
	for _, pragma := range m.After {
		if _, e := conn.ExecContext(context.WithoutCancel(ctx), pragma); e != nil {
			err = errors.Join(err, fmt.Errorf("%w\n%s", e, pragma))
		}
	}
	return applied && err == nil, err
}

// run runs the statements of the way up.
func (m *Migration) run(ctx context.Context, q querier) error {
	for _, statement := range m.Up {
		// @schema-change these are the migrations, which are embedded
		if _, err := q.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%w\n%s", err, statement)
		}
	}
	return nil
}

func inTx(ctx context.Context, conn *sql.Conn, run func(querier) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := run(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func hasVersionTable(ctx context.Context, q querier) (bool, error) {
	rows, err := q.QueryContext(ctx, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version'")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// appliedVersions returns what goose takes for applied: the latest row of each
// version decides. Version 0 is goose's own mark.
func appliedVersions(ctx context.Context, q querier) (map[int64]bool, error) {
	rows, err := q.QueryContext(ctx, "SELECT version_id, is_applied FROM goose_db_version ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := make(map[int64]bool)
	for rows.Next() {
		var version int64
		var applied bool
		if err := rows.Scan(&version, &applied); err != nil {
			return nil, err
		}
		have[version] = applied
	}
	return have, rows.Err()
}

func newest(have map[int64]bool) (newest int64) {
	for version, applied := range have {
		if applied {
			newest = max(newest, version)
		}
	}
	return newest
}

// checkSchema compares the migrations that the database has with those that
// the code was generated from.
func checkSchema(ctx context.Context, db *sql.DB, migrations []Migration) error {
	have := map[int64]bool{}
	ok, err := hasVersionTable(ctx, db)
	switch {
	case err != nil:
		return err
	case ok:
		if have, err = appliedVersions(ctx, db); err != nil {
			return err
		}
	default:
		if err := notOthers(ctx, db); err != nil {
			return fmt.Errorf("%w: %w", drey.ErrSchemaOlder, err)
		}
	}
	var missing []string
	known := map[int64]bool{0: true}
	for _, m := range migrations {
		known[m.Version] = true
		if !have[m.Version] {
			missing = append(missing, m.Name)
		}
	}
	var unknown []string
	for version, applied := range have {
		if applied && !known[version] {
			unknown = append(unknown, fmt.Sprint("version ", version))
		}
	}
	return drey.CompareSchema(missing, unknown, "call Migrate or run goose up")
}
