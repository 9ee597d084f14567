package runtime

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
)

// All returns the rows, an empty slice where there are none.
func (q Query[S, R]) All(ctx context.Context, c Conn) ([]R, error) {
	rows, err := q.open(ctx, c, modeRows)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make([]R, 0, q.expect())
	for rows.Next() {
		var zero R
		found = append(found, zero)
		if err := q.src.scan(rows, &found[len(found)-1]); err != nil {
			return nil, q.failed(err)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, q.failed(err)
	}
	return found, nil
}

// expect is the number of rows to make room for at first.
func (q *Query[S, R]) expect() int {
	if q.has&hasLimit == 0 {
		return 16
	}
	return int(min(q.limit, 128))
}

// One returns the only row. Without one it is sql.ErrNoRows, with several
// [ErrManyRows].
func (q Query[S, R]) One(ctx context.Context, c Conn) (R, error) {
	return q.single(ctx, c, true)
}

// First returns the first row. Without one it is sql.ErrNoRows.
func (q Query[S, R]) First(ctx context.Context, c Conn) (R, error) {
	if q.has&hasLimit == 0 || q.limit > 1 {
		q = q.Limit(1)
	}
	return q.single(ctx, c, false)
}

func (q *Query[S, R]) single(ctx context.Context, c Conn, only bool) (R, error) {
	var row, none R
	rows, err := q.open(ctx, c, modeRows)
	if err != nil {
		return none, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, q.failed(err)
		}
		return none, sql.ErrNoRows
	}
	if err := q.src.scan(rows, &row); err != nil {
		return none, q.failed(err)
	}
	if only && !q.byKey() && rows.Next() {
		return none, q.failed(ErrManyRows)
	}
	if err := rows.Err(); err != nil {
		return none, q.failed(err)
	}
	return row, rows.Close()
}

// byKey reports whether the predicates give every column of a unique key a
// value, so that there is no second row to look for.
func (q *Query[S, R]) byKey() bool {
next:
	for _, key := range q.src.unique {
		for _, col := range key {
			if !q.equates(col) {
				continue next
			}
		}
		return true
	}
	return false
}

func (q *Query[S, R]) equates(col uint16) bool {
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
		rows, err := q.open(ctx, c, modeRows)
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var row R
			if err := q.src.scan(rows, &row); err != nil {
				yield(none, q.failed(err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, q.failed(err))
		}
	}
}

// Count returns the number of rows that All would.
func (q Query[S, R]) Count(ctx context.Context, c Conn) (int64, error) {
	var n int64
	err := q.scalar(ctx, c, modeCount, &n)
	return n, err
}

// Exists reports whether there is a row.
func (q Query[S, R]) Exists(ctx context.Context, c Conn) (bool, error) {
	var found bool
	err := q.scalar(ctx, c, modeExists, &found)
	return found, err
}

func (q *Query[S, R]) scalar(ctx context.Context, c Conn, m mode, dest any) error {
	rows, err := q.open(ctx, c, m)
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(dest); err != nil {
			return q.failed(err)
		}
	}
	if err := rows.Err(); err != nil {
		return q.failed(err)
	}
	return rows.Close()
}

// open runs the query and names its source in what goes wrong.
func (q *Query[S, R]) open(ctx context.Context, c Conn, m mode) (*sql.Rows, error) {
	if q.src == nil {
		return nil, errNoSource
	}
	rows, err := q.run(ctx, c.on(), m)
	if err != nil {
		return nil, q.failed(err)
	}
	return rows, nil
}

func (q *Query[S, R]) failed(err error) error {
	return fmt.Errorf("query of %s: %w", q.src.name, err)
}
