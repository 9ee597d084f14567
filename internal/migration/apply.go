package migration

import (
	"context"
	"fmt"
	"path"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/sqlite"
)

// Apply applies the migrations to an empty database, with the settings that
// the goose command has for SQLite. progress, if not nil, is told how many of
// them are done.
//
// A migration that fails is a diag.Problem at the statement, and where SQLite
// tells it at the very place in it; the database is of no use then. A cancelled
// ctx gives its own error.
func Apply(ctx context.Context, db *sqlite.Memory, files []File, progress func(done int)) ([]Migration, error) {
	rec := &recorder{}
	handle, err := db.Open(rec.watch)
	if err != nil {
		return nil, err
	}
	defer handle.Close()

	byVersion := map[int64]*File{}
	archive := &txtar.Archive{}
	for i := range files {
		f := &files[i]
		byVersion[f.version] = f
		archive.Files = append(archive.Files, txtar.File{Name: path.Base(f.Path), Data: f.Content})
	}
	fsys, err := txtar.FS(archive)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	var applied []Migration
	rec.ended = func(version int64) {
		f := byVersion[version]
		applied = append(applied, Migration{
			Version: version, Name: path.Base(f.Path), Path: f.Path, NoTx: rec.noTx,
			Up: f.statements(rec.sent),
		})
		if progress != nil {
			progress(len(applied))
		}
	}
	versions, err := database.NewStore(database.DialectSQLite3, goose.DefaultTablename)
	if err != nil {
		return nil, fmt.Errorf("goose: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectCustom, handle, fsys,
		goose.WithStore(&store{versions, rec}),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	)
	if err != nil {
		return nil, fmt.Errorf("goose: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, explain(db, byVersion, rec, err)
	}
	return applied, nil
}

// statements adds the places to what goose sent.
func (f *File) statements(sent []string) []Statement {
	list := make([]Statement, len(sent))
	for i, sql := range sent {
		list[i].SQL = sql
		if p := f.passage(i, sql); p != nil {
			list[i].Line = p.lines[0]
		}
	}
	return list
}

// passage returns the place of the i-th statement, nil if it is not there.
func (f *File) passage(i int, sql string) *passage {
	if i >= len(f.up) || f.up[i].text != sql {
		return nil
	}
	return &f.up[i]
}
