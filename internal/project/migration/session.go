package migration

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/sqlite"
)

// Session is goose on a database with a project's migrations. It is not safe
// for concurrent use.
type Session struct {
	Provider *goose.Provider
	DB       *sql.DB

	files  map[int64]*File
	rec    *recorder
	hooks  Hooks
	replay func() (*sqlite.Conn, error) // where a failed migration may be run again, or nil
}

// Hooks are told of what goose does.
type Hooks struct {
	// Done is called after the last statement of a migration that goes up or
	// down, in its transaction if it has one. Its error rolls that back.
	Done func(ctx context.Context, db database.DBTxConn, f *File) error
}

// Open opens a database as open does, [sqlite.Memory.Open] for one, and goose on
// it. The caller closes the session.
func Open(open func(wrap func(driver.Conn) driver.Conn) (*sql.DB, error), files []File, hooks Hooks) (*Session, error) {
	s := &Session{files: map[int64]*File{}, rec: &recorder{}, hooks: hooks}
	archive := &txtar.Archive{}
	for i := range files {
		f := &files[i]
		s.files[f.version] = f
		archive.Files = append(archive.Files, txtar.File{Name: f.GooseName(1), Data: f.Goose()})
	}
	fsys, err := txtar.FS(archive)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	versions, err := database.NewStore(database.DialectSQLite3, goose.DefaultTablename)
	if err != nil {
		return nil, fmt.Errorf("goose: %w", err)
	}
	if s.DB, err = open(s.rec.watch); err != nil {
		return nil, err
	}
	s.Provider, err = goose.NewProvider(goose.DialectCustom, s.DB, fsys,
		goose.WithStore(&store{versions, s}),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	)
	if err != nil {
		s.DB.Close()
		return nil, fmt.Errorf("goose: %w", err)
	}
	return s, nil
}

// Close closes the database.
func (s *Session) Close() error { return s.DB.Close() }

// store is goose's own version table. Its Insert or Delete is what ends a
// migration.
type store struct {
	database.Store
	session *Session
}

func (s *store) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	defer s.session.rec.pause()()
	return s.Store.CreateVersionTable(ctx, db)
}

func (s *store) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	defer s.session.rec.pause()()
	if err := s.Store.Insert(ctx, db, req); err != nil {
		return err
	}
	return s.session.ended(ctx, db, req.Version)
}

func (s *store) Delete(ctx context.Context, db database.DBTxConn, version int64) error {
	defer s.session.rec.pause()()
	if err := s.Store.Delete(ctx, db, version); err != nil {
		return err
	}
	return s.session.ended(ctx, db, version)
}

func (s *Session) ended(ctx context.Context, db database.DBTxConn, version int64) error {
	var err error
	if f := s.files[version]; f != nil {
		if s.rec.done { // it had no statement of its own
			s.rec.sent, s.rec.noTx = nil, false
		}
		if s.hooks.Done != nil {
			err = s.hooks.Done(ctx, db, f)
		}
	}
	s.rec.done = true
	return err
}
