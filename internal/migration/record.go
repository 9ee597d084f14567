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
	noTx   bool
	sent   []string // since the last migration ended
	failed bool     // the last of sent did

	ended func(version int64, noTx bool, sent []string)
}

// conn passes everything on to the driver's connection. It has the methods
// that database/sql uses where a driver has them.
type conn struct {
	driver.Conn
	rec *recorder
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	if !c.rec.paused {
		c.rec.sent = append(c.rec.sent, query)
		c.rec.noTx = !c.rec.inTx
		c.rec.failed = err != nil
	}
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
	return t.Tx.Commit()
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
		s.rec.ended(req.Version, s.rec.noTx, s.rec.sent)
	}
	s.rec.sent, s.rec.noTx = nil, false
	return nil
}

func (r *recorder) watch(c driver.Conn) driver.Conn { return &conn{c, r} }
