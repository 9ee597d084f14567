package check

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
)

// open opens a database in memory with one connection.
func open(m *sqlite.Memory) func(func(driver.Conn) driver.Conn) (*sql.DB, error) {
	return func(wrap func(driver.Conn) driver.Conn) (*sql.DB, error) {
		db, err := m.Open(wrap)
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, err
	}
}

// world is a database in memory with goose on it.
type world struct {
	memory *sqlite.Memory
	*migration.Session
}

func newWorld(files []migration.File) (*world, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	return worldOn(m, files)
}

// worldOn is goose on a database, which is closed with it, or if there is an error.
func worldOn(m *sqlite.Memory, files []migration.File) (*world, error) {
	s, err := migration.Open(open(m), files, migration.Hooks{})
	if err != nil {
		m.Close()
		return nil, err
	}
	return &world{m, s}, nil
}

func (w *world) close() {
	w.Session.Close()
	w.memory.Close()
}

func (w *world) apply(ctx context.Context, f *migration.File, up bool) error {
	_, err := w.Provider.ApplyVersion(ctx, f.Version(), up)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.Explain(err)
}

// upTo makes a database with the first n migrations and no rows but theirs.
func (c *checker) upTo(files []migration.File, n int) (*world, error) {
	w, err := newWorld(files)
	for i := 0; err == nil && i < n; i++ {
		err = w.apply(c.ctx, &files[i], true)
	}
	if err != nil && w != nil {
		w.close()
	}
	return w, err
}
