package runtime

import (
	"context"
	"database/sql"
	"sync"
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

// query runs the statement that is kept under key. It reports false where there
// is none yet.
func (s *session) query(ctx context.Context, key []byte, args []any) (*sql.Rows, bool, error) {
	if s.tx != nil {
		s.mu.Lock()
		b, ok := s.bound[string(key)]
		s.mu.Unlock()
		if ok {
			rows, err := b.stmt.QueryContext(ctx, args...)
			return rows, true, err
		}
	}
	st := s.statements.acquire(key)
	if st == nil {
		return nil, false, nil
	}
	defer st.release() // database/sql keeps it open while rows are read
	stmt := st.stmt
	if s.tx != nil {
		stmt = s.keep(string(key), bound{stmt: s.tx.StmtContext(ctx, stmt)})
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return rows, true, err
}

// queryNew prepares text, keeps the statement under key and runs it.
func (s *session) queryNew(ctx context.Context, key, text string, args []any) (*sql.Rows, error) {
	if s.tx != nil { // the client's pool may have no connection left but this one
		stmt, err := s.tx.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		return s.keep(key, bound{stmt, text}).QueryContext(ctx, args...)
	}
	st, err := s.statements.prepare(ctx, s.db, key, text)
	if err != nil {
		return nil, err
	}
	defer st.release()
	return st.stmt.QueryContext(ctx, args...)
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
