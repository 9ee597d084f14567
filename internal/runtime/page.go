package drey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// PageOf is a page of rows in the query's order.
type PageOf[R any] struct {
	Rows []R
	// Next and Prev are the cursors of the pages after and before this one, or ""
	// if there is no such page.
	Next, Prev string
	// Total is the number of rows of all pages, if [PageFilters.Counted] asks for it.
	Total int64
}

// MaxPage is the largest size of a page.
const MaxPage = 10_000

// The errors of Page.
var (
	// ErrCursor: the cursor does not belong to this query. It is damaged, or its
	// query had other predicates, values or orders.
	ErrCursor = errors.New("the cursor does not belong to this query")
	// ErrPageSize: the size is below 1 or above MaxPage.
	ErrPageSize = fmt.Errorf("a page has 1 to %d rows", MaxPage)
	// ErrPageLimit: the query has a Limit or an Offset of its own.
	ErrPageLimit = errors.New("a query with a LIMIT or OFFSET has no pages")
	// ErrNoKey: the source does not have a key to tell rows with equal orders
	// apart, or one of the columns that Keyed names is NULL.
	ErrNoKey = errors.New("the source has no key; Keyed says which columns are one")
	// ErrCursorSize: the values of the order are too long for a cursor.
	ErrCursorSize = fmt.Errorf("a cursor has at most %d bytes", maxCursor)
)

// maxCursor bounds a cursor, which often stands in a URL.
const maxCursor = 8192

// Page returns at most size rows: the first ones for the cursor "", and the
// ones after or before a page for its Next or Prev. It finds its place by the
// values of the order, not by counting. So a deep page costs as much as the
// first, and no row is missed or seen twice because others come and go
// meanwhile.
//
// Rows with equal orders are told apart by the source's key. A cursor holds a
// row's values of the order, and whoever has the cursor can read them. It is
// bound to the query: anything else is [ErrCursor]. That may include a cursor
// that was given out before the package was generated anew. A cursor has a
// checksum, but not a signature; it leads only to rows that the query finds.
//
//go:noinline
func (q *Query[S, R]) Page(ctx context.Context, c Conn, cursor string, size int) (*PageOf[R], error) {
	p, err := openPage(ctx, &q.clauses, c, cursor, size)
	if err != nil {
		return nil, err
	}
	rows, err := collect(ctx, &p.clauses, c, readPage, p, q.scans)
	if err != nil {
		return nil, err
	}
	rows = rows[:p.found]
	if p.backward {
		reverse(rows)
	}
	return &PageOf[R]{Rows: rows, Next: p.next, Prev: p.prev}, nil
}

// pageAndCount is the page, with the number of rows of all pages. Both are of one state
// of the database, and of one round trip where it is far away.
func pageAndCount[S, R any](q *Query[S, R], ctx context.Context, c Conn, cursor string, size int) (page *PageOf[R], err error) {
	both := func(tx Conn) error {
		if page, err = q.Page(ctx, tx, cursor, size); err == nil {
			page.Total, err = q.Count(ctx, tx)
		}
		return err
	}
	if _, batch := c.on().(*taping); batch {
		return page, both(c)
	}
	return page, tapeOf(ctx, c.on(), func(on *taping) error { return cmp.Or(both(&on.Tx), on.tape.err) })
}

//go:noinline
func reverse[R any](rows []R) {
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		kept := rows[i]
		copy(rows[i:i+1], rows[j:])
		rows[j] = kept
	}
}

// Keyed returns the query with a key: columns whose values no two of its rows
// share. [Query.Page] needs that for a view, a query or a table without a key.
// None of the columns may be NULL: a unique key has any number of rows with
// NULL.
func Keyed[S, R any](q *Query[S, R], columns ...AnyColumn[S]) *Query[S, R] {
	n := *q
	n.key, n.nullKey = columnsOf[S](columns), false
	for _, c := range columns {
		n.nullKey = n.nullKey || c.place().can&canBeNull != 0
	}
	return &n
}

// checkPlace rejects values by which a row would not be found again: a NULL in
// the key, which others may share, and a time that the driver has made of a
// text, which is not what SQLite compares.
func checkPlace[S any](p *page[S], place []any) error {
	for i, v := range place {
		on := &p.of[i]
		if v == nil && p.terms[i].key {
			return fmt.Errorf("%w: %s of a row is NULL", ErrNoKey, on.name())
		}
		if _, ok := v.(time.Time); ok {
			return fmt.Errorf("the driver makes a time of the text in %s: pages need a database without _texttotime", on.name())
		}
	}
	return nil
}

// page is a query for a page.
type page[S any] struct {
	clauses  clauses[S]
	binding  []byte
	terms    []rung
	of       []operand // of the terms
	values   []any     // of the cursor
	cursor   string
	size     int
	backward bool

	// What readInto has found: the number of rows, and the cursors around them.
	found      int
	next, prev string
}

// rung is an operand that rows are ordered by.
type rung struct {
	on                   operand
	descending, nullsEnd bool // NULL comes last
	nullable             bool
	key                  bool // of a key whose values are not NULL
}

//go:noinline
func openPage[S any](ctx context.Context, q *clauses[S], c Conn, cursor string, size int) (*page[S], error) {
	q = settled(q, modePage)
	p, err := newPage(q, cursor, size)
	if err != nil {
		return nil, failed(q.rel, err)
	}
	if err := checkForm(ctx, c, q, p); err != nil {
		return nil, failed(q.rel, err)
	}
	return p, nil
}

// readInto reads the rows of a page, and one more if there is one.
func readInto[S any](ctx context.Context, p *page[S], c Conn, t *tree, next func(*tree, []any) []any) error {
	q := &p.clauses
	n := 0
	places := make([]any, 3*len(p.terms)) // the orders' values of a row
	place, first, last := places[:len(p.terms)], places[len(p.terms):2*len(p.terms)], places[2*len(p.terms):]
	var to []any
	err := each(ctx, q, c, modePage, p.of, func(from scanRow) (bool, error) {
		to = next(t, to[:0])
		for i := range place {
			to = append(to, &place[i])
		}
		if err := scan(rowsOf(q), from, to); err != nil {
			return false, err
		}
		if n++; n == 1 {
			copy(first, place)
		}
		if n <= p.size {
			copy(last, place)
		}
		return true, checkPlace(p, place)
	})
	if err != nil {
		return err
	}
	if p.backward {
		first, last = last, first
	}
	p.found = min(n, p.size)
	p.next, p.prev = around(p, first, last, n > p.size)
	if len(p.next) > maxCursor || len(p.prev) > maxCursor {
		return failed(q.rel, ErrCursorSize)
	}
	return nil
}

func newPage[S any](q *clauses[S], cursor string, size int) (*page[S], error) {
	switch {
	case q.rel == nil:
		return nil, errNoSource
	case size < 1 || size > MaxPage:
		return nil, fmt.Errorf("%w: %d", ErrPageSize, size)
	case q.has != 0:
		return nil, ErrPageLimit
	}
	q = settled(q, modePage)
	p := &page[S]{clauses: *q, cursor: cursor, size: size}
	if err := totalOrder(p, q); err != nil {
		return nil, err
	}
	var err error
	if p.binding, err = bindingOf(q, p.terms); err != nil {
		return nil, err
	}
	p.clauses.limit, p.clauses.has = int64(size)+1, hasLimit
	if cursor != "" {
		kind, values, ok := decodeCursor(cursor, p.binding, len(p.terms))
		if !ok {
			return nil, ErrCursor
		}
		p.values, p.backward = values, kind.backward()
		beyond := &beyond{terms: slices.Clone(p.terms), values: values, inclusive: kind.inclusive()}
		if p.backward {
			for i := range beyond.terms {
				beyond.terms[i].flip()
			}
		}
		p.clauses.where = append(slices.Clip(q.where), Predicate[S]{node{op: opBeyond, vals: [2]any{beyond}}})
	}
	p.clauses.order = nil
	for _, t := range p.terms {
		p.of = append(p.of, t.on)
		if p.backward {
			t.flip()
		}
		p.clauses.order = append(p.clauses.order, Ordering[S]{on: t.on, how: t.direction()})
	}
	return p, nil
}

// checkForm checks the times in a cursor. A time in another form than the one in
// sqldriver's times.go is from a row that something else has written, or an
// earlier version. It leads to its place for as long as that row is there. Once
// the rows have the form, the rows of that time would be missed or seen twice.
func checkForm[S any](ctx context.Context, c Conn, q *clauses[S], p *page[S]) error {
	other := false
	for i, v := range p.values {
		on := &p.of[i]
		date := on.dated()
		if text, ok := v.(string); ok && on.ex == nil && (date || slices.Contains(q.rel.Times, on.col)) {
			other = other || !sqldriver.InForm(text, date)
		}
	}
	if !other {
		return nil
	}
	row := *q
	row.where = slices.Clip(q.where)
	for i, v := range p.values {
		n := node{on: p.of[i], op: opEq, vals: [2]any{v}}
		if v == nil {
			n.op = opIsNull
		}
		row.where = append(row.where, Predicate[S]{n})
	}
	var there bool
	if err := scalar(ctx, &row, c, modeExists, &there); err != nil {
		return err
	}
	if t, ok := c.on().(*taping); ok && !t.tape.replay { // nobody knows yet
		return nil
	}
	if !there {
		return ErrCursor
	}
	return nil
}

// totalOrder completes the query's order by the columns of a key.
func totalOrder[S any](p *page[S], q *clauses[S]) error {
	key, err := keyOf(q)
	if err != nil {
		return err
	}
	last := false // whether the last order descends, and the key with it
	add := func(on operand, descends, nullsEnd bool) {
		if slices.ContainsFunc(p.terms, func(t rung) bool { return equal(&t.on, &on) }) {
			return // what comes again orders nothing
		}
		nullable := q.native != nil || on.nullable() // squirrel's rows may have NULL anywhere
		// Groups have a key once, NULL as well.
		unique := q.made.grouped() == nil && (q.key != nil || q.made.from() == nil || !q.made.from().known().wide) && slices.ContainsFunc(key, func(of operand) bool { return equal(&of, &on) })
		p.terms = append(p.terms, rung{on, descends, nullsEnd, nullable, unique})
	}
	for _, o := range q.order {
		descends := o.how&descending != 0
		nullsEnd := descends
		if o.how&(nullsFirst|nullsLast) != 0 {
			nullsEnd = o.how&nullsLast != 0
		}
		add(o.on, descends, nullsEnd)
		last = descends
	}
	for _, on := range key {
		add(on, last, last)
	}
	return nil
}

// keyOf is what tells the query's rows apart.
func keyOf[S any](q *clauses[S]) ([]operand, error) {
	if groups := q.made.grouped(); groups != nil {
		if len(groups.keys) == 0 {
			return nil, ErrNoKey
		}
		return groups.own(), nil
	}
	columns := q.key
	if s := q.made.from(); s != nil && columns == nil && q.native == nil {
		if len(s.known().key) == 0 {
			return nil, ErrNoKey
		}
		return s.key, nil
	}
	if columns == nil && q.native == nil {
		columns = q.rel.Key
	}
	switch {
	case len(columns) == 0:
		return nil, ErrNoKey
	case q.nullKey:
		return nil, fmt.Errorf("%w: a column of the key may be NULL", ErrNoKey)
	}
	return q.rel.operands(columns), nil
}

func (t *rung) flip() { t.descending, t.nullsEnd = !t.descending, !t.nullsEnd }

// direction returns the term's direction in ORDER BY. If the column does not
// have NULLs, it does not mention them, so that SQLite can take an index.
func (t *rung) direction() direction {
	var how direction
	if t.descending {
		how = descending
	}
	if t.nullable && t.nullsEnd != t.descending {
		how |= map[bool]direction{true: nullsLast, false: nullsFirst}[t.nullsEnd]
	}
	return how
}

// around returns the cursors of the pages around one, by the places of its first row
// and its last. more says that rows follow in the direction in which it was read.
func around[S any](p *page[S], first, last []any, more bool) (next, prev string) {
	if p.found == 0 {
		if p.cursor == "" {
			return "", ""
		}
		if p.backward { // the row that the cursor was made of still follows
			return encodeCursor(forwardFrom, p.binding, p.values), ""
		}
		return "", encodeCursor(backwardFrom, p.binding, p.values)
	}
	if more || p.backward {
		next = encodeCursor(forward, p.binding, last)
	}
	if more && p.backward || !p.backward && p.cursor != "" {
		prev = encodeCursor(backward, p.binding, first)
	}
	return next, prev
}
