package drey

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// DBTX is what sqlc's queries run on. Every generated package has the same
// interface under its own name.
type DBTX interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	PrepareContext(context.Context, string) (*sql.Stmt, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// Conn is what a query runs on: a [*Client] or, within [Client.Tx], a [*Tx], or
// the Client and Tx of a generated package. Each is a DBTX as well, for raw SQL:
// a text that reads runs on a connection that reads, any other on the one that
// writes.
type Conn interface {
	DBTX
	on() session
	static() *static
}

// Client is a set of connections to one database. Each generated package has a
// Client of its own: this one, with sqlc's queries as methods. It is safe for
// concurrent use.
//
// The client of an SQLite file has one connection that writes and several that
// only read. Writes wait for the writing connection in the order in which they
// come. Each call finds the right connection by itself; readers and the writer do
// not wait for each other.
type Client struct {
	texts
	pools   *pooled
	backend *Backend // nil if the database is the caller's
	close   func() error
}

// NewClient makes a client of a database/sql handle that the caller has opened, with
// any driver of SQLite, and will close. It keeps statements prepared. The usual way to a
// Client is an engine's Open, which does more: connections that only read beside the one
// that writes, a turn to write, a sqlc query whose row cannot be read is undone, and a
// canceled write tells whether it is stored.
//
// What is written has the same form as on Open's connections; what is read, too, in the
// dynamic half. Before the first statement a connection is looked at once: one that keeps
// times in another zone than UTC is [ErrTimeZone], and a write where foreign keys are not
// enforced is [ErrForeignKeys].
func NewClient(db *sql.DB) *Client {
	p := &pool{db: db, engine: newForeign(db), statements: newStatements()}
	s := &pooled{reads: p, writes: p}
	return &Client{texts: textsOn(s), pools: s}
}

// Static returns what sqlc's queries run on: each of their texts is prepared
// once. Generated code gives it to sqlc's New, with what it knows of the
// queries.
func Static(c Conn, queries *Returning) DBTX {
	c.on().of().returned.Add(queries)
	return c.static()
}

// Close closes the prepared statements and, if an engine opened it, the database.
// A second Close does nothing.
func (c *Client) Close() error {
	c.pools.reads.statements.close()
	c.pools.writes.statements.close()
	if c.close == nil {
		return nil
	}
	return c.close()
}

// DB returns the database/sql handle that writes go to. It has one connection if
// an engine opened it.
func (c *Client) DB() *sql.DB { return c.pools.writes.db }

// ReadDB returns the database/sql handle that reads go to.
func (c *Client) ReadDB() *sql.DB { return c.pools.reads.db }

// ClientStats says what a client has done since it was opened.
type ClientStats struct {
	Readers, Writer sql.DBStats // the same twice if NewClient made the client
	// Statements counts the prepared statements of readers and writer together.
	Statements StatementStats
	// Waits counts the writes that had to wait for others. Waited is how long
	// they waited in all. Expired counts those that gave up.
	Waits, Expired int64
	Waited         time.Duration
	// Checkpoints counts the checkpoints that were made because the write-ahead log
	// had grown.
	Checkpoints int64
}

// Stats returns the client's counters.
func (c *Client) Stats() ClientStats {
	r, w := c.pools.reads, c.pools.writes
	stats := ClientStats{
		Readers: r.db.Stats(), Writer: w.db.Stats(),
		Statements: c.StatementStats(),
		Waits:      w.waits.Load(), Waited: time.Duration(w.waited.Load()), Expired: w.expired.Load(),
	}
	if c.backend != nil && c.backend.Checkpoints != nil {
		stats.Checkpoints = c.backend.Checkpoints()
	}
	return stats
}

// StatementStats are the counters of the client's prepared statements.
func (c *Client) StatementStats() StatementStats {
	stats := c.pools.writes.stats()
	if c.pools.reads != c.pools.writes {
		r := c.pools.reads.stats()
		stats.Kept, stats.Max, stats.Evicted = stats.Kept+r.Kept, stats.Max+r.Max, stats.Evicted+r.Evicted
		stats.Hits, stats.Misses = stats.Hits+r.Hits, stats.Misses+r.Misses
	}
	return stats
}

// Tx runs f in a transaction. It commits if f returns nil. It rolls back if f
// fails or panics, or if ctx ends, which also stops the statement that is running.
// On an SQLite file it begins with BEGIN IMMEDIATE, so that it cannot fail halfway
// because another connection has the write lock. It waits for its turn among the
// client's writes, and for other processes, up to the busy timeout.
//
// A write on the client from within f would wait for f itself, and fails in
// the end; make it on the Tx.
func (c *Client) Tx(ctx context.Context, f func(*Tx) error) error {
	if _, remote := c.s.(*remote); remote {
		return ErrNoTransactions
	}
	return c.pools.begin(ctx, func(t *transaction) error { return f(&t.Tx) })
}

// Snapshot runs f in a transaction that only reads. All reads see the database
// as it was when Snapshot was called, and no write waits for it. A write in f
// is [ErrSnapshot]. The write-ahead log cannot be reused while a snapshot
// lasts, so it should not last long.
func (c *Client) Snapshot(ctx context.Context, f func(*Tx) error) error {
	if _, remote := c.s.(*remote); remote {
		return ErrNoTransactions
	}
	s := &snapshot{}
	return c.pools.reads.inTx(ctx, &sql.TxOptions{ReadOnly: true}, &s.transaction, func() error {
		s.Tx.texts = textsOn(s)
		// A transaction that reads begins with its first read.
		var n int64
		if err := s.half.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&n); err != nil {
			return fmt.Errorf("begin snapshot: %w", err)
		}
		return f(&s.Tx)
	})
}

// Backend is a database as an engine has opened it.
type Backend struct {
	// Reads are the connections that read, Writes those that write: the same pool
	// where the engine does not tell them apart.
	Reads, Writes *Pool
	// Patience is how long a write waits for its turn, if only one may write at a
	// time; 0 if the engine arranges that.
	Patience time.Duration
	// Guard, if set, is called before a write by whoever has the turn. Tidy is
	// called after the write.
	Guard func() error
	Tidy  func(context.Context)
	// Optimize, if set, is called before the connections that write are closed,
	// unless a write is under way.
	Optimize func() error
	// Close, if set, closes what does not belong to the pools.
	Close func() error
	// Checkpoints counts what Tidy has done.
	Checkpoints func() int64
	// Parameters is the largest number of values that a statement binds, SQLite's
	// 32,766 by default.
	Parameters int
	// Integers is the largest integer that the engine takes and reads back. The
	// default is that of an int64.
	Integers int64
	// Remote says that the engine does not have transactions, but runs a list of
	// statements as one: its connections are [sqldriver.Batcher].
	Remote bool
	// Returned, if set, is told of the packages whose queries run on the database.
	Returned *sqldriver.Registry
}

// closeWait is how long Close waits for a write that is under way.
const closeWait = 500 * time.Millisecond

// New makes the client of a database that an engine has opened.
func New(b Backend) *Client {
	e := newEngine()
	e.returned = b.Returned
	if b.Parameters > 0 {
		e.parameters = b.Parameters
	}
	if b.Integers > 0 {
		e.integers = b.Integers
	}
	r, w := &b.Reads.pool, &b.Writes.pool
	r.engine, w.engine = e, e
	if b.Patience > 0 {
		w.turn, w.patience, w.guard, w.tidy = make(chan struct{}, 1), b.Patience, b.Guard, b.Tidy
	}
	if r != w {
		r.writer = w
	}
	s := &pooled{reads: r, writes: w}
	c := &Client{pools: s, backend: &b}
	if c.texts = textsOn(s); b.Remote {
		c.texts = textsOn(&remote{s})
	}
	c.close = sync.OnceValue(c.shut)
	return c
}

// shut closes the database. The connections that write come last: the last one
// empties SQLite's log.
func (c *Client) shut() (err error) {
	r, w := c.pools.reads, c.pools.writes
	if r != w {
		err = r.db.Close()
	}
	if c.backend.Optimize != nil {
		if w.enterWithin(context.Background(), closeWait) == nil { // Close leaves a write alone that is still running
			err = errors.Join(err, c.backend.Optimize())
			w.leave()
		}
	}
	err = errors.Join(err, w.db.Close())
	if c.backend.Close != nil {
		err = errors.Join(err, c.backend.Close())
	}
	return err
}
