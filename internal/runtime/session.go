package runtime

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/Masterminds/squirrel"
)

// session is the connections of a client, or a transaction on one of them.
type session struct {
	DBTX                       // for texts of the caller's own
	reads, writes *pool        // in a transaction both are the one that it is on
	tx            *sql.Tx      // nil outside of a transaction
	over          func() error // why the transaction has ended by itself, nil while it has not
	snapshot      bool         // the transaction must not write
	tape          *tape        // where statements go instead of to the database

	mu    sync.Mutex
	bound map[string]bound // in a transaction, by key
}

// bound is a statement of a transaction. database/sql closes it with the
// transaction.
type bound struct {
	stmt *sql.Stmt
	text string // set where the pool has not prepared it yet
}

func newSession(reads, writes *pool) *session {
	s := &session{reads: reads, writes: writes}
	s.DBTX = texts{s}
	return s
}

func (s *session) on() *session { return s }

// poolFor is the pool that a statement of this kind runs on.
func (s *session) poolFor(k kind) (*pool, error) {
	switch {
	case k == controlling:
		return nil, ErrTxStatement
	case k == reading:
		return s.reads, nil
	case s.snapshot:
		return nil, ErrSnapshot
	}
	return s.writes, nil
}

// lease is a statement in use: prepared, or the text of one that is not.
type lease struct {
	stmt *sql.Stmt
	held *statement // of a pool's cache
	text string
	db   DBTX  // for text
	turn *pool // whose turn to write this is
}

func (l *lease) exec(ctx context.Context, args []any) (sql.Result, error) {
	defer l.turn.wrote(ctx)
	if l.stmt == nil {
		return l.db.ExecContext(ctx, l.text, args...)
	}
	return l.stmt.ExecContext(ctx, args...)
}

func (l *lease) query(ctx context.Context, args []any) (*sql.Rows, error) {
	if l.stmt == nil {
		return l.db.QueryContext(ctx, l.text, args...)
	}
	return l.stmt.QueryContext(ctx, args...)
}

func (l *lease) row(ctx context.Context, args []any) *sql.Row {
	if l.stmt == nil {
		return l.db.QueryRowContext(ctx, l.text, args...)
	}
	return l.stmt.QueryRowContext(ctx, args...)
}

// hide is ctx for a statement that returns rows. Of one that writes they have been
// read when it has committed, and database/sql must not take them away because ctx
// ends then. While somebody holds the connection it has to wait for it, and ctx is
// what ends that.
func (l *lease) hide(ctx context.Context) context.Context {
	if l.turn == nil || l.turn.turn == nil || ctx.Done() == nil || l.turn.db.Stats().InUse > 0 {
		return ctx
	}
	return hidden{ctx}
}

// release lets go of the statement, and of the turn to write. database/sql
// keeps statement and connection while rows are read.
func (l *lease) release() {
	if l.held != nil {
		l.held.release()
	}
	l.turn.leave()
}

// lease returns the statement of that shape, rendered where there is none yet.
// A statement without a shape is rendered each time and kept under its text;
// its arguments are those that rendering gives.
func (s *session) lease(ctx context.Context, k kind, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error)) (lease, []any, error) {
	p, turn, err := s.take(ctx, k)
	if err != nil {
		return lease{}, nil, err
	}
	l, args, err := s.find(ctx, p, key, shaped, args, render)
	if err == nil {
		args, err = p.foreign.bind(args)
	}
	if err != nil {
		turn.leave()
		return lease{}, nil, err
	}
	l.turn = turn
	return l, args, nil
}

// write runs a statement that writes. It calls f with the rows that it returns;
// if f is nil, write returns the number of rows that it affected.
func (s *session) write(ctx context.Context, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), f func(scanRow) (bool, error)) (int64, error) {
	if p := s.writes; p.direct != nil && s.tx == nil && s.tape == nil {
		if err := p.enter(ctx); err != nil {
			return 0, err
		}
		defer p.leave()
		defer p.wrote(ctx)
		return p.writeDirect(ctx, key, shaped, args, render, f)
	}
	if f != nil && s.tx == nil && s.tape == nil { // undone if f fails
		return 0, s.begin(ctx, func(s *session) error {
			_, err := s.write(ctx, key, shaped, args, render, f)
			return err
		})
	}
	l, args, err := s.lease(ctx, writing, key, shaped, args, render)
	if err != nil {
		return 0, err
	}
	defer l.release()
	if f != nil {
		rows, err := l.query(ctx, args)
		if err != nil {
			return 0, err
		}
		err = drain(rows, f)
		if s.tx != nil && errors.Is(err, ErrUnreadable) {
			_, e := s.tx.ExecContext(context.WithoutCancel(ctx), spoil)
			err = errors.Join(err, e)
		}
		return 0, err
	}
	result, err := l.exec(ctx, args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// take waits for the turn on the pool for a statement of this kind. Within a
// transaction it is the transaction's already.
func (s *session) take(ctx context.Context, k kind) (p, turn *pool, err error) {
	p, err = s.poolFor(k)
	if err != nil || s.tx != nil {
		return p, nil, err
	}
	if k == writing {
		if err := p.foreign.writable(ctx); err != nil {
			return nil, nil, err
		}
	}
	p.giveWay()
	return p, p, p.enter(ctx)
}

func (s *session) find(ctx context.Context, p *pool, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error)) (lease, []any, error) {
	if shaped {
		if len(args) > p.parameters {
			return lease{}, nil, p.tooMany()
		}
		if l, ok := statementOf(ctx, s, p, key); ok {
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
		if len(args) > p.parameters {
			return lease{}, nil, p.tooMany()
		}
		if l, ok := statementOf(ctx, s, p, text); ok {
			return l, args, nil
		}
	}
	l, err := s.prepare(ctx, p, name, text)
	return l, args, err
}

// statementOf returns the statement that is kept under key. It reports false
// where there is none yet.
func statementOf[K string | []byte](ctx context.Context, s *session, p *pool, key K) (lease, bool) {
	if s.tape != nil {
		text, ok := p.rendered.text(string(key))
		return lease{text: text, db: s.tape.db}, ok
	}
	if s.tx == nil {
		st := acquire(p.statements, key)
		if st == nil {
			return lease{}, false
		}
		return lease{stmt: st.stmt, held: st}, true
	}
	s.mu.Lock()
	b, ok := s.bound[string(key)]
	full := len(s.bound) >= p.statements.max
	s.mu.Unlock()
	if ok {
		return lease{stmt: b.stmt}, true
	}
	if full {
		return lease{}, false
	}
	st := acquire(p.statements, key)
	if st == nil {
		return lease{}, false
	}
	defer st.release()
	return s.keep(string(key), bound{stmt: s.tx.StmtContext(ctx, st.stmt)}), true
}

// prepare prepares text and keeps the statement under key. Where no more are
// kept, it leaves the text as it is.
func (s *session) prepare(ctx context.Context, p *pool, key, text string) (lease, error) {
	switch {
	case s.tape != nil:
		if key != text {
			p.rendered.keep(key, text)
		}
		return lease{text: text, db: s.tape.db}, nil
	case s.tx == nil:
		st, err := p.statements.prepare(ctx, p.db, key, text)
		if err != nil {
			return lease{}, err
		}
		return lease{stmt: st.stmt, held: st}, nil
	}
	s.mu.Lock()
	full := len(s.bound) >= p.statements.max
	s.mu.Unlock()
	if full { // database/sql has no way to close one before the transaction ends
		return lease{text: text, db: s.tx}, nil
	}
	stmt, err := s.tx.PrepareContext(ctx, text) // the pool may have no connection left but this one
	if err != nil {
		return lease{}, err
	}
	// database/sql closes the statements of a transaction that its context ends,
	// but forgets one that is prepared at that very moment, and SQLite keeps a
	// closed connection for as long as it has a statement.
	if err := s.over(); err != nil {
		return lease{}, errors.Join(err, stmt.Close())
	}
	return s.keep(key, bound{stmt, text}), nil
}

func (s *session) keep(key string, b bound) lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bound == nil {
		s.bound = make(map[string]bound)
	}
	s.bound[key] = b
	return lease{stmt: b.stmt}
}

// share prepares for the pool what the transaction had to prepare for itself,
// so that the next one finds it. What fails to prepare here is prepared when it
// is needed.
func (s *session) share(ctx context.Context) {
	for key, b := range s.bound {
		if b.text == "" {
			continue
		}
		if st, err := s.writes.statements.prepare(ctx, s.writes.db, key, b.text); err == nil {
			st.release()
		}
	}
}

// static is what sqlc's queries run on: the session, with a prepared statement
// for every text.
type static struct{ *session }

func (s static) of(ctx context.Context, text string) (lease, error) {
	p, turn, err := s.take(ctx, kindOf(text))
	if err != nil {
		return lease{}, err
	}
	l, ok := statementOf(ctx, s.session, p, text)
	if !ok {
		l, err = s.prepare(ctx, p, text, text)
	}
	if err != nil {
		turn.leave()
		return lease{}, err
	}
	l.turn = turn
	return l, nil
}

func (s static) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	l, err := s.of(ctx, query)
	if err != nil {
		return nil, err
	}
	defer l.release()
	if args, err = s.writes.foreign.bind(args); err != nil {
		return nil, err
	}
	return l.exec(ctx, args)
}

func (s static) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	l, err := s.of(ctx, query)
	if err != nil {
		return nil, err
	}
	defer l.release()
	if args, err = s.writes.foreign.bind(args); err != nil {
		return nil, err
	}
	return l.query(l.hide(ctx), args)
}

func (s static) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	l, err := s.of(ctx, query)
	if err != nil {
		return rowOf(err)
	}
	defer l.release()
	if args, err = s.writes.foreign.bind(args); err != nil {
		return rowOf(err)
	}
	return l.row(l.hide(ctx), args)
}
