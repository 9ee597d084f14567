package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/dreysql/drey/internal/project/migration"
)

// ErrFailed: another tool's table says that a migration has failed halfway.
var ErrFailed = errors.New("a migration has failed in this database")

// querier is the part of sql.DB and sql.Tx that reads.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// ReadTool returns the migrations that a database has by the table of the tool that
// keeps or kept them, in their order, and those of which there is no file last. The list
// is nil if the table is not there. An error may be [ErrFailed]. The files are of one
// tool.
func ReadTool(ctx context.Context, db querier, files []migration.File) ([]Applied, error) {
	f := files[0].From
	if f.Table == "" {
		return nil, nil
	}
	if there, err := hasTable(ctx, db, f.Table); err != nil || !there {
		return nil, err
	}
	recorded, err := readVersions(ctx, db, f)
	if err != nil {
		return nil, err
	}
	if f.Last {
		last := slices.IndexFunc(files, func(m migration.File) bool { return slices.Contains(recorded, m.Recorded) })
		for i := range last + 1 {
			if !slices.Contains(recorded, files[i].Recorded) {
				recorded = append(recorded, files[i].Recorded)
			}
		}
	}
	list := []Applied{}
	for i := range files {
		if at := slices.Index(recorded, files[i].Recorded); at >= 0 {
			list = append(list, Applied{Version: files[i].Version(), Recorded: files[i].Recorded})
			recorded = slices.Delete(recorded, at, at+1)
		}
	}
	for _, unknown := range recorded {
		list = append(list, Applied{Recorded: unknown})
	}
	return list, nil
}

// readVersions are the versions in the table of a tool.
func readVersions(ctx context.Context, db querier, f *migration.Format) ([]string, error) {
	rows, err := db.QueryContext(ctx, f.Versions)
	if err != nil {
		return nil, fmt.Errorf("%s is not a table of %s: %w", f.Table, f.Name, err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var version string
		var failed bool
		if err := rows.Scan(&version, &failed); err != nil {
			return nil, fmt.Errorf("%s is not a table of %s: %w", f.Table, f.Name, err)
		}
		if failed {
			return nil, fmt.Errorf("%w: %s says so of version %s\n\tfix: bring the schema to that version or the one before by hand, and let %s know; drey migrate drift then compares it",
				ErrFailed, f.Table, version, f.Name)
		}
		list = append(list, version)
	}
	return list, rows.Err()
}

func hasTable(ctx context.Context, db querier, name string) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", name).Scan(&n)
	return n > 0, err
}

// VersionTables are the tables of a database in which some tool keeps versions: they are
// not part of the schema.
func VersionTables(ctx context.Context, db querier) ([]string, error) {
	list := []string{migration.VersionTable}
	for _, f := range migration.Formats {
		if f.Versions == "" || slices.Contains(list, f.Table) {
			continue
		}
		there, err := hasTable(ctx, db, f.Table)
		if err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		// @native-sql-dynamic each format of the table has its own constant statement
		if stmt, err := db.PrepareContext(ctx, f.Versions); err == nil { // it has the tool's columns
			stmt.Close()
			list = append(list, f.Table)
		}
	}
	return list, nil
}

// ErrOtherTool: another tool has migrated the database, and goose's table is not there.
var ErrOtherTool = errors.New("another tool has migrated this database")

// NotOthers returns [ErrOtherTool] for a database without goose's table that another tool
// has migrated: goose would begin with the first migration.
func NotOthers(ctx context.Context, db querier) error {
	tables, err := VersionTables(ctx, db)
	if err != nil || len(tables) == 1 {
		return err
	}
	return fmt.Errorf("%w: it has %s, and not %s\n\tfix: drey migrate convert --db fills goose's table from it; if that tool still keeps the schema, name its migrations in sqlc.yaml",
		ErrOtherTool, tables[1], migration.VersionTable)
}
