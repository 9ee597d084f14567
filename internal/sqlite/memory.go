// Package sqlite is access to a database in memory in two ways at once: through
// database/sql, for goose, and through SQLite's C interface, for what
// database/sql has no word for: the parameters of a statement, the table and
// column behind a result column, the place of an error in the text.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"sync/atomic"

	sqlite "modernc.org/sqlite"
)

// Memory is a database in memory. It lives until it is closed.
type Memory struct {
	uri    string
	anchor *Conn // SQLite drops the database with its last connection
}

var created atomic.Int64

// NewMemory creates an empty database in memory. It uses SQLite's memdb VFS,
// under which all connections of the process to one name share the database.
func NewMemory() (*Memory, error) {
	m := &Memory{uri: fmt.Sprintf("file:/drey-schema-%d-%d?vfs=memdb", os.Getpid(), created.Add(1))}
	anchor, err := m.Conn()
	if err != nil {
		return nil, err
	}
	m.anchor = anchor
	return m, nil
}

// Open opens the database through database/sql as the goose command does, with
// the driver's own defaults. wrap, if not nil, sees each connection first.
func (m *Memory) Open(wrap func(driver.Conn) driver.Conn) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(m.uri)
	if err != nil {
		return nil, fmt.Errorf("open database in memory: %w", err)
	}
	if wrap != nil {
		connector = wrapped{connector, wrap}
	}
	return sql.OpenDB(connector), nil
}

// Conn opens the database through SQLite's C interface. The caller closes it.
func (m *Memory) Conn() (*Conn, error) { return open(m.uri) }

// Close drops the database, unless connections to it are still open.
func (m *Memory) Close() error { return m.anchor.Close() }

type wrapped struct {
	driver.Connector
	wrap func(driver.Conn) driver.Conn
}

func (w wrapped) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return w.wrap(conn), nil
}
