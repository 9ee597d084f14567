//go:build !js

package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Kept is a schema that another tool than goose keeps, as it was when the project's
// package was generated. Nothing here writes into that tool's table, or goose's table
// into a database of that tool.
type Kept struct {
	// Tool is its name, "" where no tool is known: the schema is SQL files.
	Tool string
	// Command brings a database up to date.
	Command string
	// Table is where the tool keeps the versions that a database has, and Versions the
	// query of them, each with whether its migration has failed. Of some tools only the
	// Last one is there.
	Table, Versions string
	Last            bool

	Migrations []Migration // oldest first
	Objects    []Object    // tables and views that they make
}

// Object is a table or view and its columns.
type Object struct {
	Name    string
	Columns []string
}

// Open is [Open] for a schema of another tool. The file must have been migrated by that
// tool. What it has is compared with the tool's table, where that is there, and with
// the tables, views and columns that the package was generated from; it may have more of
// these. A migration that the tool has begun and not ended is an error. The path
// ":memory:" opens a new database in memory that has the schema.
func (k *Kept) Open(ctx context.Context, path string, o Options) (*drey.Client, error) {
	return open(ctx, path, schema{k.Migrations, k.check, k.howTo()}, o)
}

// Check is what [Kept.Open] looks at, of a database of another engine. fix says how one
// that lacks something is brought up to date, as in "run dbmate up".
func (k *Kept) Check(ctx context.Context, db *sql.DB, fix string) error {
	if err := k.checkVersions(ctx, db, fix); err != nil {
		return err
	}
	return k.checkObjects(ctx, db, fix)
}

func (k *Kept) howTo() string {
	if k.Tool == "" {
		return "Migrate creates it"
	}
	return k.Command + " creates it"
}

// Create creates the database file at path if it does not exist, and the schema if the
// database has no tables. It returns the names of the files whose statements it ran.
// It does not record anything. A database that has tables has to have the schema:
// otherwise the error is [drey.ErrSchemaOlder].
//
// Of processes that start at once one creates the schema, in one transaction. It is not
// in one where the files have statements that begin or end one, or a PRAGMA.
func (k *Kept) Create(ctx context.Context, path string) ([]string, error) {
	db, err := connect(ctx, migratingDSN(fileURI(path, "rwc")), patient)
	if err != nil {
		return nil, fmt.Errorf("create the schema of %s: %w", path, err)
	}
	defer db.Close()
	done, err := k.create(ctx, db)
	if err == nil {
		err = k.check(ctx, db)
	}
	if err != nil {
		return nil, fmt.Errorf("create the schema of %s: %w", path, err)
	}
	return done, nil
}

func (k *Kept) create(ctx context.Context, db *sql.DB) (done []string, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	// The driver ends the wait when ctx does, but not that of a connection's opening.
	if _, err := conn.ExecContext(ctx, "PRAGMA "+busyTimeout(patient)); err != nil {
		return nil, err
	}
	all := func(q querier, run func(m *Migration) error) error {
		if empty, err := isEmpty(ctx, q); err != nil || !empty {
			return err
		}
		for i := range k.Migrations {
			m := &k.Migrations[i]
			if err := run(m); err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
			done = append(done, m.Name)
		}
		return nil
	}
	if slices.ContainsFunc(k.Migrations, func(m Migration) bool { return m.NoTx || m.Before != nil || m.After != nil }) {
		err = all(conn, func(m *Migration) error {
			_, err := m.apply(ctx, conn, noVersions{})
			return err
		})
		return done, err
	}
	err = inTx(ctx, conn, func(q querier) error {
		return all(q, func(m *Migration) error { return m.run(ctx, q) })
	})
	return done, err
}

// noVersions is for migrations that nobody writes down.
type noVersions struct{}

func (noVersions) has(context.Context, querier, *Migration) (bool, error) { return false, nil }
func (noVersions) record(context.Context, querier, *Migration) error      { return nil }

func isEmpty(ctx context.Context, q querier) (bool, error) {
	rows, err := q.QueryContext(ctx, "SELECT 1 FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' LIMIT 1")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return !rows.Next(), rows.Err()
}

// check compares a file with what the package was generated from.
func (k *Kept) check(ctx context.Context, db *sql.DB) error {
	fix := "bring it to the schema that drey generate read"
	if k.Tool != "" {
		fix = "run " + k.Command
	}
	return k.Check(ctx, db, fix)
}

func (k *Kept) checkVersions(ctx context.Context, db *sql.DB, fix string) error {
	if k.Table == "" {
		return nil
	}
	var there int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", k.Table).Scan(&there); err != nil || there == 0 {
		return err // without its table, or with one of another name, the columns tell
	}
	applied, err := k.applied(ctx, db)
	if err != nil {
		return err
	}
	if k.Last { // all up to that one
		last := slices.IndexFunc(k.Migrations, func(m Migration) bool { return applied[m.Recorded] })
		for i := range last + 1 {
			applied[k.Migrations[i].Recorded] = true
		}
	}
	var missing []string
	for _, m := range k.Migrations {
		if !applied[m.Recorded] {
			missing = append(missing, m.Name)
		}
		delete(applied, m.Recorded)
	}
	if len(applied) > 0 {
		var unknown []string
		for version := range applied {
			unknown = append(unknown, version)
		}
		slices.Sort(unknown)
		return fmt.Errorf("%w: %s has applied version %s: deploy the code that goes with it, or run drey generate", drey.ErrSchemaNewer, k.Tool, strings.Join(unknown, ", "))
	}
	if len(missing) > 0 {
		return fmt.Errorf("%w: it lacks %s: %s", drey.ErrSchemaOlder, strings.Join(missing, ", "), fix)
	}
	return nil
}

// applied are the versions in the tool's table.
func (k *Kept) applied(ctx context.Context, db *sql.DB) (map[string]bool, error) {
	rows, err := db.QueryContext(ctx, k.Versions)
	if err != nil {
		return nil, fmt.Errorf("%s is not a table of %s: %w", k.Table, k.Tool, err)
	}
	defer rows.Close()
	applied := map[string]bool{}
	for rows.Next() {
		var version string
		var failed bool
		if err := rows.Scan(&version, &failed); err != nil {
			return nil, fmt.Errorf("%s is not a table of %s: %w", k.Table, k.Tool, err)
		}
		if failed {
			return nil, fmt.Errorf("%w: %s says that version %s has failed: mend the database, and let %s know", drey.ErrSchemaOlder, k.Table, version, k.Tool)
		}
		applied[version] = true
	}
	return applied, rows.Err()
}

func (k *Kept) checkObjects(ctx context.Context, db *sql.DB, fix string) error {
	names := make([]string, len(k.Objects))
	for i, o := range k.Objects {
		names[i] = o.Name
	}
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, "SELECT o.value, c.name FROM json_each(?) AS o, pragma_table_xinfo(o.value) AS c", string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	type column struct{ object, name string }
	have := map[column]bool{}
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.object, &c.name); err != nil {
			return err
		}
		c = column{fold(c.object), fold(c.name)}
		have[c], have[column{c.object, ""}] = true, true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	var missing []string
	for _, o := range k.Objects {
		if !have[column{fold(o.Name), ""}] {
			missing = append(missing, o.Name)
			continue
		}
		for _, name := range o.Columns {
			if !have[column{fold(o.Name), fold(name)}] {
				missing = append(missing, o.Name+"."+name)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%w: it lacks %s: %s", drey.ErrSchemaOlder, strings.Join(missing, ", "), fix)
}

// fold maps names that SQLite treats as the same to the same text.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}
