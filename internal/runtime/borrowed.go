package drey

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// OnTx runs both halves of the data layer in a transaction that somebody else has
// begun and will end. After its end every call returns [sql.ErrTxDone].
//
// No statement is kept prepared for it. Its connection was not opened by an
// engine, so a write that returns an unreadable row stays a part of the
// transaction. The connection must enforce foreign keys, or the first write is
// [ErrForeignKeys].
func OnTx(tx *sql.Tx) *Tx {
	b := borrow(tx)
	return &Tx{textsOn(b)}
}

// OnDBTX is [OnTx] for what sqlc's New takes: a handle, a connection, a transaction,
// or something that wraps one. A bulk insert and a [Batch] have to be atomic. On a
// *sql.Tx or a *sql.Conn they use a savepoint; anything else needs a method BeginTx
// like that of *sql.DB, and without it they are [ErrNoTransactions]. Where they can
// be atomic, a typed write whose row cannot be read is undone. A Conn is returned as
// it is.
func OnDBTX(db DBTX) Conn {
	if c, ok := db.(Conn); ok {
		return c
	}
	return &Tx{textsOn(borrow(db))}
}

// borrowed is something that somebody else has opened or begun.
type borrowed struct {
	engine *engine
	db     DBTX
}

// beginner is what can begin a transaction.
type beginner interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}

func borrow(db DBTX) *borrowed {
	e := newEngine()
	e.foreign = &foreign{db: db}
	return &borrowed{e, db}
}

func (b *borrowed) of() *engine { return b.engine }

func (b *borrowed) enter(ctx context.Context, k sqldriver.Kind) (*pool, error) {
	switch k {
	case sqldriver.Controlling:
		return nil, ErrTxStatement
	case sqldriver.Writing:
		return nil, b.engine.foreign.writable(ctx)
	}
	return nil, nil
}

func (b *borrowed) handle(sqldriver.Kind) DBTX { return b.db }

func (b *borrowed) atomically(ctx context.Context, f func(session) error) error {
	switch db := b.db.(type) {
	case *sql.Tx, *sql.Conn:
		return savepoint(ctx, b.db, func() error { return f(b) })
	case beginner:
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		defer tx.Rollback()
		e := *b.engine
		e.foreign = e.foreign.on(tx)
		if err := f(&borrowed{&e, tx}); err != nil {
			return ended(ctx, err)
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("commit: %w", ended(ctx, err))
		}
		return nil
	}
	return fmt.Errorf("%w: a %T has no method BeginTx", ErrNoTransactions, b.db)
}
