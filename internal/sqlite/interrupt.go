package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"reflect"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
)

// Interruptible wraps a connection of the driver's, for [OpenFile], so that the end of a
// context stops a query while it searches for its next row, however long that takes. The
// driver by itself stops a query before its first row only. If SQLite's handle cannot be
// had from the driver, the connection is as it was.
func Interruptible(conn driver.Conn) driver.Conn {
	full, ok := conn.(fullConn)
	v := reflect.Indirect(reflect.ValueOf(conn))
	if !ok || v.Kind() != reflect.Struct || v.Type().PkgPath() != "modernc.org/sqlite" {
		return conn
	}
	db := v.FieldByName("db")
	if db.Kind() != reflect.Uintptr {
		return conn
	}
	return &interruptible{full, uintptr(db.Uint())}
}

// fullConn is what the driver's connections can do.
type fullConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

type interruptible struct {
	fullConn
	db uintptr // SQLite's handle
}

func (c *interruptible) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.fullConn.QueryContext(ctx, query, args)
	if err != nil || ctx.Done() == nil {
		return rows, err
	}
	r := &interruptibleRows{Rows: rows, ctx: ctx, db: c.db}
	r.forget = context.AfterFunc(ctx, r.interrupt)
	return r, nil
}

type interruptibleRows struct {
	driver.Rows
	ctx    context.Context
	db     uintptr
	forget func() bool // ends the watch over ctx

	mu      sync.Mutex
	goes    bool // a call of Next is under way
	stopped bool // ctx has ended
}

// interrupt stops a search that is under way. Outside of one it must not: it could meet
// another statement.
func (r *interruptibleRows) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	if r.goes {
		sqlite3.Xsqlite3_interrupt(nil, r.db) // which sets a flag, and needs no thread of the driver's
	}
}

// state tells whether a search goes on, and reports whether the context has ended.
func (r *interruptibleRows) state(goes bool) (stopped bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.goes = goes && !r.stopped
	return r.stopped
}

func (r *interruptibleRows) Next(dest []driver.Value) error {
	if r.state(true) {
		return r.ctx.Err()
	}
	err := r.Rows.Next(dest)
	if r.state(false) && err != nil && !errors.Is(err, io.EOF) {
		return r.ctx.Err()
	}
	return err
}

func (r *interruptibleRows) Close() error {
	r.forget()
	return r.Rows.Close()
}

// ColumnTypeDatabaseTypeName is the declared type of a column, "" for an expression.
func (r *interruptibleRows) ColumnTypeDatabaseTypeName(index int) string {
	if typed, ok := r.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return typed.ColumnTypeDatabaseTypeName(index)
	}
	return ""
}
