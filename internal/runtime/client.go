package runtime

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Conn is what a query runs on: a [*Client] or, within [Client.Tx], a [*Tx].
// Both are a DBTX as well, so they serve the static half in the same way, and
// raw SQL: a text that reads runs on a connection that reads, any other on the
// one that writes.
type Conn interface {
	DBTX
	on() *session
}

var (
	_ Conn = (*Client)(nil)
	_ Conn = (*Tx)(nil)
)

// Client is the data layer over one database: sqlc's queries are its methods,
// and typed queries run on it. It is safe for concurrent use.
//
// A client that [Open] made of a file has one connection that writes, for which
// writes wait in the order in which they come, and several that only read. Each
// call goes to the right one by itself; readers and the writer do not wait for
// each other.
type Client struct {
	Queries // not a pointer: the compiler would make its methods for Client and *Client
	*session
	engine engine
}

// engine is what is particular to the database below a client.
type engine struct {
	close       func() error // nil if the database is the caller's
	checkpoints func() int64
}

// NewClient makes a client of a database/sql handle that the caller has opened
// and will close. [Open] is the usual way to a Client: there a sqlc query whose
// row cannot be read is undone, and a canceled write tells whether it is stored;
// [Options.OpenDB] is where a wrapper goes. The handle's connections must enforce
// foreign keys, or the first write is [ErrForeignKeys].
func NewClient(db *sql.DB) *Client {
	p := newPool(db)
	p.foreign = &foreign{db: db}
	return newClient(p, p, engine{})
}

func newClient(reads, writes *pool, e engine) *Client {
	s := newSession(reads, writes)
	if e.close != nil {
		e.close = sync.OnceValue(e.close)
	}
	return &Client{Queries: *newQueries(static{s}), session: s, engine: e}
}

// Close closes the prepared statements and, if [Open] made the client, the
// database. To close it again does nothing.
func (c *Client) Close() error {
	c.reads.statements.close()
	c.writes.statements.close()
	if c.engine.close == nil {
		return nil
	}
	return c.engine.close()
}

// DB returns the database/sql handle that writes go to. If [Open] made it, it
// has one connection.
func (c *Client) DB() *sql.DB { return c.writes.db }

// ReadDB returns the database/sql handle that reads go to.
func (c *Client) ReadDB() *sql.DB { return c.reads.db }

// ClientStats is what a client has done since it was opened.
type ClientStats struct {
	Readers, Writer sql.DBStats // of a client that NewClient made both are the same
	// Statements counts the prepared statements of readers and writer together.
	Statements StatementStats
	// Waits counts the writes that had to wait for others, Waited for how long in
	// all, Expired those that gave up.
	Waits, Expired int64
	Waited         time.Duration
	// Checkpoints counts those that were made because the write-ahead log had grown.
	Checkpoints int64
}

// Stats returns the client's counters.
func (c *Client) Stats() ClientStats {
	stats := ClientStats{
		Readers: c.reads.db.Stats(), Writer: c.writes.db.Stats(),
		Statements: c.StatementStats(),
		Waits:      c.writes.waits.Load(), Waited: time.Duration(c.writes.waited.Load()), Expired: c.writes.expired.Load(),
	}
	if c.engine.checkpoints != nil {
		stats.Checkpoints = c.engine.checkpoints()
	}
	return stats
}

// StatementStats are the counters of the client's prepared statements.
func (c *Client) StatementStats() StatementStats {
	stats := c.writes.stats()
	if c.reads != c.writes {
		r := c.reads.stats()
		stats.Kept, stats.Max, stats.Evicted = stats.Kept+r.Kept, stats.Max+r.Max, stats.Evicted+r.Evicted
		stats.Hits, stats.Misses = stats.Hits+r.Hits, stats.Misses+r.Misses
	}
	return stats
}

// Tx is a transaction, with both halves of the data layer on it.
type Tx struct {
	Queries
	*session
}

// Tx runs f in a transaction, commits it if f returns nil and rolls it back if
// f fails or panics, or ctx ends, which stops the statement that is running. It
// is begun with BEGIN IMMEDIATE on a client from [Open], so that it cannot fail
// halfway for want of the write lock. It waits for its turn among the client's
// writes, and for other processes, up to the busy timeout.
//
// A call on the client from within f that writes would wait for f itself, and
// fails in the end; make it on the Tx.
func (c *Client) Tx(ctx context.Context, f func(*Tx) error) error {
	return c.session.begin(ctx, func(s *session) error {
		return f(&Tx{Queries: *newQueries(static{s}), session: s})
	})
}

// Snapshot runs f in a transaction that only reads: all that it reads is as it
// was when Snapshot was called, and no write waits for it. A write in f is
// [ErrSnapshot]. While it lasts the write-ahead log cannot be reused, so it
// should not last long.
func (c *Client) Snapshot(ctx context.Context, f func(*Tx) error) error {
	if c.reads.batches {
		return ErrNoTransactions
	}
	return c.session.inTx(ctx, c.reads, &sql.TxOptions{ReadOnly: true}, func(s *session) error {
		s.snapshot = true
		// A transaction that reads begins with its first read.
		var n int64
		if err := (static{s}).QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&n); err != nil {
			return fmt.Errorf("begin snapshot: %w", err)
		}
		return f(&Tx{Queries: *newQueries(static{s}), session: s})
	})
}

// Tx runs f in a part of the transaction, a savepoint: if f fails or panics,
// what it did is rolled back, and the transaction goes on.
func (t *Tx) Tx(ctx context.Context, f func(*Tx) error) error {
	if t.tape != nil {
		return fmt.Errorf("a transaction: %w", errInBatch)
	}
	return t.session.atomically(ctx, func(*session) error { return f(t) })
}

// begin runs f in a transaction of its own that writes.
func (s *session) begin(ctx context.Context, f func(*session) error) error {
	p := s.writes
	if p.batches {
		return ErrNoTransactions
	}
	if err := p.foreign.writable(ctx); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := p.enter(ctx); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	p.holder.Store(holdsBegin)
	defer func() {
		p.holder.Store(holdsStatement)
		p.leave()
	}()
	defer p.wrote(ctx)
	return s.inTx(ctx, p, nil, func(s *session) error {
		p.holder.Store(holdsTx)
		return f(s)
	})
}

// inTx runs f in a transaction on the pool, whose turn the caller has.
func (s *session) inTx(ctx context.Context, p *pool, opts *sql.TxOptions, f func(*session) error) (err error) {
	tx, err := p.begin(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("rollback: %w", e))
			}
		}
	}()
	in := newSession(p, p)
	in.tx, in.over = tx, ctx.Err
	if err := f(in); err != nil {
		return ended(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", ended(ctx, err))
	}
	committed = true
	in.share(ctx)
	return nil
}

// ended is why a transaction was over already: database/sql rolls it back when
// its context ends, and the next call may be the first to meet that. For closed
// statements database/sql has no sentinel.
func ended(ctx context.Context, err error) error {
	if why := ctx.Err(); why != nil && (errors.Is(err, sql.ErrTxDone) || strings.Contains(err.Error(), "sql: statement is closed")) {
		return fmt.Errorf("%w: %w", why, err)
	}
	return err
}

// atomically runs f so that all of it happens or nothing: in a transaction,
// behind a savepoint of the one that the session is in, or as a batch. f may be
// called twice, see [session.taped].
func (s *session) atomically(ctx context.Context, f func(*session) error) (err error) {
	switch {
	case s.tape != nil: // the whole of it is atomic
		return f(s)
	case s.snapshot:
		return ErrSnapshot
	case s.tx == nil && s.writes.batches:
		return s.taped(ctx, f)
	case s.tx == nil:
		return s.begin(ctx, f)
	}
	if _, err := s.tx.ExecContext(ctx, beginSavepoint); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	released := false
	defer func() {
		if !released { // ended or not, ctx does not stop this
			_, e := s.tx.ExecContext(context.WithoutCancel(ctx), undoSavepoint)
			if e != nil && !errors.Is(e, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("rollback: %w", e))
			}
		}
	}()
	if err := f(s); err != nil {
		return err
	}
	if _, err := s.tx.ExecContext(ctx, releaseSavepoint); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	released = true
	return nil
}
