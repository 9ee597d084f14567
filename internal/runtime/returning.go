package drey

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/Masterminds/squirrel"
)

// ReturningInto runs a write and returns some columns of the rows that it has written,
// and expressions, in a type of the caller's. read is that of [Select]. rows are those
// that an Insert inserts; their order is kept, as [Insertion.Returning] keeps it.
//
//	seen, err := drey.ReturningInto(ctx, c, db.Links.Update(db.Links.ClickCount.Add(1)).Where(db.Links.ID.Eq(id)),
//		func(p *drey.Projection[db.LinksSource], to *int64) { drey.ReadInto(p, db.Links.ClickCount, to) })
//
// SQL: UPDATE links SET … WHERE … RETURNING click_count.
func ReturningInto[S, R, P any](ctx context.Context, c Conn, w Write[S, R], read func(*Projection[S], *P), rows ...R) ([]P, error) {
	written := []P{}
	of := Select(new(Query[S, R]), read)
	if len(of.made.levels()) > 0 {
		return nil, errNoRelations
	}
	fields := fieldsOn(&of.scans, nil)
	err := w.returningInto(ctx, c, returned[S]{of.made.reads()}, func(to []any) []any { return grow(&written, fields, to) }, rows)
	if err != nil {
		return nil, err
	}
	return written, nil
}

// Write is what can be written to table S: an [Insertion] or a [Mutation].
type Write[S, R any] interface {
	returningInto(ctx context.Context, c Conn, of returned[S], next func([]any) []any, rows []R) error
}

// returned is what is read of the rows that are written to table S.
type returned[S any] struct{ of []operand }

//go:noinline
func (i *Insertion[S, R]) returningInto(ctx context.Context, c Conn, of returned[S], next func([]any) []any, rows []R) error {
	n := i.in
	n.returned = of.of
	return n.returning(ctx, c, len(rows), func(n int, to []any) []any { return i.fields(&rows[n], to) }, next)
}

//go:noinline
func (c *Mutation[S, R]) returningInto(ctx context.Context, conn Conn, of returned[S], next func([]any) []any, rows []R) error {
	if len(rows) > 0 {
		return failed(c.rel, errRowsOfChange)
	}
	n := c.change
	n.returned = of.of
	return returnChanged(ctx, &n, conn, next)
}

var (
	errRowsOfChange = errors.New("an Update or Delete got rows, which only an Insert takes")
	errNoRelations  = errors.New("RETURNING has columns of the rows that were written, and no relations; read those afterwards")
)

// returnedOf is the relation whose rows are returned, nil if others are.
func returnedOf(r *Relation, of []operand) *Relation {
	if of != nil {
		return nil
	}
	return r
}

// appendReturned appends what RETURNING depends on, and what it binds. It reports false
// if a part of it does not have a shape.
func appendReturned(key []byte, args []any, of []operand) ([]byte, []any, bool) {
	key, ok := binary.AppendUvarint(append(key, byte(modeRows)), uint64(len(of))), true
	for i := range of {
		if key, ok = of[i].appendShape(key, numbered); !ok {
			return key, args, false
		}
		args = of[i].appendArgs(args)
	}
	return key, args, true
}

// returningSQL renders RETURNING.
func returningSQL(r *Relation, of []operand) squirrel.Sqlizer {
	if of == nil {
		return fragment{text: "RETURNING " + strings.Join(r.Columns, ", ")}
	}
	parts, before := []any{}, "RETURNING "
	for i := range of {
		parts = append(parts, fragment{text: before}, part{&of[i], scope{}})
		before = ", "
	}
	return squirrel.ConcatExpr(parts...)
}
