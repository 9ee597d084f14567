package sqldriver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrUnreadable: a value of a row does not fit its column's Go type. A statement
// that wrote such a row and returned it has had no effect, except on D1 and rqlite, which
// have stored it.
var ErrUnreadable = errors.New("a row cannot be read")

// ErrStored: the context ended just as the statement was done. What it wrote is
// stored, but its rows were not read.
var ErrStored = errors.New("the statement is done, but its rows were not read")

// ErrSpoiled ends a transaction that would commit a row that cannot be read.
var ErrSpoiled = errors.New("a write of the transaction returned a row that cannot be read")

// What a session has executed of its own in a transaction.
const (
	BeginSavepoint   = "SAVEPOINT drey"
	ReleaseSavepoint = "RELEASE drey"
	UndoSavepoint    = "ROLLBACK TO drey; RELEASE drey"
	Spoil            = "-- drey: this transaction must not be committed"
)

// Unreadable says which row cannot be read, and why.
func Unreadable[V any](key []int, columns []string, values []V, err error) error {
	var row []string
	for _, col := range key {
		if b, ok := any(values[col]).([]byte); ok {
			row = append(row, fmt.Sprintf("%s = x'%x'", columns[col], b))
			continue
		}
		row = append(row, fmt.Sprintf("%s = %#v", columns[col], values[col]))
	}
	if row == nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return fmt.Errorf("%w: the one with %s: %w", ErrUnreadable, strings.Join(row, ", "), err)
}

// hiddenKey is the key of the context below a hidden one.
type hiddenKey struct{}

// Hidden is a context whose end the driver sees, but database/sql does not: it
// would close rows that are stored, and say that they are not.
type Hidden struct{ Below context.Context }

// Deadline reports that there is none.
func (Hidden) Deadline() (end time.Time, ok bool) { return end, false }

// Done is never closed.
func (Hidden) Done() <-chan struct{} { return nil }

// Err is always nil.
func (Hidden) Err() error { return nil }

// Value is that of the context below.
func (h Hidden) Value(key any) any {
	if key == (hiddenKey{}) {
		return h.Below
	}
	return h.Below.Value(key)
}

// Seen returns the context that a driver should look at: the one below a hidden
// one.
func Seen(ctx context.Context) context.Context {
	if below, ok := ctx.Value(hiddenKey{}).(context.Context); ok {
		return below
	}
	return ctx
}
