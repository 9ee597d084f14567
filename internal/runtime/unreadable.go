package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrUnreadable: a value of a row does not fit its column's Go type. A statement
// that wrote such a row and returned it has had no effect, except on D1, which has
// stored it.
var ErrUnreadable = errors.New("a row cannot be read")

// ErrStored: the context ended at the moment at which the statement was done: what
// it wrote is stored, though its rows were not read.
var ErrStored = errors.New("the statement is done, but its rows were not read")

// errSpoiled ends a transaction that would commit what cannot be read.
var errSpoiled = errors.New("a write of the transaction returned a row that cannot be read")

// What a session has executed of its own in a transaction.
const (
	beginSavepoint   = "SAVEPOINT drey"
	releaseSavepoint = "RELEASE drey"
	undoSavepoint    = "ROLLBACK TO drey; RELEASE drey"
	spoil            = "-- drey: this transaction must not be committed"
)

// unreadable says which row it is that cannot be read, and why.
func unreadable[V any](key []int, columns []string, values []V, err error) error {
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

// scan scans a row, which begins with the columns of the relation.
func scan(r *relation, from scanRow, to []any) error {
	err := from.Scan(to...)
	if err == nil {
		return nil
	}
	values := make([]any, len(to))
	for i := range values {
		to[i] = &values[i]
	}
	if from.Scan(to...) != nil {
		return err
	}
	key := make([]int, len(r.key))
	for i, col := range r.key {
		key[i] = int(col)
	}
	return unreadable(key, r.columns, values, err)
}

// hiddenKey is the key of the context below a hidden one.
type hiddenKey struct{}

// hidden is a context whose end the driver sees, but database/sql does not: it
// would close rows that are stored, and say that they are not.
type hidden struct{ below context.Context }

func (hidden) Deadline() (end time.Time, ok bool) { return end, false }
func (hidden) Done() <-chan struct{}              { return nil }
func (hidden) Err() error                         { return nil }

func (h hidden) Value(key any) any {
	if key == (hiddenKey{}) {
		return h.below
	}
	return h.below.Value(key)
}
