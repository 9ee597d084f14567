// Package conformance is one suite of calls on internal/db for every engine that
// it runs on. It records the outcome of each call; a test compares the engines.
//
// @native-sql raw texts and fragments are among what the engines are compared by
package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Case is a call. The cases are run in their order on one database, which has
// the schema and nothing in it at first.
type Case struct {
	Name string
	Do   func(ctx context.Context, c *db.Client) (any, error)
}

// Outcome is the outcome of a case.
type Outcome struct {
	Name    string
	Value   string       // JSON
	Failure drey.Failure // what kind of error, if any
	Of      []string     // the table and the columns of a violated key
	Error   string
}

// Cases are all of them.
var Cases = slices.Concat(static, dynamic, writes, batches, values, hostiles, failures, times, upkeep)

// Run runs the cases.
func Run(ctx context.Context, c *db.Client) []Outcome {
	outcomes := make([]Outcome, len(Cases))
	for i, k := range Cases {
		value, err := k.Do(ctx, c)
		o := Outcome{Name: k.Name, Failure: drey.FailureOf(err)}
		if err != nil {
			o.Error = err.Error()
		}
		if table, columns := drey.ViolatedColumns(err); table != "" {
			o.Of = append([]string{table}, columns...)
		}
		text, err := json.Marshal(value)
		if err != nil {
			text = []byte(err.Error())
		}
		o.Value = string(text)
		outcomes[i] = o
	}
	return outcomes
}

// at is a time that does not depend on the clock.
func at(hour int) db.UnixTime {
	return drey.Unix(time.Date(2026, 5, 4, hour, 0, 0, 0, time.UTC))
}

func later(hour int) *db.UnixTime {
	t := at(hour)
	return &t
}

// do makes a case of a method without arguments.
func do[R any](name string, f func(*db.Client, context.Context) (R, error)) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) { return f(c, ctx) }}
}

// with makes a case of a method with one.
func with[A, R any](name string, f func(*db.Client, context.Context, A) (R, error), arg A) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) { return f(c, ctx, arg) }}
}

// only makes a case of a method that gives nothing but an error.
func only[A any](name string, f func(*db.Client, context.Context, A) error, arg A) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) { return nil, f(c, ctx, arg) }}
}

// rows makes a case of a typed query.
func rows[S, R any](name string, q *drey.Query[S, R]) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) { return q.All(ctx, c) }}
}

// asJSON makes a case of rows that are written as JSON, outside of a batch and in one.
func asJSON[S, R any](name string, q *drey.Query[S, R]) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) {
		rows, err := q.All(ctx, c)
		want, wrong := json.Marshal(rows)
		got, failed := drey.AppendJSON(ctx, c, q, nil)
		var b db.Batch
		inside := db.InBatch(&b, func(tx *db.Tx) ([]byte, error) { return drey.AppendJSON(ctx, tx, q, nil) })
		if err := errors.Join(err, wrong, failed, b.Run(ctx, c)); err != nil {
			return nil, err
		}
		if again, err := inside(); err != nil || !bytes.Equal(got, want) || !bytes.Equal(again, want) {
			return nil, fmt.Errorf("%s and in a batch %s, %w, want %s", got, again, err, want)
		}
		return string(got), nil
	}}
}

// inBatch makes a case of trees in a batch, which are those outside of it.
func inBatch[R any](name string, trees func(context.Context, drey.Conn) (R, error)) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) {
		var b db.Batch
		inside := db.InBatch(&b, func(tx *db.Tx) (R, error) { return trees(ctx, tx) })
		outside, err := trees(ctx, c)
		if err := errors.Join(err, b.Run(ctx, c)); err != nil {
			return nil, err
		}
		found, err := inside()
		if err == nil && !reflect.DeepEqual(found, outside) {
			err = fmt.Errorf("%+v in a batch, and outside %+v", found, outside)
		}
		return found, err
	}}
}

// scan makes a case of a text of SQL that has one value.
func scan[T any](name, query string, args ...any) Case {
	return Case{name, func(ctx context.Context, c *db.Client) (any, error) {
		var v T
		err := c.QueryRowContext(ctx, query, args...).Scan(&v)
		return fmt.Sprintf("%#v", v), err
	}}
}
