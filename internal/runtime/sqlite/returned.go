//go:build !js

package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"

	lib "modernc.org/sqlite/lib"
)

// A statement may return a value that does not fit its Go type. That is seen when
// SQLite has written it, but before it commits: it commits with the step after
// the last row. So the rows of a statement that writes are scanned before that
// step. If one cannot be scanned, SQLite is interrupted, which undoes the
// statement. In a transaction an interrupt would undo all of it, and the caller
// would not know; there the transaction is spoiled instead, and its commit fails.

// follow keeps count of the savepoints.
func (c *sqliteConn) follow(query string) {
	switch query {
	case sqldriver.BeginSavepoint:
		c.savepoints++
	case sqldriver.ReleaseSavepoint:
		c.savepoints--
		c.spoiled = min(c.spoiled, c.savepoints+1)
	case sqldriver.UndoSavepoint:
		if c.spoiled > c.savepoints {
			c.spoiled = 0
		}
		c.savepoints--
	}
}

func (c *sqliteConn) spoil() {
	if c.spoiled == 0 {
		c.spoiled = c.savepoints + 1
	}
}

// BeginTx begins a transaction.
func (c *sqliteConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	c.tx, c.savepoints, c.spoiled = tx, 0, 0
	return (*sqliteTx)(c), nil
}

// sqliteTx is a connection's transaction.
type sqliteTx sqliteConn

func (t *sqliteTx) Rollback() error { return t.tx.Rollback() }

func (t *sqliteTx) Commit() error {
	if t.spoiled > 0 {
		return errors.Join(sqldriver.ErrSpoiled, t.Rollback())
	}
	return t.tx.Commit()
}

// ask calls a function of SQLite's. T is libc.TLS, whose module generated code does
// not import.
func ask[T, R any](c *sqliteConn, f func(*T, uintptr) R) R { return f((*T)(c.tls), c.db) }

// changes counts the rows that the connection has changed, if ctx may end. What is
// undone does not count.
func (c *sqliteConn) changes(ctx context.Context) int64 {
	if c.db == 0 || ctx.Done() == nil {
		return 0
	}
	return ask(c, lib.Xsqlite3_total_changes64)
}

// autocommits reports whether the connection is outside of a transaction.
func (c *sqliteConn) autocommits() bool {
	return c.db != 0 && ask(c, lib.Xsqlite3_get_autocommit) != 0
}

// outcome returns the result of a statement. The driver fails a statement if
// its context ends just as SQLite says that it is done.
func (c *sqliteConn) outcome(ctx context.Context, query string, before int64, result driver.Result, err error) (driver.Result, error) {
	if err == nil || ctx.Err() == nil || c.changes(ctx) == before || strings.Contains(strings.TrimRight(query, "; \t\r\n"), ";") {
		return result, err // of several statements, it may not have been the last
	}
	return executed{ask(c, lib.Xsqlite3_last_insert_rowid), ask(c, lib.Xsqlite3_changes64)}, nil
}

// executed is the result of a statement that SQLite has done.
type executed struct{ id, affected int64 }

func (d executed) LastInsertId() (int64, error) { return d.id, nil }
func (d executed) RowsAffected() (int64, error) { return d.affected, nil }

// Undo undoes the statement that the rows come from. It is not committed yet.
func (r *sqliteRows) Undo() error {
	if !r.conn.autocommits() {
		r.conn.spoil()
		return nil
	}
	lib.Xsqlite3_interrupt(nil, r.conn.db)
	err := r.fullRows.Next(make([]driver.Value, len(r.Columns())))
	if err == nil || errors.Is(err, io.EOF) {
		return sqldriver.ErrStored
	}
	return nil
}

// scratch is where the rows of a query of sqlc's are scanned to, before SQLite
// commits them: once for each package that has the query.
type scratch struct {
	by   []sqldriver.Returned
	seen int // of the registry's packages
	row  sqldriver.Row
}

// look finds who has the query, if there may be another since the last time.
func (s *scratch) look(returned *sqldriver.Registry, query string) {
	if n := returned.Len(); n != s.seen {
		s.by, s.seen = returned.Of(query), n
	}
}

// scan scans a row, for each of those who have the query.
func (s *scratch) scan(columns []string, values []driver.Value) error {
	s.row.Values = values
	for _, r := range s.by {
		if err := s.row.Scan(r.Fields...); err != nil {
			return sqldriver.Unreadable(r.Key, columns, values, err)
		}
	}
	return nil
}

// kept reads all rows and lets SQLite commit them, unless one cannot be scanned.
func (c *sqliteConn) kept(rows *sqliteRows, to *scratch) (driver.Rows, error) {
	columns := rows.Columns()
	to.row.Rows = rows
	values := slices.Grow(to.row.Values[:0], len(columns))[:len(columns)]
	defer func() {
		clear(values)
		to.row.Rows, to.row.Values = nil, values
	}()
	k := &keptRows{sqliteRows: rows}
	for {
		err := rows.Next(values)
		if errors.Is(err, io.EOF) {
			return k, nil
		}
		if err == nil {
			if err = to.scan(columns, values); err != nil {
				err = errors.Join(err, rows.Undo())
			}
		}
		if err != nil {
			_ = rows.Close() // which would say that it was interrupted
			return nil, err
		}
		k.values = append(k.values, values...)
	}
}

// keptRows have been read.
type keptRows struct {
	*sqliteRows
	values []driver.Value // of one row after the other
}

func (k *keptRows) Next(dest []driver.Value) error {
	if len(k.values) == 0 {
		return io.EOF
	}
	k.values = k.values[copy(dest, k.values):]
	return nil
}
