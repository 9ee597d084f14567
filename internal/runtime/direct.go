package runtime

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"github.com/Masterminds/squirrel"
)

// A typed statement of a client, whose rows are read all at once, goes to the
// driver itself, on a connection of database/sql's pool: its Rows and Stmt would
// cost locks, a conversion and perhaps a goroutine more. Transactions, iterations,
// sqlc's queries and drivers with a wrapper around them go through database/sql.

// scanRow is where a row is scanned from, as by sql.Rows.
type scanRow interface{ Scan(dest ...any) error }

// directConnector opens connections that keep statements of their own.
type directConnector struct {
	driver.Connector
	counts *directCounts
}

// directCounts are the counters of all connections of a pool.
type directCounts struct {
	max                         int // statements of one connection
	kept, hits, misses, evicted atomic.Int64
}

func (c *directConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(fullConn)
	if !ok {
		return conn, nil
	}
	return &directConn{fullConn: full, counts: c.counts}, nil
}

// directConn is a connection with the statements that are prepared on it. Who
// uses it has it for himself.
type directConn struct {
	fullConn
	converting
	counts *directCounts
	byKey  map[string]*directStmt
	ring   []*directStmt // as in statements
	hand   int

	// What a query needs while it runs, kept for the next one.
	args []driver.NamedValue
	row  directRow
}

type directStmt struct {
	fullStmt
	key    string
	recent bool
}

// Unwrap gives the driver's own connection.
func (c *directConn) Unwrap() driver.Conn { return c.fullConn }

// Close closes the statements first: SQLite keeps a connection with statements.
func (c *directConn) Close() error {
	var err error
	for _, s := range c.ring {
		err = errors.Join(err, s.Close())
	}
	c.counts.kept.Add(-int64(len(c.ring)))
	c.byKey, c.ring = nil, nil
	return errors.Join(err, c.fullConn.Close())
}

// statement returns the statement that is kept under key, nil if there is none.
func (c *directConn) statement(key []byte) *directStmt {
	s := c.byKey[string(key)]
	if s == nil {
		c.counts.misses.Add(1)
		return nil
	}
	c.counts.hits.Add(1)
	s.recent = true
	return s
}

// prepare prepares a statement and keeps it under key.
func (c *directConn) prepare(ctx context.Context, key, text string) (*directStmt, error) {
	stmt, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	full, ok := stmt.(fullStmt)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements lack methods with a context"), stmt.Close())
	}
	s := &directStmt{fullStmt: full, key: key}
	if c.byKey == nil {
		c.byKey = map[string]*directStmt{}
	}
	c.byKey[key] = s
	if len(c.ring) < c.counts.max {
		c.ring = append(c.ring, s)
		c.counts.kept.Add(1)
		return s, nil
	}
	for c.ring[c.hand].recent {
		c.ring[c.hand].recent = false
		c.hand = (c.hand + 1) % len(c.ring)
	}
	old := c.ring[c.hand]
	c.ring[c.hand] = s
	c.hand = (c.hand + 1) % len(c.ring)
	delete(c.byKey, old.key)
	c.counts.evicted.Add(1)
	return s, old.Close()
}

// readDirect calls f with the rows of a query until f reports false or fails.
func (p *pool) readDirect(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), f func(scanRow) (bool, error)) error {
	p.giveWay()
	return p.withStatement(ctx, key, shaped, args, render, func(c *directConn, s *directStmt, args []any) error {
		return c.read(ctx, s, args, false, f)
	})
}

// writeDirect runs a statement that writes, whose turn the caller has. It calls
// f with the rows that the statement returns; if f is nil it returns the number
// of those that it affected.
func (p *pool) writeDirect(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), f func(scanRow) (bool, error)) (affected int64, err error) {
	err = p.withStatement(ctx, key, shaped, args, render, func(c *directConn, s *directStmt, args []any) error {
		if f != nil {
			return c.read(ctx, s, args, true, f)
		}
		affected, err = c.exec(ctx, s, args)
		return err
	})
	return affected, err
}

// withStatement calls use with a connection, the statement on it of that shape,
// and what it binds.
func (p *pool) withStatement(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), use func(*directConn, *directStmt, []any) error) error {
	if shaped && len(args) > p.parameters {
		return p.tooMany()
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
		var s *directStmt
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
				if args = rendered; len(args) > p.parameters {
					return p.tooMany()
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
		if v.Value, err = bindable(arg); err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
		c.args = append(c.args, v)
	}
	return nil
}

// exec runs the statement and returns the number of rows that it affected.
func (c *directConn) exec(ctx context.Context, s *directStmt, args []any) (int64, error) {
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

// read runs the statement and calls f with its rows. One that writes is undone
// if f fails, where the engine can.
func (c *directConn) read(ctx context.Context, s *directStmt, args []any, writes bool, f func(scanRow) (bool, error)) (err error) {
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
	r.rows, r.values = rows, slices.Grow(r.values[:0], columns)[:columns]
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
		clear(r.values)
		r.rows = nil
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
		switch err := rows.Next(r.values); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if more, err = f(r); err != nil {
			if u, ok := rows.(interface{ undo() error }); ok && writes {
				err = errors.Join(err, u.undo())
			}
			return err
		}
	}
	return nil
}

// directRow is a row as the driver has it.
type directRow struct {
	rows   driver.Rows
	values []driver.Value
}

// Scan puts the values where database/sql would put them.
func (r *directRow) Scan(dest ...any) error {
	if len(dest) != len(r.values) {
		return fmt.Errorf("sql: expected %d destination arguments in Scan, not %d", len(r.values), len(dest))
	}
	for i, to := range dest {
		if !put(to, r.values[i]) {
			return r.scanSlowly(dest)
		}
	}
	return nil
}

// put puts a value where it belongs if its type is that of the destination,
// or the destination scans values itself and takes it.
func put(to any, v driver.Value) bool {
	switch to := to.(type) {
	case *int64:
		return set(to, v)
	case *string:
		return set(to, v)
	case *float64:
		return set(to, v)
	case **int64:
		return setPointer(to, v)
	case **string:
		return setPointer(to, v)
	case **float64:
		return setPointer(to, v)
	case *bool:
		n, ok := v.(int64)
		*to = n == 1
		return ok && n&^1 == 0
	case *[]byte:
		if v == nil {
			*to = nil
			return true
		}
		return set(to, v)
	case *time.Time:
		return set(to, v)
	case *any:
		*to = v
		return true
	case sql.Scanner:
		return to.Scan(v) == nil
	}
	return putKind(reflect.ValueOf(to), v)
}

// putKind is put for types of the project's own: pointers to others,
// named strings, smaller numbers.
func putKind(to reflect.Value, v driver.Value) bool {
	if to.Kind() != reflect.Pointer || to.IsNil() {
		return false
	}
	to = to.Elem()
	if v == nil {
		if to.Kind() == reflect.Pointer {
			to.SetZero()
		}
		return to.Kind() == reflect.Pointer
	}
	from := reflect.ValueOf(v)
	switch {
	case to.Kind() == reflect.Pointer:
		n := reflect.New(to.Type().Elem())
		to.Set(n)
		return put(n.Interface(), v)
	case from.Kind() == to.Kind() && from.CanConvert(to.Type()):
		to.Set(from.Convert(to.Type()))
	case from.CanInt() && to.CanInt() && !to.OverflowInt(from.Int()):
		to.SetInt(from.Int())
	case from.CanInt() && to.CanUint() && from.Int() >= 0 && !to.OverflowUint(uint64(from.Int())):
		to.SetUint(uint64(from.Int()))
	case from.CanFloat() && to.CanFloat() && !to.OverflowFloat(from.Float()):
		to.SetFloat(from.Float())
	default:
		return false
	}
	return true
}

func set[T any](to *T, v driver.Value) (ok bool) {
	*to, ok = v.(T)
	return ok
}

func setPointer[T any](to **T, v driver.Value) bool {
	if v == nil {
		*to = nil
		return true
	}
	t, ok := v.(T)
	*to = &t
	return ok
}

// scanSlowly has database/sql itself scan the row: it knows every conversion,
// and says what is wrong with it.
func (r *directRow) scanSlowly(dest []any) error {
	t := &tape{replay: true, list: []taped{{rows: true, columns: r.rows.Columns(), values: [][]driver.Value{r.values}}}}
	db := sql.OpenDB(t)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), "")
	if err != nil {
		return err
	}
	return drain(rows, func(rows scanRow) (bool, error) { return false, rows.Scan(dest...) })
}
