package drey

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"github.com/Masterminds/squirrel"
)

// All returns the rows; an empty slice if there are none.
//
//go:noinline
func (q *Query[S, R]) All(ctx context.Context, c Conn) ([]R, error) {
	found := make([]R, 0, expect(&q.clauses))
	to := make([]any, 0, width(&q.clauses))
	err := each(ctx, &q.clauses, c, modeRows, nil, func(from scanRow) (bool, error) {
		found = append(found, *new(R))
		to = q.fields(&found[len(found)-1], to[:0])
		return true, scan(q.rel, from, to)
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// expect is the number of rows to make room for at first.
func expect[S any](q *clauses[S]) int {
	if q.has&hasLimit == 0 {
		return 16
	}
	return int(min(max(q.limit, 0), 128))
}

// One returns the only row. If there is none, the error is sql.ErrNoRows; if
// there are several, it is [ErrManyRows].
//
//go:noinline
func (q *Query[S, R]) One(ctx context.Context, c Conn) (R, error) {
	return single(ctx, q, c, true)
}

// First returns the first row. If there is none, the error is sql.ErrNoRows.
//
//go:noinline
func (q *Query[S, R]) First(ctx context.Context, c Conn) (R, error) {
	n := *q
	if q.has&hasLimit == 0 || q.limit > 1 {
		n.limit, n.has = 1, q.has|hasLimit
	}
	return single(ctx, &n, c, false)
}

func single[S, R any](ctx context.Context, q *Query[S, R], c Conn, only bool) (R, error) {
	var found R
	scanned, more := false, only && !byKey(&q.clauses)
	err := each(ctx, &q.clauses, c, modeRows, nil, func(from scanRow) (bool, error) {
		if scanned {
			return false, ErrManyRows
		}
		scanned = true
		return more, scan(q.rel, from, q.fields(&found, make([]any, 0, width(&q.clauses))))
	})
	switch {
	case err != nil:
		return *new(R), err
	case !scanned:
		return found, sql.ErrNoRows
	}
	return found, nil
}

// width is the number of columns of the query's rows.
func width[S any](q *clauses[S]) int {
	if q.rel == nil {
		return 0
	}
	return len(q.rel.Columns)
}

// each calls f with the rows one by one until f reports false or fails. Only f
// knows the type of the rows: this function exists once for all types. f must
// not use the connection, so it does not call anything of the caller's that
// might.
func each[S any](ctx context.Context, q *clauses[S], c Conn, m mode, columns []uint16, f func(scanRow) (bool, error)) error {
	if q.rel == nil {
		return errNoSource
	}
	if err := run(ctx, q, c.on(), m, columns, true, f); err != nil {
		return failed(q.rel, err)
	}
	return nil
}

// run runs the query: on the statement that its shape already has, or on a new
// one that squirrel renders. straight says that f may be called while the
// connection is locked.
func run[S any](ctx context.Context, q *clauses[S], s session, m mode, columns []uint16, straight bool, f func(scanRow) (bool, error)) error {
	if q.limit < 0 || q.offset < 0 {
		return ErrNegativeLimit
	}
	if q.wide != nil && s.of().integers <= exactIntegers {
		return q.wide
	}
	var keyBuf [128]byte
	var argBuf [16]any
	key, shaped := appendShape(q, append(keyBuf[:0], shapeMark), numbered, m, columns...)
	var args []any
	if shaped {
		args = appendArgs(q, argBuf[:0])
	}
	render := func() (squirrel.Sqlizer, error) { return selectionOf(q, m, columns...) }
	return read(ctx, s, key, shaped, args, render, straight, f)
}

func drain(rows *sql.Rows, f func(scanRow) (bool, error)) error {
	defer rows.Close()
	for more, err := true, error(nil); more && rows.Next(); {
		if more, err = f(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// byKey reports whether the predicates give every column of a unique key a
// value. Then there cannot be a second row.
func byKey[S any](q *clauses[S]) bool {
	if q.native != nil { // squirrel may select a row twice
		return false
	}
next:
	for _, key := range q.rel.Unique {
		for _, col := range key {
			if !equates(q, col) {
				continue next
			}
		}
		return true
	}
	return false
}

func equates[S any](q *clauses[S], col uint16) bool {
	for i := range q.where {
		if n := &q.where[i].node; n.op == opEq && n.col == col {
			return true
		}
	}
	return false
}

// Iter yields the rows one by one, without holding them all. An error ends the
// iteration and comes with the zero row. The rows are closed when the loop
// ends, however it ends.
//
//go:noinline
func (q *Query[S, R]) Iter(ctx context.Context, c Conn) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		if q.rel == nil {
			yield(*new(R), errNoSource)
			return
		}
		more := true
		to := make([]any, 0, width(&q.clauses))
		err := run(ctx, &q.clauses, c.on(), modeRows, nil, false, func(from scanRow) (bool, error) {
			var next R
			if err := scan(q.rel, from, q.fields(&next, to)); err != nil {
				return false, err
			}
			more = yield(next, nil)
			return more, nil
		})
		if err != nil && more {
			yield(*new(R), failed(q.rel, err))
		}
	}
}

// Count returns the number of rows that All would.
//
//go:noinline
func (q *Query[S, R]) Count(ctx context.Context, c Conn) (int64, error) {
	var n int64
	err := scalar(ctx, &q.clauses, c, modeCount, &n)
	return n, err
}

// Exists reports whether there is a row.
//
//go:noinline
func (q *Query[S, R]) Exists(ctx context.Context, c Conn) (bool, error) {
	var found bool
	err := scalar(ctx, &q.clauses, c, modeExists, &found)
	return found, err
}

// scalar scans the only value of the only row that the mode gives.
func scalar[S any](ctx context.Context, q *clauses[S], c Conn, m mode, dest any, columns ...uint16) error {
	return each(ctx, q, c, m, columns, func(from scanRow) (bool, error) { return false, from.Scan(dest) })
}

func failed(r *Relation, err error) error {
	return fmt.Errorf("query of %s: %w", r.Name, err)
}

// scanRow is where a row is scanned from, as by sql.Rows.
type scanRow interface{ Scan(dest ...any) error }
