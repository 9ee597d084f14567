//go:build js && wasm

package d1

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"syscall/js"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// OpenDB returns a database/sql handle over a D1 binding, such as env.DB, or over
// a session of it, such as env.DB.withSession(bookmark).
func OpenDB(binding js.Value) *sql.DB { return sql.OpenDB(NewConnector(binding)) }

// Connector makes connections. They cost nothing, and do not keep state
// between statements.
type Connector struct {
	texts remote.Texts[*text]
	host  *host
}

// NewConnector makes the connector that OpenDB uses, for [sql.OpenDB].
func NewConnector(binding js.Value) *Connector {
	return &Connector{texts: remote.Texts[*text]{Make: parse}, host: newHost(binding)}
}

// Connect makes a connection.
func (c *Connector) Connect(context.Context) (driver.Conn, error) { return &Conn{c}, nil }

// Driver returns the driver, which cannot open anything by name.
func (c *Connector) Driver() driver.Driver { return unnamed{} }

type unnamed struct{}

func (unnamed) Open(string) (driver.Conn, error) {
	return nil, fmt.Errorf("d1: a binding has no name; use Open")
}

// Conn is a connection. database/sql hands it out with [sql.Conn.Raw].
type Conn struct{ *Connector }

// Prepare reads the text's parameters. D1 itself looks at the text when it runs.
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return &stmt{c, t}, nil
}

// PrepareContext is Prepare.
func (c *Conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return c.Prepare(query)
}

// ResetSession does nothing.
func (c *Conn) ResetSession(context.Context) error { return nil }

// IsValid always reports true.
func (c *Conn) IsValid() bool { return true }

// Ping runs a query that reads no table.
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
	t, err := c.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return c.exec(ctx, t, args)
}

// QueryContext runs a statement and reads its rows.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return c.query(ctx, t, args)
}

// Batch runs the statements in their order, all of them or none, in one round
// trip. Each has rows and a result. An empty result does not know its columns.
func (c *Conn) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) ([]driver.Rows, []driver.Result, error) {
	if len(queries) == 0 {
		return nil, nil, nil
	}
	var list []bound
	counts := make([]bool, len(queries))
	for i, query := range queries {
		t, err := c.texts.Of(query)
		if err != nil {
			return nil, nil, fmt.Errorf("statement %d of the batch: %w", i+1, err)
		}
		b, err := t.bind(args[i])
		if err != nil {
			return nil, nil, fmt.Errorf("statement %d of the batch: %w", i+1, err)
		}
		list = append(list, b)
		if counts[i] = !selects(query); counts[i] {
			list = append(list, changes)
		}
	}
	answers, err := c.batch(ctx, list)
	if err != nil {
		return nil, nil, err
	}
	found, affected := make([]driver.Rows, len(queries)), make([]driver.Result, len(queries))
	at := 0
	for i := range queries {
		if found[i], err = objects(answers[at].results); err != nil {
			return nil, nil, fmt.Errorf("statement %d of the batch: %w", i+1, err)
		}
		r := remote.Outcome{LastID: answers[at].id}
		at++
		if counts[i] {
			if r.Affected, err = answers[at].count(); err != nil {
				return nil, nil, err
			}
			at++
		}
		affected[i] = r
	}
	return found, affected, nil
}

// changes asks how many rows the statement before it has changed. D1's own
// count includes what triggers and foreign keys did.
var changes = bound{sql: "SELECT changes() AS n"}

func (c *Conn) exec(ctx context.Context, t *text, args []driver.NamedValue) (driver.Result, error) {
	b, err := t.bind(args)
	if err != nil {
		return nil, err
	}
	answers, err := c.batch(ctx, []bound{b, changes})
	if err != nil {
		return nil, err
	}
	r := remote.Outcome{LastID: answers[0].id}
	r.Affected, err = answers[1].count()
	return r, err
}

func (c *Conn) batch(ctx context.Context, list []bound) ([]answer, error) {
	json, err := c.host.run(ctx, true, list)
	if err != nil {
		return nil, err
	}
	answers, err := readAnswers(json)
	if err == nil && len(answers) != len(list) {
		err = errJSON
	}
	return answers, err
}

func (c *Conn) query(ctx context.Context, t *text, args []driver.NamedValue) (driver.Rows, error) {
	b, err := t.bind(args)
	if err != nil {
		return nil, err
	}
	json, err := c.host.run(ctx, false, []bound{b})
	if err != nil {
		return nil, err
	}
	return arrays(json)
}

type stmt struct {
	conn *Conn
	text *text
}

func (s *stmt) Close() error  { return nil }
func (s *stmt) NumInput() int { return -1 } // arguments says more of what is wrong

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
