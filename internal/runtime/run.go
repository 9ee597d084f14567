package runtime

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
)

// All returns the rows, an empty slice where there are none.
func (q Query[S, R]) All(ctx context.Context, c Conn) ([]R, error) {
	rows, err := open(ctx, &q.clauses, c, modeRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make([]R, 0, expect(&q.clauses))
	for rows.Next() {
		var zero R
		found = append(found, zero)
		if err := q.scan(rows, &found[len(found)-1]); err != nil {
			return nil, failed(q.rel, err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, failed(q.rel, err)
	}
	return found, nil
}

// expect is the number of rows to make room for at first.
func expect[S any](q *clauses[S]) int {
	if q.has&hasLimit == 0 {
		return 16
	}
	return int(min(q.limit, 128))
}

// One returns the only row. Without one it is sql.ErrNoRows, with several
// [ErrManyRows].
func (q Query[S, R]) One(ctx context.Context, c Conn) (R, error) {
	return single(ctx, &q, c, true)
}

// First returns the first row. Without one it is sql.ErrNoRows.
func (q Query[S, R]) First(ctx context.Context, c Conn) (R, error) {
	if q.has&hasLimit == 0 || q.limit > 1 {
		q = q.Limit(1)
	}
	return single(ctx, &q, c, false)
}

func single[S, R any](ctx context.Context, q *Query[S, R], c Conn, only bool) (R, error) {
	var row, none R
	rows, err := open(ctx, &q.clauses, c, modeRows)
	if err != nil {
		return none, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, failed(q.rel, err)
		}
		return none, sql.ErrNoRows
	}
	if err := q.scan(rows, &row); err != nil {
		return none, failed(q.rel, err)
	}
	if only && !byKey(&q.clauses) && rows.Next() {
		return none, failed(q.rel, ErrManyRows)
	}
	if err := rows.Err(); err != nil {
		return none, failed(q.rel, err)
	}
	return row, rows.Close()
}

// byKey reports whether the predicates give every column of a unique key a
// value, so that there is no second row to look for.
func byKey[S any](q *clauses[S]) bool {
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
func (q Query[S, R]) Iter(ctx context.Context, c Conn) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		rows, err := open(ctx, &q.clauses, c, modeRows)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var row R
			if err := q.scan(rows, &row); err != nil {
				yield(none, failed(q.rel, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, failed(q.rel, err))
		}
	}
}

// Count returns the number of rows that All would.
func (q Query[S, R]) Count(ctx context.Context, c Conn) (int64, error) {
	var n int64
	err := scalar(ctx, &q.clauses, c, modeCount, &n)
	return n, err
}

// Exists reports whether there is a row.
func (q Query[S, R]) Exists(ctx context.Context, c Conn) (bool, error) {
	var found bool
	err := scalar(ctx, &q.clauses, c, modeExists, &found)
	return found, err
}

func scalar[S any](ctx context.Context, q *clauses[S], c Conn, m mode, dest any) error {
	rows, err := open(ctx, q, c, m)
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
func open[S any](ctx context.Context, q *clauses[S], c Conn, m mode) (*sql.Rows, error) {
	if q.rel == nil {
		return nil, errNoSource
	}
	rows, err := run(ctx, q, c.on(), m)
	if err != nil {
		return nil, failed(q.rel, err)
	}
	return rows, nil
}

func failed(r *relation, err error) error {
	return fmt.Errorf("query of %s: %w", r.name, err)
}
