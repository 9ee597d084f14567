package drey

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// ErrForeignKeys: the connections of the handle that NewClient got do not
// enforce foreign keys.
var ErrForeignKeys = errors.New("the connections do not enforce foreign keys: open the handle with _pragma=foreign_keys(1) in its DSN, or the database with Open")

// foreign is a handle that somebody else has opened. It is nil for one of this
// package's.
type foreign struct {
	db DBTX

	mu  sync.Mutex
	can bool // write
}

// on is the same for a transaction on the handle, which may not have another
// connection to look at.
func (f *foreign) on(tx *sql.Tx) *foreign {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &foreign{db: tx, can: f.can}
}

// writable checks once, before the first write, whether foreign keys are enforced.
func (f *foreign) writable(ctx context.Context) error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.can {
		return nil
	}
	if err := f.db.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&f.can); err != nil {
		return fmt.Errorf("look whether foreign keys are enforced: %w", err)
	}
	if !f.can {
		return ErrForeignKeys
	}
	return nil
}

// bind converts arguments as this package's own connections do: the driver may
// write times in another form, and it makes NULL of NaN.
func (f *foreign) bind(args []any) ([]any, error) {
	if f == nil || len(args) == 0 {
		return args, nil
	}
	bound := make([]any, len(args))
	for i, arg := range args {
		named, isNamed := arg.(sql.NamedArg)
		if isNamed {
			arg = named.Value
		}
		v, err := sqldriver.Bindable(arg)
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		if bound[i] = v; isNamed {
			bound[i] = sql.Named(named.Name, v)
		}
	}
	return bound, nil
}
