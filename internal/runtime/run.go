package drey

import (
	"cmp"
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
	return collect(ctx, &q.clauses, c, readAll, nil, q.scans)
}

// One returns the only row. If there is none, the error is sql.ErrNoRows; if
// there are several, it is [ErrManyRows].
//
//go:noinline
func (q *Query[S, R]) One(ctx context.Context, c Conn) (R, error) {
	rows, err := collect(ctx, &q.clauses, c, readOnly, nil, q.scans)
	return rows[0], err
}

// First returns the first row. If there is none, the error is sql.ErrNoRows.
//
//go:noinline
func (q *Query[S, R]) First(ctx context.Context, c Conn) (R, error) {
	rows, err := collect(ctx, &q.clauses, c, readFirst, nil, q.scans)
	return rows[0], err
}

// reading says which rows of a query are read.
type reading int

const (
	readAll   reading = iota
	readOnly          // the only row: others are an error
	readFirst         // the first row
	readPage          // those of a page
)

// collect gathers the rows that are read, and what is read besides them. If it fails,
// the result has a zero row where one row was to be read. The compiler makes collect for
// every type of rows; what it calls exists once for all types.
//
//go:noinline
func collect[S, R any](ctx context.Context, q *clauses[S], c Conn, which reading, p *page[S], s scans[R]) ([]R, error) {
	found := gathered[R]{room: room(q, which), scans: s}
	err := gather(ctx, q, c, which, p, &found.n, func(t *tree, to []any) []any { return addRow(&found, t, to) })
	return allRows(&found, which, err)
}

// gather is collect for rows of any type: next makes a new one, n of which there are, and appends
// where its columns are scanned.
//
//go:noinline
func gather[S any](ctx context.Context, q *clauses[S], c Conn, which reading, p *page[S], n *int, next func(*tree, []any) []any) error {
	t, err := q.made.grow(c.on(), 0)
	if err == nil && t != nil {
		q, err = root(t, q, which, p)
	}
	if err == nil {
		err = readRows(ctx, q, c, which, p, t, next)
	}
	if t == nil || err != nil && (!t.batch || err != sql.ErrNoRows) { // a step has the same statements for no row
		return err
	}
	rows := *n
	if p != nil { // and one more
		rows = p.found
	}
	return cmp.Or(t.read(ctx, c, rows), err)
}

// gathered are rows that stay where they are when there are more.
type gathered[R any] struct {
	scans[R]
	full [][]R
	last []R
	n    int
	room int // for the first
}

// addRow adds a row, and appends where its columns are scanned.
func addRow[R any](g *gathered[R], t *tree, to []any) []any {
	if g.begin != nil {
		g.fields, g.begin = g.begin(t), nil
	}
	if len(g.last) == cap(g.last) {
		more := g.room
		if g.n > 0 {
			g.full, more = append(g.full, g.last), g.n
		}
		g.last = make([]R, 0, more)
	}
	g.n++
	g.last = g.last[:len(g.last)+1]
	return g.fields(&g.last[len(g.last)-1], to)
}

// allRows are all of them.
func allRows[R any](g *gathered[R], which reading, err error) ([]R, error) {
	switch {
	case err != nil && (which == readOnly || which == readFirst):
		return make([]R, 1), err
	case err != nil:
		return nil, err
	case g.last == nil:
		return []R{}, nil
	case g.full == nil:
		return g.last, nil
	}
	all := make([]R, 0, g.n)
	for _, rows := range g.full {
		all = append(all, rows...)
	}
	return append(all, g.last...), nil
}

// grow adds a row, and appends where its columns are scanned.
//
//go:noinline
func grow[R any](rows *[]R, fields func(*R, []any) []any, to []any) []any {
	*rows = append(*rows, *new(R))
	return fields(&(*rows)[len(*rows)-1], to)
}

// room is the number of rows to make room for at first.
//
//go:noinline
func room[S any](q *clauses[S], which reading) int {
	switch {
	case which == readOnly || which == readFirst:
		return 1
	case q.has&hasLimit == 0:
		return 16
	}
	return int(min(max(q.limit, 0), 128))
}

// readRows reads the rows of a query. For each, next makes a new row and appends
// where its columns are scanned.
//
//go:noinline
func readRows[S any](ctx context.Context, q *clauses[S], c Conn, which reading, p *page[S], t *tree, next func(*tree, []any) []any) error {
	switch which {
	case readOnly, readFirst:
		return readSingle(ctx, q, c, which == readFirst, t, next)
	case readPage:
		return readInto(ctx, p, c, t, next)
	}
	to := make([]any, 0, width(q))
	return each(ctx, q, c, modeRows, nil, func(from scanRow) (bool, error) {
		to = next(t, to[:0])
		return true, scan(rowsOf(q), from, to)
	})
}

func readSingle[S any](ctx context.Context, q *clauses[S], c Conn, first bool, t *tree, next func(*tree, []any) []any) error {
	n := *q
	if first && (q.has&hasLimit == 0 || q.limit > 1) {
		n.limit, n.has = 1, q.has|hasLimit
	}
	scanned, more := false, !first && !byKey(q)
	err := each(ctx, &n, c, modeRows, nil, func(from scanRow) (bool, error) {
		if scanned {
			return false, ErrManyRows
		}
		scanned = true
		return more, scan(rowsOf(q), from, next(t, make([]any, 0, width(q))))
	})
	if err == nil && !scanned {
		return sql.ErrNoRows
	}
	return err
}

// width is the number of columns of the query's rows.
func width[S any](q *clauses[S]) int {
	switch reads := q.made.reads(); {
	case reads != nil:
		return len(reads)
	case q.rel == nil:
		return 0
	}
	return len(q.rel.Columns)
}

// rowsOf is the relation whose rows the query has, nil if it reads others.
func rowsOf[S any](q *clauses[S]) *Relation {
	if q.made.reads() != nil {
		return nil
	}
	return q.rel
}

// each calls f with the rows one by one until f reports false or fails. Only f
// knows the type of the rows: this function exists once for all types. f must
// not use the connection, so it does not call anything of the caller's that
// might.
func each[S any](ctx context.Context, q *clauses[S], c Conn, m mode, of []operand, f func(scanRow) (bool, error)) error {
	if q.rel == nil {
		return errNoSource
	}
	if err := run(ctx, q, c.on(), m, of, true, f); err != nil {
		return failed(q.rel, err)
	}
	return nil
}

// run runs the query: on the statement that its shape already has, or on a new
// one that squirrel renders. straight says that f may be called while the
// connection is locked.
func run[S any](ctx context.Context, q *clauses[S], s session, m mode, of []operand, straight bool, f func(scanRow) (bool, error)) error {
	if q.limit < 0 || q.offset < 0 {
		return ErrNegativeLimit
	}
	if q.wide != nil && s.of().integers <= exactIntegers {
		return q.wide
	}
	var keyBuf [128]byte
	var argBuf [16]any
	key, shaped := appendShape(q, append(keyBuf[:0], shapeMark), numbered, m, of...)
	var args []any
	if shaped {
		args = appendArgs(q, argBuf[:0], m, of...)
	}
	render := func() (squirrel.Sqlizer, error) { return selectionOf(q, m, of...) }
	return read(ctx, s, key, shaped, args, render, straight, f)
}

// drain calls f with the rows until it reports false or fails, and closes them.
func drain(s session, rows *sql.Rows, f func(scanRow) (bool, error)) error {
	defer rows.Close()
	var from scanRow = rows
	if s.of().unmended {
		from = foreignRow{rows}
	}
	for more, err := true, error(nil); more && rows.Next(); {
		if more, err = f(from); err != nil {
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
	if q.native != nil || q.made.from() != nil { // which may have a row twice
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
		if n := &q.where[i].node; n.op == opEq && n.on.is(col) {
			return true
		}
	}
	return false
}

// Iter yields the rows one by one, without holding them all. An error ends the
// iteration and comes with the zero row. The rows are closed when the loop
// ends, however it ends. A query that reads relations is an error: it needs the rows
// together, as All and Page have them.
//
//go:noinline
func (q *Query[S, R]) Iter(ctx context.Context, c Conn) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var row R
		fields := fieldsOn(&q.scans, nil)
		iterate(ctx, &q.clauses, c,
			func(to []any) []any {
				row = *new(R)
				return fields(&row, to)
			},
			func(err error) bool { return yield(row, err) })
	}
}

// iterate calls yield after each row that it has scanned where next says.
//
//go:noinline
func iterate[S any](ctx context.Context, q *clauses[S], c Conn, next func([]any) []any, yield func(error) bool) {
	if q.rel == nil {
		yield(errNoSource)
		return
	}
	if len(q.made.levels()) > 0 {
		yield(failed(q.rel, errNoTree))
		return
	}
	more := true
	to := make([]any, 0, width(q))
	err := run(ctx, q, c.on(), modeRows, nil, false, func(from scanRow) (bool, error) {
		if err := scan(rowsOf(q), from, next(to)); err != nil {
			return false, err
		}
		more = yield(nil)
		return more, nil
	})
	if err != nil && more {
		next(to) // the row is zero again
		yield(failed(q.rel, err))
	}
}

// Count returns the number of rows that All would.
//
//go:noinline
func (q *Query[S, R]) Count(ctx context.Context, c Conn) (int64, error) {
	return count(ctx, &q.clauses, c)
}

//go:noinline
func count[S any](ctx context.Context, q *clauses[S], c Conn) (n int64, err error) {
	err = scalar(ctx, q, c, modeCount, &n)
	return n, err
}

// Exists reports whether there is a row.
//
//go:noinline
func (q *Query[S, R]) Exists(ctx context.Context, c Conn) (bool, error) {
	return exists(ctx, &q.clauses, c)
}

//go:noinline
func exists[S any](ctx context.Context, q *clauses[S], c Conn) (found bool, err error) {
	err = scalar(ctx, q, c, modeExists, &found)
	return found, err
}

// scalar scans the only value of the only row that the mode gives.
//
//go:noinline
func scalar[S any](ctx context.Context, q *clauses[S], c Conn, m mode, dest any, of ...operand) error {
	return each(ctx, q, c, m, of, func(from scanRow) (bool, error) { return false, from.Scan(dest) })
}

func failed(r *Relation, err error) error {
	if r == nil { // it is that there is none
		return err
	}
	return fmt.Errorf("query of %s: %w", r.Name, err)
}

// scanRow is where a row is scanned from, as by sql.Rows.
type scanRow interface{ Scan(dest ...any) error }
