package migration

import (
	"context"

	"github.com/pressly/goose/v3/database"

	"github.com/dreysql/drey/internal/sqlite"
)

// Apply applies the migrations to an empty database, with the settings that
// the goose command has for SQLite. progress, if not nil, is told how many of
// them are done.
//
// If a migration fails, the error is a diag.Problem at the statement, or at the
// very place in it if SQLite tells that. The database is of no use then. A
// cancelled ctx gives its own error.
func Apply(ctx context.Context, db *sqlite.Memory, files []File, progress func(done int)) ([]Migration, error) {
	var applied []Migration
	var s *Session
	s, err := Open(db.Open, files, Hooks{Done: func(_ context.Context, _ database.DBTxConn, f *File) error {
		applied = append(applied, Migration{
			Version: f.version, Name: f.Name(), Path: f.Path, Recorded: f.Recorded, NoTx: s.rec.noTx,
			Up: f.statements(s.rec.sent),
		})
		if progress != nil {
			progress(len(applied))
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.replay = db.PlainConn
	if _, err := s.Provider.Up(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, s.Explain(err)
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
			list[i].Comment = f.above(p.lines[0])
		}
	}
	return list
}

// passage returns the place of the i-th statement, nil if it is not there.
func (f *File) passage(i int, sql string) *passage {
	for _, section := range [][]passage{f.up, f.down} {
		if i < len(section) && section[i].text == sql {
			return &section[i]
		}
	}
	return nil
}
