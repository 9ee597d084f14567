package migration

import (
	"context"
	"database/sql/driver"

	"github.com/pressly/goose/v3/database"
)

// recorder writes down the statements that goose sends to SQLite. Goose runs
// one migration at a time on one connection, so it needs no lock.
type recorder struct {
	paused bool // goose is at its own table
	inTx   bool
	done   bool // the migration has run; the next statement is of another

	// The migration that runs or has run last.
	sent      []string
	noTx      bool
	err       error // of the last of sent
	commitErr error

	ended func(version int64)
}

func (r *recorder) record(query string, err error) {
	if r.paused {
		return
	}
	if r.done {
		r.sent, r.done = nil, false
	}
	r.sent = append(r.sent, query)
	r.noTx = !r.inTx
	r.err = err
}

// watch is for [sqlite.Memory.Open].
func (r *recorder) watch(c driver.Conn) driver.Conn { return &conn{c, r} }

// conn passes everything on to the driver's connection. It has the methods
// that goose reaches through database/sql.
type conn struct {
	driver.Conn
	rec *recorder
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	c.rec.record(query, err)
	return result, err
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	t, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	c.rec.inTx = true
	return &tx{t, c.rec}, nil
}

type tx struct {
	driver.Tx
	rec *recorder
}

func (t *tx) Commit() error {
	t.rec.inTx = false
	t.rec.commitErr = t.Tx.Commit()
	return t.rec.commitErr
}

func (t *tx) Rollback() error {
	t.rec.inTx = false
	return t.Tx.Rollback()
}

// store is goose's own version table. Its Insert is what ends a migration.
type store struct {
	database.Store
	rec *recorder
}

func (s *store) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	s.rec.paused = true
	defer func() { s.rec.paused = false }()
	return s.Store.CreateVersionTable(ctx, db)
}

func (s *store) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	s.rec.paused = true
	defer func() { s.rec.paused = false }()
	if err := s.Store.Insert(ctx, db, req); err != nil {
		return err
	}
	if req.Version > 0 {
		if s.rec.done { // it had no statement of its own
			s.rec.sent, s.rec.noTx = nil, false
		}
		s.rec.ended(req.Version)
	}
	s.rec.done = true
	return nil
}
