package migration

import (
	"context"
	"database/sql/driver"
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
}

func (r *recorder) record(query string, err error) {
	if r.paused || query == "" { // goose sends that after a pair without SQL
		return
	}
	if r.done {
		r.sent, r.done = nil, false
	}
	r.sent = append(r.sent, query)
	r.noTx = !r.inTx
	r.err = err
}

// pause ends the recording until the function that it returns is called.
func (r *recorder) pause() func() {
	r.paused = true
	return func() { r.paused = false }
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
