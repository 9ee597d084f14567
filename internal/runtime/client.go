package runtime

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Client is the data layer over one database: sqlc's queries are its methods,
// and typed queries run on it. It is safe for concurrent use.
type Client struct {
	Queries // not a pointer: the compiler would make its methods for Client and *Client
	*session
	anchor *sql.Conn // keeps a database in memory alive
	owned  bool      // db is closed with the client
}

// NewClient makes a client of a database/sql handle that the caller has opened
// and will close. [Open] is the usual way to a Client.
func NewClient(db *sql.DB) *Client {
	s := &session{DBTX: db, db: db, statements: &statements{max: maxStatements}}
	return &Client{Queries: *newQueries(static{s}), session: s}
}

// Close closes the prepared statements and, if [Open] made the client, the
// database.
func (c *Client) Close() error {
	c.session.statements.close()
	if !c.owned {
		return nil
	}
	var err error
	if c.anchor != nil {
		err = c.anchor.Close()
	}
	return errors.Join(err, c.session.db.Close())
}

// DB returns the database/sql handle below the client.
func (c *Client) DB() *sql.DB { return c.session.db }

// StatementStats are the counters of the client's prepared statements.
func (c *Client) StatementStats() StatementStats { return c.session.statements.stats() }

// Tx is a transaction, with both halves of the data layer on it.
type Tx struct {
	Queries
	*session
}

// Tx runs f in a transaction, commits it if f returns nil and rolls it back if
// f fails or panics. A database from [Open] begins it with BEGIN IMMEDIATE, so
// that it cannot fail halfway for want of the write lock.
func (c *Client) Tx(ctx context.Context, f func(*Tx) error) error {
	return c.session.begin(ctx, func(s *session) error {
		return f(&Tx{Queries: *newQueries(static{s}), session: s})
	})
}

// Tx runs f in a part of the transaction, a savepoint: if f fails or panics,
// what it did is rolled back, and the transaction goes on.
func (t *Tx) Tx(ctx context.Context, f func(*Tx) error) error {
	return t.session.atomically(ctx, func(*session) error { return f(t) })
}

// begin runs f in a transaction of its own.
func (s *session) begin(ctx context.Context, f func(*session) error) (err error) {
	tx, err := s.db.BeginTx(ctx, nil)
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
	in := &session{DBTX: tx, db: s.db, tx: tx, statements: s.statements}
	if err := f(in); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	in.share(ctx)
	return nil
}

// atomically runs f so that all of it happens or nothing: in a transaction, or
// behind a savepoint of the one that the session is in.
func (s *session) atomically(ctx context.Context, f func(*session) error) (err error) {
	if s.tx == nil {
		return s.begin(ctx, f)
	}
	if _, err := s.ExecContext(ctx, "SAVEPOINT drey"); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	released := false
	defer func() {
		if !released { // ended or not, ctx does not stop this
			_, e := s.ExecContext(context.WithoutCancel(ctx), "ROLLBACK TO drey; RELEASE drey")
			if e != nil && !errors.Is(e, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("rollback: %w", e))
			}
		}
	}()
	if err := f(s); err != nil {
		return err
	}
	if _, err := s.ExecContext(ctx, "RELEASE drey"); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	released = true
	return nil
}
