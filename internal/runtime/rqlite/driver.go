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
	return &Conn{remote.Conn{Statement: c.statement, NoTransactions: ErrTransaction}, c.cluster}, nil
}

// Driver returns the driver, which cannot open anything by name.
func (c *Connector) Driver() driver.Driver {
	return remote.Unnamed{Err: errors.New("rqlite: a cluster has no name; use Open")}
}

// Conn is a connection. database/sql hands it out with [sql.Conn.Raw].
type Conn struct {
	remote.Conn
	cluster *Cluster
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

func (c *Connector) statement(query string) (remote.Statement, error) {
	t, err := c.cluster.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return &statement{c.cluster, t}, nil
}

// statement is a text that is run by itself.
type statement struct {
	cluster *Cluster
	text    *text
}

func (s *statement) Exec(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	results, err := s.run(ctx, args, false)
	if err != nil {
		return nil, err
	}
	return results[0].outcome(), nil
}

func (s *statement) Query(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	results, err := s.run(ctx, args, true)
	if err != nil {
		return nil, err
	}
	return results[0].open(), nil
}

func (s *statement) run(ctx context.Context, args []driver.NamedValue, rows bool) ([]result, error) {
	p, err := bound(s.text, args, rows)
	if err != nil {
		return nil, err
	}
	if s.text.kind == sqldriver.Reading {
		return s.cluster.read(ctx, []prepared{p})
	}
	return s.cluster.write(ctx, []prepared{p})
}

// outcome is what the statement has changed. What returns rows has changed those.
func (r *result) outcome() remote.Outcome {
	if r.rows {
		return remote.Outcome{Affected: int64(r.n)}
	}
	return r.Outcome
}
