//go:build js && wasm

package d1

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
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
func (c *Connector) Connect(context.Context) (driver.Conn, error) {
	return &Conn{remote.Conn{Statement: c.statement, NoTransactions: ErrTransaction}, c}, nil
}

// Driver returns the driver, which cannot open anything by name.
func (c *Connector) Driver() driver.Driver {
	return remote.Unnamed{Err: errors.New("d1: a binding has no name; use Open")}
}

// Conn is a connection. database/sql hands it out with [sql.Conn.Raw].
type Conn struct {
	remote.Conn
	connector *Connector
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
		t, err := c.connector.texts.Of(query)
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
	answers, err := c.connector.host.batch(ctx, list)
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

func (c *Connector) statement(query string) (remote.Statement, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return &statement{c.host, t}, nil
}

// statement is a text that is run by itself.
type statement struct {
	host *host
	text *text
}

func (s *statement) Exec(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	b, err := s.text.bind(args)
	if err != nil {
		return nil, err
	}
	answers, err := s.host.batch(ctx, []bound{b, changes})
	if err != nil {
		return nil, err
	}
	r := remote.Outcome{LastID: answers[0].id}
	r.Affected, err = answers[1].count()
	return r, err
}

func (h *host) batch(ctx context.Context, list []bound) ([]answer, error) {
	json, err := h.run(ctx, true, list)
	if err != nil {
		return nil, err
	}
	answers, err := readAnswers(json)
	if err == nil && len(answers) != len(list) {
		err = errJSON
	}
	return answers, err
}

func (s *statement) Query(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	b, err := s.text.bind(args)
	if err != nil {
		return nil, err
	}
	json, err := s.host.run(ctx, false, []bound{b})
	if err != nil {
		return nil, err
	}
	return arrays(json)
}
