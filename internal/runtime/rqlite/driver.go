//go:build !js

package rqlite

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Connector makes connections to a cluster. They cost nothing, and do not keep state
// between statements.
type Connector struct{ cluster *Cluster }

// NewConnector makes the connector of a cluster, for [sql.OpenDB].
func NewConnector(c *Cluster) *Connector { return &Connector{c} }

// Connect makes a connection.
func (c *Connector) Connect(context.Context) (driver.Conn, error) {
	return &Conn{cluster: c.cluster}, nil
}

// Driver returns the driver, which cannot open anything by name.
func (c *Connector) Driver() driver.Driver { return unnamed{} }

type unnamed struct{}

func (unnamed) Open(string) (driver.Conn, error) {
	return nil, errors.New("rqlite: a cluster has no name; use Open")
}

// Conn is a connection. database/sql hands it out with [sql.Conn.Raw].
type Conn struct {
	sqldriver.Converting
	cluster *Cluster
}

// Prepare reads the text's parameters. rqlite itself looks at the text when it runs.
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	t, err := c.cluster.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return &stmt{conn: c, text: t}, nil
}

// PrepareContext is Prepare.
func (c *Conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return c.Prepare(query)
}

// ResetSession does nothing.
func (c *Conn) ResetSession(context.Context) error { return nil }

// IsValid always reports true.
func (c *Conn) IsValid() bool { return true }

// Ping asks the leader for a row.
func (c *Conn) Ping(ctx context.Context) error {
	_, err := c.QueryContext(ctx, "SELECT 1", nil)
	return err
}

// Close does nothing.
func (c *Conn) Close() error { return nil }

// Begin returns [ErrTransaction].
func (c *Conn) Begin() (driver.Tx, error) { return nil, ErrTransaction }

// BeginTx returns [ErrTransaction].
func (c *Conn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	return nil, ErrTransaction
}

// ExecContext runs a statement.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	t, err := c.cluster.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return c.exec(ctx, t, args)
}

// QueryContext runs a statement and reads its rows.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	t, err := c.cluster.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return c.query(ctx, t, args)
}

// Batch runs the statements in their order, all of them or none, in one round trip.
// Each has rows and a result. Statements that only read see one state.
func (c *Conn) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) ([]driver.Rows, []driver.Result, error) {
	list, reads := make([]prepared, len(queries)), true
	for i, query := range queries {
		var err error
		if list[i], err = c.cluster.bind(query, args[i], false); err != nil {
			return nil, nil, inBatch(i, err)
		}
		list[i].rows = list[i].text.returns
		reads = reads && list[i].text.kind == sqldriver.Reading
	}
	run := c.cluster.write
	if reads {
		run = c.cluster.read
	}
	results, err := run(ctx, list)
	if err != nil {
		return nil, nil, err
	}
	found, affected := make([]driver.Rows, len(list)), make([]driver.Result, len(list))
	for i, r := range results {
		found[i], affected[i] = r.open(), r.outcome()
	}
	return found, affected, nil
}

func (c *Conn) exec(ctx context.Context, t *text, args []driver.NamedValue) (driver.Result, error) {
	results, err := c.run(ctx, t, args, false)
	if err != nil {
		return nil, err
	}
	return results[0].outcome(), nil
}

func (c *Conn) query(ctx context.Context, t *text, args []driver.NamedValue) (driver.Rows, error) {
	results, err := c.run(ctx, t, args, true)
	if err != nil {
		return nil, err
	}
	return results[0].open(), nil
}

func (c *Conn) run(ctx context.Context, t *text, args []driver.NamedValue, rows bool) ([]result, error) {
	p, err := bound(t, args, rows)
	if err != nil {
		return nil, err
	}
	if t.kind == sqldriver.Reading {
		return c.cluster.read(ctx, []prepared{p})
	}
	return c.cluster.write(ctx, []prepared{p})
}

// outcome is what the statement has changed. What returns rows has changed those.
func (r *result) outcome() remote.Outcome {
	if r.rows {
		return remote.Outcome{Affected: int64(r.n)}
	}
	return r.Outcome
}

type stmt struct {
	sqldriver.Converting
	conn *Conn
	text *text
}

func (s *stmt) Close() error  { return nil }
func (s *stmt) NumInput() int { return -1 } // bound says more of what is wrong

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.conn.exec(ctx, s.text, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.query(ctx, s.text, args)
}

// Exec and Query are what database/sql called before contexts were there.

func (s *stmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), remote.Ordinal(args))
}

func (s *stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), remote.Ordinal(args))
}
