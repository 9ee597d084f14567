package runtime

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"reflect"
	"sync"

	lib "modernc.org/sqlite/lib"
)

// The driver stops a statement whose context ends before its first row. A
// search for a later one it lets run, however long that takes, and Rows.Close
// waits for it. So the connections are wrapped: SQLite itself is told to stop,
// see https://www.sqlite.org/c3ref/interrupt.html.

// interruptConn is a connection whose searches for a row end with their context.
type interruptConn struct {
	fullConn
	db uintptr // SQLite's handle
}

// interruptible wraps a connection. The driver has no call that gives its handle:
// where the field is not what it was, the connection stays as it is.
func interruptible(conn driver.Conn) driver.Conn {
	full, ok := conn.(fullConn)
	v := reflect.Indirect(reflect.ValueOf(conn))
	if !ok || v.Kind() != reflect.Struct || v.Type().PkgPath() != "modernc.org/sqlite" {
		return conn
	}
	db := v.FieldByName("db")
	if db.Kind() != reflect.Uintptr {
		return conn
	}
	return &interruptConn{full, uintptr(db.Uint())}
}

// Unwrap gives the driver's own connection.
func (c *interruptConn) Unwrap() driver.Conn { return c.fullConn }

func (c *interruptConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.fullConn.QueryContext(ctx, query, args)
	return c.interruptible(ctx, rows, err)
}

func (c *interruptConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.fullConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := stmt.(fullStmt)
	if !ok {
		return stmt, nil
	}
	return &interruptStmt{full, c}, nil
}

type interruptStmt struct {
	fullStmt
	conn *interruptConn
}

func (s *interruptStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.fullStmt.QueryContext(ctx, args)
	return s.conn.interruptible(ctx, rows, err)
}

// fullRows are the driver's rows, with what sql.ColumnType asks for.
type fullRows interface {
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// interruptible wraps the rows of a query whose context can end.
func (c *interruptConn) interruptible(ctx context.Context, rows driver.Rows, err error) (driver.Rows, error) {
	full, ok := rows.(fullRows)
	if err != nil || !ok || ctx.Done() == nil {
		return rows, err
	}
	r := &interruptRows{fullRows: full, ctx: ctx, db: c.db}
	r.stop = context.AfterFunc(ctx, r.interrupt)
	return r, nil
}

type interruptRows struct {
	fullRows
	ctx  context.Context
	db   uintptr
	stop func() bool // the watch over ctx

	mu        sync.Mutex
	searching bool // a call of Next is under way
	ended     bool // ctx is, and the search has been told
}

// interrupt stops the search that is under way. Outside of one it must not: it
// could meet another statement of the connection's transaction.
func (r *interruptRows) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	if r.searching {
		// SQLite only sets a flag here, which needs no thread of the driver's. Should
		// a later version of it want one, the search ends when it ends.
		defer func() { _ = recover() }()
		lib.Xsqlite3_interrupt(nil, r.db)
	}
}

func (r *interruptRows) Next(dest []driver.Value) error {
	if r.search(true) {
		return r.ctx.Err()
	}
	err := r.fullRows.Next(dest)
	if ended := r.search(false); ended && err != nil && !errors.Is(err, io.EOF) {
		return r.ctx.Err()
	}
	return err
}

// search begins or ends a search, and reports whether the context has ended.
func (r *interruptRows) search(on bool) (ended bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.searching = on && !r.ended
	return r.ended
}

func (r *interruptRows) Close() error {
	r.stop()
	return r.fullRows.Close()
}
