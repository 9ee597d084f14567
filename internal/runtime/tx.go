package drey

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Tx is a transaction. Each generated package has a Tx of its own: this one, with
// sqlc's queries as methods. The package's function Using gives its queries on any
// transaction, so that one transaction can span several packages.
type Tx struct{ texts }

// Tx runs f in a part of the transaction, a savepoint. If f fails or panics,
// what it did is rolled back, and the transaction goes on.
func (t *Tx) Tx(ctx context.Context, f func(*Tx) error) error {
	if _, ok := t.s.(*taping); ok {
		return fmt.Errorf("a transaction: %w", errInBatch)
	}
	return atomically(ctx, t.s, func(s session) error {
		if s == t.s {
			return f(t)
		}
		return f(&Tx{textsOn(s)}) // of a handle, whose transaction this is
	})
}

// transaction is a transaction of a client's.
type transaction struct {
	Tx
	pool *pool
	tx   *sql.Tx
	over func() error // why the transaction has ended by itself, nil while it goes on

	mu    sync.Mutex
	bound map[string]prepared // by key
}

// prepared is a statement of a transaction. database/sql closes it with the
// transaction.
type prepared struct {
	stmt *sql.Stmt
	text string // set if the pool still has to prepare it
}

// snapshot is a transaction that only reads.
type snapshot struct{ transaction }

func (t *transaction) of() *engine { return t.pool.engine }

func (t *transaction) enter(_ context.Context, k sqldriver.Kind) (*pool, error) {
	if k == sqldriver.Controlling {
		return nil, ErrTxStatement
	}
	return nil, nil
}

func (s *snapshot) enter(ctx context.Context, k sqldriver.Kind) (*pool, error) {
	if k == sqldriver.Writing {
		return nil, ErrSnapshot
	}
	return s.transaction.enter(ctx, k)
}

func (t *transaction) handle(sqldriver.Kind) DBTX { return t.tx }

func (t *transaction) atomically(ctx context.Context, f func(session) error) error {
	return savepoint(ctx, t.tx, func() error { return f(t) })
}

// begin runs f in a transaction of its own that writes.
func (p *pooled) begin(ctx context.Context, f func(*transaction) error) error {
	w := p.writes
	if err := w.enter(ctx); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	w.holder.Store(holdsBegin)
	defer func() {
		w.holder.Store(holdsStatement)
		w.leave()
	}()
	defer w.wrote(ctx)
	t := &transaction{}
	return w.inTx(ctx, nil, t, func() error {
		w.holder.Store(holdsTx)
		t.Tx.texts = textsOn(t)
		return f(t)
	})
}

// inTx runs f in a transaction on the pool, whose turn the caller has.
func (p *pool) inTx(ctx context.Context, opts *sql.TxOptions, t *transaction, f func() error) (err error) {
	k := sqldriver.Writing
	if opts != nil && opts.ReadOnly {
		k = sqldriver.Reading
	}
	if err := p.engine.foreign.usable(ctx, k); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
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
	t.pool, t.tx, t.over = p, tx, ctx.Err
	if err := f(); err != nil {
		return ended(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", ended(ctx, err))
	}
	committed = true
	t.share(ctx)
	return nil
}

// ended returns why a transaction was over already. database/sql rolls it back
// when its context ends, and the next call may be the first to notice.
// database/sql does not have a sentinel for closed statements.
func ended(ctx context.Context, err error) error {
	if why := ctx.Err(); why != nil && (errors.Is(err, sql.ErrTxDone) || strings.Contains(err.Error(), "sql: statement is closed")) {
		return fmt.Errorf("%w: %w", why, err)
	}
	return err
}

// savepoint runs f in a part of a transaction.
func savepoint(ctx context.Context, tx DBTX, f func() error) (err error) {
	if _, err := tx.ExecContext(ctx, sqldriver.BeginSavepoint); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	released := false
	defer func() {
		if !released { // ended or not, ctx does not stop this
			_, e := tx.ExecContext(context.WithoutCancel(ctx), sqldriver.UndoSavepoint)
			if e != nil && !errors.Is(e, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("rollback: %w", e))
			}
		}
	}()
	if err := f(); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, sqldriver.ReleaseSavepoint); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	released = true
	return nil
}

// bound returns the statement that is kept under key, in a transaction or in its
// pool.
func bound[K string | []byte](ctx context.Context, t *transaction, key K) (lease, bool) {
	t.mu.Lock()
	b, ok := t.bound[string(key)]
	full := len(t.bound) >= maxStatements
	t.mu.Unlock()
	if ok {
		return lease{stmt: b.stmt}, true
	}
	if full {
		return lease{}, false
	}
	st := acquire(t.pool.statements, key)
	if st == nil {
		return lease{}, false
	}
	defer st.release()
	return t.keep(string(key), prepared{stmt: t.tx.StmtContext(ctx, st.stmt)}), true
}

// prepare prepares text and keeps the statement under key. If no more are
// kept, it leaves the text as it is.
func (t *transaction) prepare(ctx context.Context, key, text string) (lease, error) {
	t.mu.Lock()
	full := len(t.bound) >= maxStatements
	t.mu.Unlock()
	if full { // database/sql cannot close one before the transaction ends
		return lease{text: text, db: t.tx}, nil
	}
	stmt, err := t.tx.PrepareContext(ctx, text) // the pool may have no connection left but this one
	if err != nil {
		return lease{}, err
	}
	// database/sql closes the statements of a transaction that its context ends,
	// but forgets one that is prepared at that very moment, and SQLite keeps a
	// closed connection for as long as it has a statement.
	if err := t.over(); err != nil {
		return lease{}, errors.Join(err, stmt.Close())
	}
	return t.keep(key, prepared{stmt, text}), nil
}

func (t *transaction) keep(key string, b prepared) lease {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bound == nil {
		t.bound = make(map[string]prepared)
	}
	t.bound[key] = b
	return lease{stmt: b.stmt}
}

// share prepares for the pool what the transaction had to prepare for itself,
// so that the next one finds it. What fails to prepare here is prepared when it
// is needed.
func (t *transaction) share(ctx context.Context) {
	for key, b := range t.bound {
		if b.text == "" {
			continue
		}
		if st, err := t.pool.statements.prepare(ctx, t.pool.db, key, b.text); err == nil {
			st.release()
		}
	}
}
