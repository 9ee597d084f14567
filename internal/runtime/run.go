package runtime

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
)

// All returns the rows, an empty slice where there are none.
//
//go:noinline
func (q *Query[S, R]) All(ctx context.Context, c Conn) ([]R, error) {
	found := make([]R, 0, expect(&q.clauses))
	err := each(ctx, &q.clauses, c, func(rows *sql.Rows) (bool, error) {
		found = append(found, *new(R))
		return true, q.scan(rows, &found[len(found)-1])
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

// One returns the only row. Without one it is sql.ErrNoRows, with several
// [ErrManyRows].
//
//go:noinline
func (q *Query[S, R]) One(ctx context.Context, c Conn) (R, error) {
	return single(ctx, q, c, true)
}

// First returns the first row. Without one it is sql.ErrNoRows.
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
	var row R
	scanned, more := false, only && !byKey(&q.clauses)
	err := each(ctx, &q.clauses, c, func(rows *sql.Rows) (bool, error) {
		if scanned {
			return false, ErrManyRows
		}
		scanned = true
		return more, q.scan(rows, &row)
	})
	switch {
	case err != nil:
		return *new(R), err
	case !scanned:
		return row, sql.ErrNoRows
	}
	return row, nil
}

// each calls f with the rows one by one until f reports false or fails. What is
// specific to the type of the rows stays in f: this function exists once for
// all of them.
func each[S any](ctx context.Context, q *clauses[S], c Conn, f func(*sql.Rows) (bool, error)) error {
	rows, err := open(ctx, q, c, modeRows)
	if err != nil {
		return err
	}
	if err := drain(rows, f); err != nil {
		return failed(q.rel, err)
	}
	return nil
}

func drain(rows *sql.Rows, f func(*sql.Rows) (bool, error)) error {
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
// value, so that there is no second row to look for.
func byKey[S any](q *clauses[S]) bool {
	if q.native != nil { // squirrel may select a row twice
		return false
	}
next:
	for _, key := range q.rel.unique {
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
// ends, however it does.
//
//go:noinline
func (q *Query[S, R]) Iter(ctx context.Context, c Conn) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		more := true
		err := each(ctx, &q.clauses, c, func(rows *sql.Rows) (bool, error) {
			var row R
			if err := q.scan(rows, &row); err != nil {
				return false, err
			}
			more = yield(row, nil)
			return more, nil
		})
		if err != nil && more {
			yield(*new(R), err)
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

func scalar[S any](ctx context.Context, q *clauses[S], c Conn, m mode, dest any, columns ...uint16) error {
	rows, err := open(ctx, q, c, m, columns...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(dest); err != nil {
			return failed(q.rel, err)
		}
	}
	if err := rows.Err(); err != nil {
		return failed(q.rel, err)
	}
	return rows.Close()
}

// open runs the query and names its source in what goes wrong.
func open[S any](ctx context.Context, q *clauses[S], c Conn, m mode, columns ...uint16) (*sql.Rows, error) {
	if q.rel == nil {
		return nil, errNoSource
	}
	rows, err := run(ctx, q, c.on(), m, columns...)
	if err != nil {
		return nil, failed(q.rel, err)
	}
	return rows, nil
}

func failed(r *relation, err error) error {
	return fmt.Errorf("query of %s: %w", r.name, err)
}
