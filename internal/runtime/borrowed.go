package drey

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// OnDBTX runs both halves on what sqlc's New takes: a handle, a connection, a
// transaction, or something that wraps one, which somebody else has opened or begun and
// will end. After the end of a transaction every call returns [sql.ErrTxDone]. A
// package's OnDBTX gives its own Tx, with sqlc's queries. A Client or a Tx runs what it
// would run itself.
//
// What is written has the same form as on a connection of Open's, whatever the driver
// makes of it by itself; what is read, too, in the dynamic half. Before the first
// statement the connection is looked at once, with one more statement: one that keeps
// times in another zone than UTC is [ErrTimeZone], and a write where foreign keys are not
// enforced is [ErrForeignKeys].
//
// A bulk insert and a [Batch] have to be atomic. On a *sql.Tx or a *sql.Conn they use a
// savepoint; anything else needs a method BeginTx like that of *sql.DB, and without it
// they are [ErrNoTransactions]. Where they can be atomic, a typed write whose row cannot
// be read is undone.
//
// It cannot give what comes from connections of this package's: no statement is kept
// prepared, writes do not wait for their turn (two transactions can be busy), and a write
// of sqlc's half that returns an unreadable row stays a part of the transaction.
func OnDBTX(db DBTX) *Tx {
	if c, ok := db.(Conn); ok {
		return &Tx{textsOn(c.on())}
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
	return &borrowed{newForeign(db), db}
}

func (b *borrowed) of() *engine { return b.engine }

func (b *borrowed) enter(ctx context.Context, k sqldriver.Kind) (*pool, error) {
	if k == sqldriver.Controlling {
		return nil, ErrTxStatement
	}
	return nil, b.engine.foreign.usable(ctx, k)
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
