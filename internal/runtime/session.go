package runtime

import (
	"context"
	"database/sql"
	"sync"

	"github.com/Masterminds/squirrel"
)

// Conn is what a query runs on: a [*Client] or, within [Client.Tx], a [*Tx].
// Both are a DBTX as well, so they serve the static half in the same way.
type Conn interface {
	DBTX
	on() *session
}

var (
	_ Conn = (*Client)(nil)
	_ Conn = (*Tx)(nil)
)

// session is a database handle, or a transaction on it, with the statements
// that are prepared there.
type session struct {
	DBTX
	db         *sql.DB
	tx         *sql.Tx // nil outside of a transaction
	statements *statements

	mu    sync.Mutex
	bound map[string]bound // in a transaction, by key
}

// bound is a statement of a transaction. database/sql closes it with the
// transaction.
type bound struct {
	stmt *sql.Stmt
	text string // set where the client has not prepared it yet
}

func (s *session) on() *session { return s }

// lease is a prepared statement in use.
type lease struct {
	stmt *sql.Stmt
	held *statement // nil in a transaction
}

// release lets go of the statement. database/sql keeps it open while rows are
// read.
func (l lease) release() {
	if l.held != nil {
		l.held.release()
	}
}

// statementOf returns the statement that is kept under key. It reports false
// where there is none yet.
func statementOf[K string | []byte](ctx context.Context, s *session, key K) (lease, bool) {
	if s.tx != nil {
		s.mu.Lock()
		b, ok := s.bound[string(key)]
		s.mu.Unlock()
		if ok {
			return lease{stmt: b.stmt}, true
		}
	}
	st := acquire(s.statements, key)
	if st == nil {
		return lease{}, false
	}
	if s.tx == nil {
		return lease{st.stmt, st}, true
	}
	defer st.release()
	return lease{stmt: s.keep(string(key), bound{stmt: s.tx.StmtContext(ctx, st.stmt)})}, true
}

// prepare prepares text and keeps the statement under key.
func (s *session) prepare(ctx context.Context, key, text string) (lease, error) {
	if s.tx != nil { // the client's pool may have no connection left but this one
		stmt, err := s.tx.PrepareContext(ctx, text)
		if err != nil {
			return lease{}, err
		}
		return lease{stmt: s.keep(key, bound{stmt, text})}, nil
	}
	st, err := s.statements.prepare(ctx, s.db, key, text)
	if err != nil {
		return lease{}, err
	}
	return lease{st.stmt, st}, nil
}

// lease returns the statement of that shape, rendered where there is none yet.
// A statement without a shape is rendered each time and kept under its text;
// its arguments are those that rendering gives.
func (s *session) lease(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error)) (lease, []any, error) {
	if shaped {
		if len(args) > maxParameters {
			return lease{}, nil, ErrTooManyParameters
		}
		if l, ok := statementOf(ctx, s, key); ok {
			return l, args, nil
		}
	}
	query, err := render()
	if err != nil {
		return lease{}, nil, err
	}
	text, rendered, err := query.ToSql()
	if err != nil {
		return lease{}, nil, err
	}
	name := text
	if shaped {
		name = string(key)
	} else {
		args = rendered
		if len(args) > maxParameters {
			return lease{}, nil, ErrTooManyParameters
		}
		if l, ok := statementOf(ctx, s, text); ok {
			return l, args, nil
		}
	}
	l, err := s.prepare(ctx, name, text)
	return l, args, err
}

// ofText returns the statement of a text, prepared where there is none yet.
func (s *session) ofText(ctx context.Context, text string) (lease, error) {
	if l, ok := statementOf(ctx, s, text); ok {
		return l, nil
	}
	return s.prepare(ctx, text, text)
}

// static is what sqlc's queries run on: the session, with a prepared statement
// for every text.
type static struct{ *session }

func (s static) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	l, err := s.ofText(ctx, query)
	if err != nil {
		return nil, err
	}
	defer l.release()
	return l.stmt.ExecContext(ctx, args...)
}

func (s static) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	l, err := s.ofText(ctx, query)
	if err != nil {
		return nil, err
	}
	defer l.release()
	return l.stmt.QueryContext(ctx, args...)
}

func (s static) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	l, err := s.ofText(ctx, query)
	if err != nil { // nobody but database/sql can make a Row of an error
		return s.session.QueryRowContext(ctx, query, args...)
	}
	defer l.release()
	return l.stmt.QueryRowContext(ctx, args...)
}

func (s *session) keep(key string, b bound) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bound == nil {
		s.bound = make(map[string]bound)
	}
	s.bound[key] = b
	return b.stmt
}

// share prepares for the client what the transaction had to prepare for
// itself, so that the next one finds it. What fails to prepare here is prepared
// when it is needed.
func (s *session) share(ctx context.Context) {
	for key, b := range s.bound {
		if b.text == "" {
			continue
		}
		if st, err := s.statements.prepare(ctx, s.db, key, b.text); err == nil {
			st.release()
		}
	}
}
