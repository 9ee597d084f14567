package drey

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"

	"github.com/Masterminds/squirrel"
)

// The functions below read something other than whole rows from a query, with
// its predicates, order and limits.

// Sum adds up a column. NULLs are ignored; the sum of no rows is 0. If a sum
// of integers leaves the range of 64 bits, SQLite returns an error.
func Sum[S, R any, T Numeric, V any](ctx context.Context, c Conn, q *Query[S, R], column Handle[S, T, V]) (T, error) {
	var sum T
	err := scalar(ctx, &q.clauses, c, modeSum, &sum, *column.place().on)
	return sum, err
}

// Avg is the mean of the values of a column; NULLs are ignored. It is not
// valid if there are no values.
func Avg[S, R any, T Numeric, V any](ctx context.Context, c Conn, q *Query[S, R], column Handle[S, T, V]) (sql.Null[float64], error) {
	var mean sql.Null[float64]
	err := scalar(ctx, &q.clauses, c, modeAvg, &mean, *column.place().on)
	return mean, err
}

// Min is the smallest value of a column. It is not valid if there are no values.
func Min[S, R, T, V any](ctx context.Context, c Conn, q *Query[S, R], column Handle[S, T, V]) (sql.Null[T], error) {
	var v sql.Null[T]
	on := column.place().on
	err := scalar(ctx, &q.clauses, c, modeMin, on.into(&v), *on)
	return v, err
}

// Max is the largest value of a column. It is not valid if there are no values.
func Max[S, R, T, V any](ctx context.Context, c Conn, q *Query[S, R], column Handle[S, T, V]) (sql.Null[T], error) {
	var v sql.Null[T]
	on := column.place().on
	err := scalar(ctx, &q.clauses, c, modeMax, on.into(&v), *on)
	return v, err
}

// CountDistinct counts the different values of a column. NULL is not counted.
func CountDistinct[S, R, T, V any](ctx context.Context, c Conn, q *Query[S, R], column Handle[S, T, V]) (int64, error) {
	var n int64
	err := scalar(ctx, &q.clauses, c, modeCountDistinct, &n, *column.place().on)
	return n, err
}

// CountBy counts the rows for each value of a column. A value that cannot be the
// key of a map is an error, such as a BLOB in a column whose Go type is any.
func CountBy[S, R, T any, V comparable](ctx context.Context, c Conn, q *Query[S, R], column Handle[S, T, V]) (map[V]int64, error) {
	counts := map[V]int64{}
	on := column.place().on
	err := columns(ctx, &q.clauses, c, modeCountBy, []operand{*on}, func(from scanRow) error {
		var v V
		var n int64
		if err := from.Scan(on.into(&v), &n); err != nil {
			return err
		}
		if !reflect.ValueOf(&v).Elem().Comparable() {
			return fmt.Errorf("count by %s: a value of type %T cannot be the key of a map", on.name(), v)
		}
		counts[v] = n
		return nil
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// From is the query for the rows that a squirrel statement selects. These have
// the columns of the source, by their names, and may have others. A missing
// column is an error before the first row. From is the only way to run a whole
// query of one's own; its SQL is rendered each time it runs.
func From[S, R any](source *Query[S, R], rows squirrel.Sqlizer) *Query[S, R] {
	n := *source
	n.native = []squirrel.Sqlizer{rows}
	return &n
}

func columns[S any](ctx context.Context, q *clauses[S], c Conn, m mode, of []operand, f func(scanRow) error) error {
	return each(ctx, q, c, m, of, func(from scanRow) (bool, error) { return true, f(from) })
}
