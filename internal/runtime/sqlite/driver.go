//go:build !js

package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"

	lib "modernc.org/sqlite/lib"
)

// The code here does what modernc's driver does not do. It stands between that
// driver and everything else.
//
// The driver stops a statement whose context ends before its first row. A search
// for a later row it does not stop, however long that takes, and Rows.Close waits
// for it. So SQLite itself is told to stop, see
// https://www.sqlite.org/c3ref/interrupt.html.
//
// It reads an empty BLOB as a nil slice, just as it reads NULL.
//
// It makes times of texts in columns that are declared DATE, DATETIME or
// TIMESTAMP, but not in columns that are declared with a time zone.
//
// It writes a time with an offset, or as time.Time.String() does, so that it is
// not equal to what SQLite writes of the same time. SQLite itself makes NULL of
// NaN, and ends a pattern at a NUL. So arguments are checked here (by
// sqldriver.BindAll), where every statement passes, whatever stands between this
// and database/sql.

// sqliteConn is a connection of the driver's.
type sqliteConn struct {
	sqldriver.Conn
	sqldriver.Converting
	db  uintptr        // SQLite's handle, 0 where it cannot be had
	tls unsafe.Pointer // what the driver calls SQLite with, for use on this connection's goroutine

	returned *sqldriver.Registry

	tx driver.Tx // the last one
	// How many savepoints it has, and how many it had when it was spoiled, plus one;
	// 0 if it was not.
	savepoints, spoiled int
}

// mended wraps a connection of the driver's. The driver does not have a call
// that gives SQLite's handle. If the field is not what it was, nothing is
// interrupted.
func mended(conn driver.Conn, returned *sqldriver.Registry) driver.Conn {
	full, ok := conn.(sqldriver.Conn)
	if !ok {
		return conn
	}
	c := &sqliteConn{Conn: full, returned: returned}
	v := reflect.Indirect(reflect.ValueOf(conn))
	if v.Kind() != reflect.Struct || v.Type().PkgPath() != "modernc.org/sqlite" {
		return c
	}
	db, tls := v.FieldByName("db"), v.FieldByName("tls")
	if db.Kind() == reflect.Uintptr && tls.Kind() == reflect.Pointer {
		c.db, c.tls = uintptr(db.Uint()), tls.UnsafePointer()
	}
	return c
}

// Unwrap gives the driver's own connection.
func (c *sqliteConn) Unwrap() driver.Conn { return c.Conn }

func (c *sqliteConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := sqldriver.BindAll(query, args); err != nil {
		return nil, err
	}
	if query == sqldriver.Spoil {
		c.spoil()
		return executed{}, nil
	}
	before := c.changes(ctx)
	result, err := c.Conn.ExecContext(ctx, query, args)
	if err == nil {
		c.follow(query)
	}
	return c.outcome(ctx, query, before, result, err)
}

func (c *sqliteConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, query, &scratch{}, sqldriver.KindOf(query) == sqldriver.Reading, nil, args, func(ctx context.Context) (driver.Rows, error) {
		return c.Conn.QueryContext(ctx, query, args)
	})
}

func (c *sqliteConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.Conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := stmt.(sqldriver.Stmt)
	if !ok {
		return stmt, nil
	}
	return &sqliteStmt{Stmt: full, conn: c, query: query, reads: sqldriver.KindOf(query) == sqldriver.Reading}, nil
}

type sqliteStmt struct {
	sqldriver.Stmt
	sqldriver.Converting
	conn    *sqliteConn
	query   string
	reads   bool
	scratch scratch // of a query of sqlc's that writes and returns rows

	// times are the columns that have times which the driver does not recognize,
	// once somebody has looked for them.
	times  *[]int
	looked bool
}

func (s *sqliteStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := sqldriver.BindAll(s.query, args); err != nil {
		return nil, err
	}
	before := s.conn.changes(ctx)
	result, err := s.Stmt.ExecContext(ctx, args)
	return s.conn.outcome(ctx, s.query, before, result, err)
}

func (s *sqliteStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.query(ctx, s.query, &s.scratch, s.reads, s, args, func(ctx context.Context) (driver.Rows, error) {
		return s.Stmt.QueryContext(ctx, args)
	})
}

// query runs a query by begin, of the statement s if it has one.
func (c *sqliteConn) query(ctx context.Context, query string, to *scratch, reads bool, s *sqliteStmt, args []driver.NamedValue, begin func(context.Context) (driver.Rows, error)) (driver.Rows, error) {
	if err := sqldriver.BindAll(query, args); err != nil {
		return nil, err
	}
	if reads {
		rows, err := begin(ctx)
		return c.mended(ctx, rows, err, s)
	}
	ctx = sqldriver.Seen(ctx)
	before := c.changes(ctx)
	rows, err := begin(ctx)
	if err != nil {
		if ctx.Err() != nil && c.changes(ctx) > before && c.autocommits() {
			err = fmt.Errorf("%w: %w", sqldriver.ErrStored, err)
		}
		return nil, err
	}
	// SQLite has written all rows before it gives the first, so they are read
	// whatever becomes of ctx.
	rows, err = c.mended(context.Background(), rows, nil, s)
	if r, ok := rows.(*sqliteRows); ok && err == nil {
		if to.look(c.returned, query); len(to.by) > 0 {
			return c.kept(r, to)
		}
	}
	return rows, err
}

// fullRows are the driver's rows, with what sql.ColumnType asks for.
type fullRows interface {
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// mended wraps the rows of a query, of a statement if it is prepared.
func (c *sqliteConn) mended(ctx context.Context, rows driver.Rows, err error, s *sqliteStmt) (driver.Rows, error) {
	full, ok := rows.(fullRows)
	if err != nil || !ok {
		return rows, err
	}
	r := &sqliteRows{fullRows: full, conn: c}
	switch {
	case s == nil:
		r.times = zoned(full)
	case !s.looked:
		s.times, s.looked = zoned(full), true
		fallthrough
	default:
		r.times = s.times
	}
	if c.db != 0 && ctx.Done() != nil {
		r.search = &search{ctx: ctx, db: c.db}
		r.search.stop = context.AfterFunc(ctx, r.search.interrupt)
	}
	return r, nil
}

type sqliteRows struct {
	fullRows
	conn   *sqliteConn
	search *search // nil if the context does not end
	times  *[]int  // see sqliteStmt
}

func (r *sqliteRows) Next(dest []driver.Value) error {
	if r.search != nil && r.search.begin() {
		return r.search.ctx.Err()
	}
	err := r.fullRows.Next(dest)
	if r.search != nil && r.search.end() && err != nil && !errors.Is(err, io.EOF) {
		return r.search.ctx.Err()
	}
	for i, v := range dest {
		if b, ok := v.([]byte); ok && b == nil {
			dest[i] = []byte{}
		}
	}
	if r.times == nil {
		return err
	}
	for _, i := range *r.times {
		if text, ok := dest[i].(string); ok {
			if t, ok := sqldriver.ReadTime(text); ok {
				dest[i] = t
			}
		}
	}
	return err
}

// zoned are the columns that are declared as times with a zone, or with blanks
// in the name of the type, nil for none.
func zoned(rows fullRows) *[]int {
	var columns []int
	for i := range rows.Columns() {
		declared := rows.ColumnTypeDatabaseTypeName(i)
		if len(declared) < len("DATE TIME") {
			continue
		}
		switch strings.Join(strings.Fields(declared), "") {
		case "TIMESTAMPTZ", "TIMESTAMPWITHTIMEZONE":
			columns = append(columns, i)
		case "DATETIME", "TIMESTAMP":
			if strings.Contains(declared, " ") {
				columns = append(columns, i)
			}
		}
	}
	if columns == nil {
		return nil
	}
	return &columns
}

func (r *sqliteRows) Close() error {
	if r.search != nil {
		r.search.stop()
	}
	return r.fullRows.Close()
}

// search is a query's search for its next row.
type search struct {
	ctx  context.Context
	db   uintptr
	stop func() bool // the watch over ctx

	mu      sync.Mutex
	goes    bool // a call of Next is under way
	stopped bool // ctx has ended
}

// interrupt stops the search that is under way. Outside of one it must not: it
// could meet another statement of the connection's transaction.
func (s *search) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	if s.goes {
		// SQLite only sets a flag here, which needs no thread of the driver's. Should
		// a later version of it want one, the search ends when it ends.
		defer func() { _ = recover() }()
		lib.Xsqlite3_interrupt(nil, s.db)
	}
}

// begin and end are called around each search, and report whether the context
// has ended.
func (s *search) begin() (stopped bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.goes = !s.stopped
	return s.stopped
}

func (s *search) end() (stopped bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.goes = false
	return s.stopped
}
