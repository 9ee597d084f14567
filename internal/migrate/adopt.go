package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pressly/goose/v3/database"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
)

// ErrVersions: goose's table says something else than the table of the tool before.
var ErrVersions = errors.New("goose's table is there, with other versions")

// Adopt fills goose's table with versions that another tool has applied, in one
// transaction. have is what the caller has found that tool's table to say of files; if it
// says something else by now, that is an error. The other table stays as it is. If
// goose's table has these versions already, nothing is done and added is false. If it has
// others, that is [ErrVersions].
func (t Target) Adopt(ctx context.Context, files, have []migration.File) (added bool, err error) {
	unlock, err := t.lock(ctx, nil)
	if err != nil {
		return false, err
	}
	defer unlock()
	db, err := sqlite.OpenFile(t.DSN("rw"))(nil)
	if err != nil {
		return false, err
	}
	defer db.Close()
	if err := awake(ctx, db); err != nil {
		return false, fmt.Errorf("open %s: %w", t.Path, err)
	}
	applied, err := ReadApplied(ctx, db)
	if err != nil {
		return false, fmt.Errorf("%s: read %s: %w", t.Path, migration.VersionTable, err)
	}
	if len(applied) > 0 {
		if slices.EqualFunc(applied[:min(len(applied), len(have))], have, func(a Applied, f migration.File) bool { return a.Version == f.Version() }) {
			return false, nil
		}
		return false, fmt.Errorf("%s: %w: %d", t.Path, ErrVersions, Current(applied))
	}
	store, err := database.NewStore(database.DialectSQLite3, migration.VersionTable)
	if err != nil {
		return false, err
	}
	tx, err := db.BeginTx(ctx, nil) // immediate, by the data source name
	if err != nil {
		return false, fmt.Errorf("%s: %w", t.Path, err)
	}
	defer tx.Rollback()
	now, err := ReadTool(ctx, tx, files)
	if err != nil {
		return false, fmt.Errorf("%s: %w", t.Path, err)
	}
	if now != nil && !slices.EqualFunc(now, have, func(a Applied, f migration.File) bool { return a.Version == f.Version() }) {
		return false, fmt.Errorf("%s: %s has migrated it meanwhile: try again", t.Path, files[0].From)
	}
	if applied == nil {
		if err := store.CreateVersionTable(ctx, tx); err != nil {
			return false, fmt.Errorf("%s: %w", t.Path, err)
		}
		if err := store.Insert(ctx, tx, database.InsertRequest{Version: 0}); err != nil {
			return false, fmt.Errorf("%s: %w", t.Path, err)
		}
	}
	for i := range have {
		if err := store.Insert(ctx, tx, database.InsertRequest{Version: have[i].Version()}); err != nil {
			return false, fmt.Errorf("%s: %w", t.Path, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return false, fmt.Errorf("%s: %w", t.Path, err)
	}
	return true, nil
}
