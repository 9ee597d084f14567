package drey

import (
	"context"
	"database/sql"
	"errors"
	"math"

	"github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// session is where statements run. Its types are the states that a Conn can be in:
//
//   - [pooled], a client's
//   - [remote], a client's, on an engine without transactions
//   - [transaction], one of a client's, and [snapshot], one that only reads
//   - [taping], a step of a batch
//   - [borrowed], a transaction or a handle that somebody else has begun
//
// Code that runs often tells them apart by a type switch: a call through the
// interface would send its arguments to the heap.
type session interface {
	of() *engine
	// enter waits for the turn to run a statement of this kind, or says why it cannot
	// run. The caller leaves the pool that it gets.
	enter(context.Context, sqldriver.Kind) (turn *pool, err error)
	// handle is what texts of this kind run on.
	handle(sqldriver.Kind) DBTX
}

// engine is what the database below a session can do, and what belongs to all of a
// client's sessions.
type engine struct {
	parameters int      // the largest number of values that a statement binds
	integers   int64    // the largest integer that it takes and reads back
	foreign    *foreign // of a handle that somebody else has opened
	unmended   bool     // the rows are as a driver gives them that is not mended
	returned   *sqldriver.Registry
	rendered   *rendered
}

// newForeign is the engine of a handle that somebody else has opened.
func newForeign(db DBTX) *engine {
	e := newEngine()
	e.foreign, e.unmended = &foreign{db: db}, true
	return e
}

func newEngine() *engine {
	return &engine{parameters: maxParameters, integers: math.MaxInt64, rendered: newRendered()}
}

// pooled is the connections of a client.
type pooled struct{ reads, writes *pool }

func (p *pooled) of() *engine { return p.writes.engine }

func (p *pooled) pool(k sqldriver.Kind) *pool {
	if k == sqldriver.Reading {
		return p.reads
	}
	return p.writes
}

func (p *pooled) enter(ctx context.Context, k sqldriver.Kind) (*pool, error) {
	if k == sqldriver.Controlling {
		return nil, ErrTxStatement
	}
	on := p.pool(k)
	if err := on.engine.foreign.usable(ctx, k); err != nil {
		return nil, err
	}
	on.giveWay()
	return on, on.enter(ctx)
}

func (p *pooled) handle(k sqldriver.Kind) DBTX { return p.pool(k).db }

func (p *pooled) atomically(ctx context.Context, f func(session) error) error {
	return p.begin(ctx, func(t *transaction) error { return f(t) })
}

// remote is the connections of a client, on an engine without transactions.
type remote struct{ *pooled }

func (r *remote) atomically(ctx context.Context, f func(session) error) error {
	return tapeOf(ctx, r, func(t *taping) error { return f(t) })
}

// atomically runs f so that all of it happens or nothing. f may be called twice, see
// [tapeOf].
func atomically(ctx context.Context, s session, f func(session) error) error {
	switch s := s.(type) {
	case *pooled:
		return s.atomically(ctx, f)
	case *remote:
		return s.atomically(ctx, f)
	case *transaction:
		return s.atomically(ctx, f)
	case *borrowed:
		return s.atomically(ctx, f)
	case *taping:
		return f(s) // the whole of the batch is atomic
	}
	return ErrSnapshot
}

// direct is the pool whose connections run a session's typed statements
// themselves, nil if database/sql does.
func direct(s session, k sqldriver.Kind) *pool {
	var p *pool
	switch s := s.(type) {
	case *pooled:
		p = s.pool(k)
	case *remote:
		p = s.pool(k)
	default:
		return nil
	}
	if p.direct == nil {
		return nil
	}
	return p
}

// lookUp returns the statement that is kept under key. It reports false if
// there is none yet.
func lookUp[K string | []byte](ctx context.Context, s session, k sqldriver.Kind, key K) (lease, bool) {
	switch s := s.(type) {
	case *pooled:
		return kept(s.pool(k), key)
	case *remote:
		return kept(s.pool(k), key)
	case *transaction:
		return bound(ctx, s, key)
	case *snapshot:
		return bound(ctx, &s.transaction, key)
	}
	text, ok := textOf(s.of().rendered, key)
	return lease{text: text, db: s.handle(k)}, ok
}

// prepare prepares text and keeps the statement under key. Where statements are
// not kept, it leaves the text as it is.
func prepare(ctx context.Context, s session, k sqldriver.Kind, key, text string) (lease, error) {
	switch s := s.(type) {
	case *pooled:
		return s.pool(k).prepare(ctx, key, text)
	case *remote:
		return s.pool(k).prepare(ctx, key, text)
	case *transaction:
		return s.prepare(ctx, key, text)
	case *snapshot:
		return s.prepare(ctx, key, text)
	}
	if key != text {
		s.of().rendered.keep(key, text)
	}
	return lease{text: text, db: s.handle(k)}, nil
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

// hide returns the context for a statement that returns rows. Once a statement
// that writes has committed, its rows have been read, and database/sql must not
// take them away because ctx ends then. But while somebody else holds the
// connection, database/sql has to wait for it, and the end of ctx has to end that
// wait.
func (l *lease) hide(ctx context.Context) context.Context {
	if l.turn == nil || l.turn.turn == nil || ctx.Done() == nil || l.turn.db.Stats().InUse > 0 {
		return ctx
	}
	return sqldriver.Hidden{Below: ctx}
}

// release returns the statement and the turn to write. database/sql keeps
// statement and connection while rows are read.
func (l *lease) release() {
	if l.held != nil {
		l.held.release()
	}
	l.turn.leave()
}

// take returns the statement of that shape, and renders it if there is none
// yet. A statement without a shape is rendered each time and kept under its
// text; its arguments are those that rendering gives.
func take(ctx context.Context, s session, k sqldriver.Kind, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error)) (lease, []any, error) {
	turn, err := s.enter(ctx, k)
	if err != nil {
		return lease{}, nil, err
	}
	l, args, err := find(ctx, s, k, key, shaped, args, render)
	if err == nil {
		args, err = s.of().foreign.bind("", args)
	}
	if err != nil {
		turn.leave()
		return lease{}, nil, err
	}
	l.turn = turn
	return l, args, nil
}

func find(ctx context.Context, s session, k sqldriver.Kind, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error)) (lease, []any, error) {
	if shaped {
		if err := s.of().takes(args); err != nil {
			return lease{}, nil, err
		}
		if l, ok := lookUp(ctx, s, k, key); ok {
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
		if args, err = s.of().foreign.bind(text, rendered); err != nil { // for it may have texts of the caller's
			return lease{}, nil, err
		}
		if err := s.of().takes(args); err != nil {
			return lease{}, nil, err
		}
		if l, ok := lookUp(ctx, s, k, text); ok {
			return l, args, nil
		}
	}
	l, err := prepare(ctx, s, k, name, text)
	return l, args, err
}

// read runs the statement of that shape, or the one that render gives, and calls f
// with its rows until it reports false or fails. straight says that f may be called
// while the connection is locked.
func read(ctx context.Context, s session, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), straight bool, f func(scanRow) (bool, error)) error {
	if straight {
		if p := direct(s, sqldriver.Reading); p != nil {
			return p.readDirect(ctx, key, shaped, args, render, f)
		}
	}
	l, args, err := take(ctx, s, sqldriver.Reading, key, shaped, args, render)
	if err != nil {
		return err
	}
	defer l.release()
	rows, err := l.query(ctx, args)
	if err != nil {
		return err
	}
	return drain(s, rows, f)
}

// write runs a statement that writes. It calls f with the rows that it returns;
// if f is nil, write returns the number of rows that it affected.
func write(ctx context.Context, s session, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), f func(scanRow) (bool, error)) (int64, error) {
	if p := direct(s, sqldriver.Writing); p != nil {
		if err := p.enter(ctx); err != nil {
			return 0, err
		}
		defer p.leave()
		defer p.wrote(ctx)
		return p.writeDirect(ctx, key, shaped, args, render, f)
	}
	if f != nil { // undone if f fails
		switch s := s.(type) {
		case *pooled:
			return 0, s.begin(ctx, func(t *transaction) error { return writeReturning(ctx, t, key, shaped, args, render, f) })
		case *borrowed:
			if _, begins := s.db.(beginner); begins {
				return 0, s.atomically(ctx, func(s session) error { return writeReturning(ctx, s, key, shaped, args, render, f) })
			}
		}
		return 0, writeReturning(ctx, s, key, shaped, args, render, f)
	}
	l, args, err := take(ctx, s, sqldriver.Writing, key, shaped, args, render)
	if err != nil {
		return 0, err
	}
	defer l.release()
	result, err := l.exec(ctx, args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// writeReturning calls f with the rows that a statement has written.
func writeReturning(ctx context.Context, s session, key []byte, shaped bool, args []any, render func() (squirrel.Sqlizer, error), f func(scanRow) (bool, error)) error {
	l, args, err := take(ctx, s, sqldriver.Writing, key, shaped, args, render)
	if err != nil {
		return err
	}
	defer l.release()
	rows, err := l.query(ctx, args)
	if err != nil {
		return err
	}
	err = drain(s, rows, f)
	if t, ok := s.(*transaction); ok && errors.Is(err, ErrUnreadable) {
		_, e := t.tx.ExecContext(context.WithoutCancel(ctx), sqldriver.Spoil)
		err = errors.Join(err, e)
	}
	return err
}

// static is what sqlc's queries run on: a session, with a prepared statement for
// every text.
type static struct{ s session }

func (st *static) take(ctx context.Context, text string) (lease, error) {
	k := sqldriver.KindOf(text)
	turn, err := st.s.enter(ctx, k)
	if err != nil {
		return lease{}, err
	}
	l, ok := lookUp(ctx, st.s, k, text)
	if !ok {
		l, err = prepare(ctx, st.s, k, text, text)
	}
	if err != nil {
		turn.leave()
		return lease{}, err
	}
	l.turn = turn
	return l, nil
}

func (st *static) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	l, err := st.take(ctx, query)
	if err != nil {
		return nil, err
	}
	defer l.release()
	if args, err = st.s.of().foreign.bind(query, args); err != nil {
		return nil, err
	}
	return l.exec(ctx, args)
}

// PrepareContext prepares a text that the caller closes.
func (st *static) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return (&texts{s: st.s}).PrepareContext(ctx, query)
}

func (st *static) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	l, err := st.take(ctx, query)
	if err != nil {
		return nil, err
	}
	defer l.release()
	if args, err = st.s.of().foreign.bind(query, args); err != nil {
		return nil, err
	}
	return l.query(l.hide(ctx), args)
}

func (st *static) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	l, err := st.take(ctx, query)
	if err != nil {
		return rowOf(err)
	}
	defer l.release()
	if args, err = st.s.of().foreign.bind(query, args); err != nil {
		return rowOf(err)
	}
	return l.row(l.hide(ctx), args)
}
