package drey

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/Masterminds/squirrel"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// A typed statement of a client whose rows are read all at once goes straight to
// the driver, on a connection of database/sql's pool. database/sql's Rows and Stmt
// would cost locks, a conversion and perhaps one more goroutine. Transactions,
// iterations, sqlc's queries and drivers with a wrapper around them go through
// database/sql.

// directConnector opens connections that keep statements of their own.
type directConnector struct {
	driver.Connector
	counts *directCounts
}

// directCounts are the counters of all connections of a pool.
type directCounts struct{ kept, hits, misses, evicted atomic.Int64 }

func (c *directConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(sqldriver.Conn)
	if !ok {
		return conn, nil
	}
	return &directConn{Conn: full, counts: c.counts}, nil
}

// directConn is a connection with the statements that are prepared on it. Only
// one goroutine uses it at a time.
type directConn struct {
	sqldriver.Conn
	sqldriver.Converting
	counts *directCounts
	cache  cache[sqldriver.Stmt]

	// args and row are what a query needs while it runs, kept for the next one.
	args []driver.NamedValue
	row  sqldriver.Row
}

// Unwrap gives the driver's own connection.
func (c *directConn) Unwrap() driver.Conn { return c.Conn }

// Close closes the statements first: SQLite keeps a connection with statements.
func (c *directConn) Close() error {
	var err error
	all := c.cache.clear()
	for _, s := range all {
		err = errors.Join(err, s.Close())
	}
	c.counts.kept.Add(-int64(len(all)))
	return errors.Join(err, c.Conn.Close())
}

// statement returns the statement that is kept under key, or nil.
func (c *directConn) statement(key []byte) sqldriver.Stmt {
	s, ok := cached(&c.cache, key)
	if !ok {
		c.counts.misses.Add(1)
		return nil
	}
	c.counts.hits.Add(1)
	return s
}

// prepare prepares a statement and keeps it under key.
func (c *directConn) prepare(ctx context.Context, key, text string) (sqldriver.Stmt, error) {
	stmt, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	full, ok := stmt.(sqldriver.Stmt)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements lack methods with a context"), stmt.Close())
	}
	old, gone := c.cache.keep(key, full)
	if !gone {
		c.counts.kept.Add(1)
		return full, nil
	}
	c.counts.evicted.Add(1)
	return full, old.Close()
}

// readDirect calls f with the rows of a query until f reports false or fails.
func (p *pool) readDirect(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), f func(scanRow) (bool, error)) error {
	p.giveWay()
	return p.withStatement(ctx, key, shaped, args, render, func(c *directConn, s sqldriver.Stmt, args []any) error {
		return c.read(ctx, s, args, false, f)
	})
}

// writeDirect runs a statement that writes. The caller has the turn to write.
// It calls f with the rows that the statement returns; if f is nil, it returns
// the number of rows that were affected.
func (p *pool) writeDirect(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), f func(scanRow) (bool, error)) (affected int64, err error) {
	err = p.withStatement(ctx, key, shaped, args, render, func(c *directConn, s sqldriver.Stmt, args []any) error {
		if f != nil {
			return c.read(ctx, s, args, true, f)
		}
		affected, err = c.exec(ctx, s, args)
		return err
	})
	return affected, err
}

// withStatement calls use with a connection, its statement for that shape, and
// the values that it binds.
func (p *pool) withStatement(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), use func(*directConn, sqldriver.Stmt, []any) error) error {
	if shaped {
		if err := p.engine.takes(args); err != nil {
			return err
		}
	}
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(dc any) error {
		c, ok := dc.(*directConn)
		if !ok {
			return fmt.Errorf("the driver's connection is a %T", dc)
		}
		var s sqldriver.Stmt
		if shaped {
			s = c.statement(key)
		}
		if s == nil {
			query, err := render()
			if err != nil {
				return err
			}
			text, rendered, err := query.ToSql()
			if err != nil {
				return err
			}
			if !shaped {
				args = rendered
				if err := p.engine.takes(args); err != nil {
					return err
				}
				s, key = c.statement([]byte(text)), []byte(text)
			}
			if s == nil {
				if s, err = c.prepare(ctx, string(key), text); err != nil {
					return err
				}
			}
		}
		return use(c, s, args)
	})
}

// bind converts the arguments as database/sql does.
func (c *directConn) bind(args []any) (err error) {
	c.args = c.args[:0]
	for i, arg := range args {
		v := driver.NamedValue{Ordinal: i + 1}
		if named, ok := arg.(sql.NamedArg); ok {
			v.Name, arg = named.Name, named.Value
		}
		if v.Value, err = sqldriver.Bindable(arg); err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
		c.args = append(c.args, v)
	}
	return nil
}

// exec runs the statement and returns the number of rows that it affected.
func (c *directConn) exec(ctx context.Context, s sqldriver.Stmt, args []any) (int64, error) {
	if err := c.bind(args); err != nil {
		return 0, err
	}
	result, err := s.ExecContext(ctx, c.args)
	clear(c.args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// read runs the statement and calls f with its rows. If f fails, a statement
// that writes is undone, where the engine can do that.
func (c *directConn) read(ctx context.Context, s sqldriver.Stmt, args []any, writes bool, f func(scanRow) (bool, error)) (err error) {
	if err := c.bind(args); err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, c.args)
	clear(c.args)
	if err != nil {
		return err
	}
	columns := len(rows.Columns())
	r := &c.row
	r.Rows = rows
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
		r.Clear()
	}()
	done := ctx.Done()
	if writes { // SQLite has written the rows that it gives
		done = nil
	}
	for more := true; more; {
		select {
		case <-done:
			return ctx.Err()
		default:
		}
		switch err := r.Next(columns); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if more, err = f(r); err != nil {
			if u, ok := rows.(sqldriver.Undoer); ok && writes {
				err = errors.Join(err, u.Undo())
			}
			return err
		}
	}
	return nil
}
