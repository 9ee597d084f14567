// Package sqlite opens a database in memory in two ways at once: through
// database/sql, for goose, and through SQLite's C interface, for what database/sql
// cannot tell: the parameters of a statement, the table and column of a result
// column, the place of an error in the text.
//
// The rest of what drey knows about the dialect is in the folders below. They do
// not import anything of drey except each other:
//   - sqltext: tokens, statements in a text, folding and quoting of names, literals;
//   - syntax: trees of statements, their clauses and expressions;
//   - schema: the model of a schema, read from a database;
//   - checks: what the CHECKs of a table say about its columns;
//   - infer: what result columns can hold, and what parameters are compared with;
//   - alter: the differences of two schemas, and the statements from one to the other;
//   - content: made-up rows, and what a table has lost;
//   - sqltime: the form of times and dates, in SQL.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"fmt"

	sqlite "modernc.org/sqlite"
)

// Memory is a database in memory. It lives until it is closed.
type Memory struct {
	uri    string
	anchor *Conn // SQLite drops the database with its last connection
}

// NewMemory creates an empty database in memory. It uses SQLite's memdb VFS, in
// which all connections of the process to one name share the database. ATTACH and
// VACUUM INTO stay in that VFS, so they do not touch a disk either.
func NewMemory() (*Memory, error) {
	m := &Memory{uri: "file:/drey-" + rand.Text() + "?vfs=memdb"}
	anchor, err := m.PlainConn()
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

// Conn opens the database through SQLite's C interface, to judge statements.
// The caller closes it.
//
// It differs from [Memory.Open] in two settings. A text in double quotes is only an
// identifier: otherwise SQLite takes one that does not name a column for a string,
// which hides a misspelt column (https://www.sqlite.org/quirks.html#dblquote). And
// foreign keys are enforced, as they are where the statement will run, so that a
// foreign key to a missing table is found when a write is prepared.
func (m *Memory) Conn() (*Conn, error) { return open(m.uri, strict) }

// PlainConn is Conn with the settings of [Memory.Open], with which migrations run.
func (m *Memory) PlainConn() (*Conn, error) { return open(m.uri, nil) }

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

// Clone returns a copy of the database as it is now.
func (m *Memory) Clone() (*Memory, error) {
	c, err := NewMemory()
	if err != nil {
		return nil, err
	}
	if err := copyInto(m.anchor, c.anchor); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
