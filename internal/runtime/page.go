package runtime

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// PageOf is a page of rows in the query's order.
type PageOf[R any] struct {
	Rows []R
	// Next and Prev are the cursors of the pages behind and before this one,
	// "" where there is none.
	Next, Prev string
}

// MaxPage is the largest size of a page.
const MaxPage = 10_000

// The errors of Page.
var (
	// ErrCursor: the cursor is none of this query's: it is damaged, or its
	// query had other predicates, values or orders.
	ErrCursor = errors.New("the cursor does not belong to this query")
	// ErrPageSize: the size is below 1 or above MaxPage.
	ErrPageSize = fmt.Errorf("a page has 1 to %d rows", MaxPage)
	// ErrPageLimit: the query has a Limit or an Offset of its own.
	ErrPageLimit = errors.New("a query with a LIMIT or OFFSET has no pages")
	// ErrNoKey: the source has no key to tell rows with equal orders apart, or
	// Keyed names columns of which one is NULL.
	ErrNoKey = errors.New("the source has no key; Keyed says which columns are one")
	// ErrCursorSize: the order has values that are too long for a cursor.
	ErrCursorSize = fmt.Errorf("a cursor has at most %d bytes", maxCursor)
)

// maxCursor bounds a cursor, which often stands in a URL.
const maxCursor = 8192

// Page returns the rows that the cursor leads to, at most size: the first ones
// for "", the ones behind or before a page for its Next or Prev. It finds its
// place by the values of the order, not by counting, so a deep page costs as
// much as the first, and no row is missed or seen twice because others come and
// go meanwhile.
//
// Rows with equal orders are told apart by the source's key. A cursor holds the
// values that the order has in a row, readable for whoever has it, and is bound
// to the query: anything else is [ErrCursor]. So may be one that was given out
// before the package was generated anew. It has a checksum, no signature; what it
// leads to is no more than what the query finds.
//
//go:noinline
func (q *Query[S, R]) Page(ctx context.Context, c Conn, cursor string, size int) (*PageOf[R], error) {
	p, err := newPage(&q.clauses, cursor, size)
	if err != nil {
		return nil, failed(q.rel, err)
	}
	found := make([]R, 0, min(size+1, 128))
	var places [][]any // the orders' values of each row
	var to []any
	err = each(ctx, &p.clauses, c, modePage, p.columns, func(from scanRow) (bool, error) {
		found = append(found, *new(R))
		place := make([]any, len(p.terms))
		to = q.fields(&found[len(found)-1], to[:0])
		for i := range place {
			to = append(to, &place[i])
		}
		places = append(places, place)
		if err := from.Scan(to...); err != nil {
			return false, err
		}
		return true, checkPlace(p, place)
	})
	if err != nil {
		return nil, err
	}
	more := len(found) > size
	if more {
		found, places = found[:size], places[:size]
	}
	if p.backward {
		slices.Reverse(found)
		slices.Reverse(places)
	}
	page := &PageOf[R]{Rows: found}
	page.Next, page.Prev = around(p, places, cursor, more)
	if len(page.Next) > maxCursor || len(page.Prev) > maxCursor {
		return nil, failed(q.rel, ErrCursorSize)
	}
	return page, nil
}

// Keyed is the query with columns whose values no two of its rows share: what
// [Query.Page] needs of a view, a query or a table without a key. None of them
// may be NULL: a unique key has any number of rows with NULL.
func Keyed[S, R any](q *Query[S, R], columns ...AnyColumn[S]) *Query[S, R] {
	n := *q
	n.key, n.nullKey = columnsOf(columns), false
	for _, c := range columns {
		n.nullKey = n.nullKey || c.place().can&canBeNull != 0
	}
	return &n
}

// checkPlace finds values by which a row would not be found again: a NULL in
// the key, which others may share, and a time that the driver has made of a
// text, which is not what SQLite compares.
func checkPlace[S any](p *page[S], place []any) error {
	for i, v := range place {
		name := p.clauses.rel.columns[p.columns[i]]
		if v == nil && slices.Contains(p.key, p.columns[i]) {
			return fmt.Errorf("%w: %s of a row is NULL", ErrNoKey, name)
		}
		if _, ok := v.(time.Time); ok {
			return fmt.Errorf("the driver makes a time of the text in %s: pages need a database without _texttotime", name)
		}
	}
	return nil
}

// page is a query for a page.
type page[S any] struct {
	clauses  clauses[S]
	binding  []byte
	terms    []term
	columns  []uint16 // of the terms
	key      []uint16 // those that tell rows apart
	values   []any    // of the cursor
	backward bool
}

// term is a column that rows are ordered by.
type term struct {
	col                  uint16
	descending, nullsEnd bool // NULL comes last
	nullable             bool
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
	p := &page[S]{clauses: *q}
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
		beyond := &beyond{rel: q.rel, terms: slices.Clone(p.terms), values: values, inclusive: kind.inclusive()}
		if p.backward {
			for i := range beyond.terms {
				beyond.terms[i].flip()
			}
		}
		p.clauses.where = append(slices.Clip(q.where), Predicate[S]{node{op: opBeyond, vals: [2]any{beyond}}})
	}
	p.clauses.order = nil
	for _, t := range p.terms {
		p.columns = append(p.columns, t.col)
		if p.backward {
			t.flip()
		}
		p.clauses.order = append(p.clauses.order, Ordering[S]{rel: q.rel, col: t.col, how: t.direction()})
	}
	return p, nil
}

// totalOrder completes the query's order by the columns of a key.
func totalOrder[S any](p *page[S], q *clauses[S]) error {
	key := q.key
	if key == nil && q.native == nil {
		key = q.rel.key
	}
	if len(key) == 0 {
		return ErrNoKey
	}
	if q.nullKey {
		return fmt.Errorf("%w: a column of the key may be NULL", ErrNoKey)
	}
	p.key = key
	last := false // whether the last order descends, and the key with it
	add := func(col uint16, descends, nullsEnd bool) {
		if slices.ContainsFunc(p.terms, func(t term) bool { return t.col == col }) {
			return // what comes again orders nothing
		}
		nullable := q.native != nil || slices.Contains(q.rel.nullable, col) // squirrel's rows may have NULL anywhere
		p.terms = append(p.terms, term{col, descends, nullsEnd, nullable})
	}
	for _, o := range q.order {
		descends := o.how&descending != 0
		nullsEnd := descends
		if o.how&(nullsFirst|nullsLast) != 0 {
			nullsEnd = o.how&nullsLast != 0
		}
		add(o.col, descends, nullsEnd)
		last = descends
	}
	for _, col := range key {
		add(col, last, last)
	}
	return nil
}

func (t *term) flip() { t.descending, t.nullsEnd = !t.descending, !t.nullsEnd }

// direction is the term's in ORDER BY. Where there is no NULL it says nothing
// about it, so that SQLite can take an index.
func (t *term) direction() direction {
	var how direction
	if t.descending {
		how = descending
	}
	if t.nullable && t.nullsEnd != t.descending {
		how |= map[bool]direction{true: nullsLast, false: nullsFirst}[t.nullsEnd]
	}
	return how
}

// around are the cursors of the pages around one with these places.
func around[S any](p *page[S], places [][]any, cursor string, more bool) (next, prev string) {
	if len(places) == 0 {
		if cursor == "" {
			return "", ""
		}
		if p.backward { // what the cursor was made of is still behind
			return encodeCursor(forwardFrom, p.binding, p.values), ""
		}
		return "", encodeCursor(backwardFrom, p.binding, p.values)
	}
	if more && !p.backward || p.backward {
		next = encodeCursor(forward, p.binding, places[len(places)-1])
	}
	if more && p.backward || !p.backward && cursor != "" {
		prev = encodeCursor(backward, p.binding, places[0])
	}
	return next, prev
}

// beyond is the condition of the rows behind some values in an order.
type beyond struct {
	rel       *relation
	terms     []term
	values    []any
	inclusive bool // the row with the values, too
}

// shape has what the SQL depends on: the terms, and where the values are NULL.
func (b *beyond) shape() ([]byte, bool) {
	key := binary.AppendUvarint([]byte{bit(b.inclusive)}, uint64(len(b.terms)))
	for i, t := range b.terms {
		key = binary.AppendUvarint(key, uint64(t.col))
		key = append(key, bit(t.descending)|bit(t.nullsEnd)<<1|bit(t.nullable)<<2|bit(b.values[i] == nil)<<3)
	}
	return key, true
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (b *beyond) bound() []any {
	_, args, _ := b.ToSql()
	return args
}

// ToSql renders the condition: a comparison of rows where all terms run the
// same way without NULL, which SQLite searches an index for; otherwise
// (a > ? OR (a = ? AND (b > ? OR …))), with a >= ? in front for the index.
func (b *beyond) ToSql() (string, []any, error) {
	names := make([]string, len(b.terms))
	uniform := true
	for i, t := range b.terms {
		names[i] = b.rel.columns[t.col]
		uniform = uniform && !t.nullable && b.values[i] != nil && t.descending == b.terms[0].descending
	}
	if uniform && len(names) > 1 {
		sign := b.terms[0].sign(b.inclusive)
		marks := strings.Repeat(", ?", len(names))[2:]
		return "((" + strings.Join(names, ", ") + ")" + sign + "(" + marks + "))", b.values, nil
	}
	text, args := b.from(0, names)
	if first := b.terms[0]; len(names) > 1 && !first.nullable && b.values[0] != nil {
		text = "(" + names[0] + first.sign(true) + "? AND " + text + ")"
		args = append([]any{b.values[0]}, args...)
	}
	return text, args, nil
}

// from compares the terms from number i on.
func (b *beyond) from(i int, names []string) (text string, args []any) {
	t, name, v := b.terms[i], names[i], b.values[i]
	equal := name + " IS NULL"
	switch {
	case v == nil && t.nullsEnd:
		text = "1=0"
	case v == nil:
		text = name + " IS NOT NULL"
	default:
		text, equal, args = name+t.sign(false)+"?", name+" = ?", []any{v}
		if t.nullable && t.nullsEnd {
			text += " OR " + name + " IS NULL"
		}
	}
	rest, last := "", i == len(b.terms)-1
	if last && !b.inclusive {
		return "(" + text + ")", args
	}
	if v != nil {
		args = append(args, v)
	}
	if !last {
		var more []any
		rest, more = b.from(i+1, names)
		rest, args = " AND "+rest, append(args, more...)
	}
	return "(" + text + " OR (" + equal + rest + "))", args
}

func (t *term) sign(inclusive bool) string {
	sign := " > "
	if t.descending {
		sign = " < "
	}
	if inclusive {
		sign = sign[:2] + "= "
	}
	return sign
}

// cursorKind says where a cursor leads: behind its row or before it; the kinds
// with From have the row itself, too.
type cursorKind byte

const (
	forward cursorKind = iota
	backward
	forwardFrom
	backwardFrom
)

func (k cursorKind) backward() bool  { return k&1 != 0 }
func (k cursorKind) inclusive() bool { return k >= forwardFrom }

// bindingOf is everything that a query's rows and their order depend on.
func bindingOf[S any](q *clauses[S], terms []term) ([]byte, error) {
	key, shaped := appendShape(q, nil, modeRows)
	_, n := binary.Uvarint(key) // the relation's number, which a new table may change
	key = key[max(n, 0):]
	args := appendArgs(q, nil)
	if !shaped {
		sel, err := selectionOf(q, modeRows)
		if err != nil {
			return nil, err
		}
		text, rendered, err := sel.ToSql()
		if err != nil {
			return nil, err
		}
		key, args = []byte(text), rendered
	}
	b := append(binary.AppendUvarint(nil, uint64(len(key))), key...)
	b = append(b, q.rel.name...)
	for _, t := range terms {
		b = append(b, q.rel.columns[t.col]...)
		b = append(b, bit(t.descending)|bit(t.nullsEnd)<<1)
	}
	for _, arg := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, err
		}
		b = appendValue(b, v)
	}
	return b, nil
}

// The cursor is base64url of its kind, its values and a checksum of both and of
// the query.

const checksumSize = 12

func checksum(binding, body []byte) []byte {
	h := sha256.New()
	_ = binary.Write(h, binary.BigEndian, uint64(len(binding)))
	h.Write(binding)
	h.Write(body)
	return h.Sum(nil)[:checksumSize]
}

func encodeCursor(kind cursorKind, binding []byte, values []any) string {
	body := []byte{byte(kind)}
	for _, v := range values {
		body = appendValue(body, v)
	}
	return base64.RawURLEncoding.EncodeToString(append(body, checksum(binding, body)...))
}

func decodeCursor(cursor string, binding []byte, n int) (kind cursorKind, values []any, ok bool) {
	if len(cursor) > maxCursor {
		return 0, nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < 1+checksumSize || raw[0] > byte(backwardFrom) {
		return 0, nil, false
	}
	body := raw[:len(raw)-checksumSize]
	if string(checksum(binding, body)) != string(raw[len(body):]) {
		return 0, nil, false
	}
	rest := body[1:]
	for range n {
		var v any
		if v, rest, ok = cutValue(rest); !ok {
			return 0, nil, false
		}
		values = append(values, v)
	}
	return cursorKind(body[0]), values, len(rest) == 0
}

// appendValue appends a value as the driver has it: its type, then itself.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 'n')
	case int64:
		return binary.AppendVarint(append(b, 'i'), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
	case string:
		return append(binary.AppendUvarint(append(b, 's'), uint64(len(v))), v...)
	case []byte:
		return append(binary.AppendUvarint(append(b, 'b'), uint64(len(v))), v...)
	case bool:
		return append(b, 't', bit(v))
	case time.Time:
		return appendValue(append(b, 'd'), v.Format(time.RFC3339Nano))
	}
	return appendValue(append(b, 'o'), fmt.Sprintf("%T %[1]v", v)) // of a driver's own
}

// cutValue takes a value of SQLite's off the front.
func cutValue(b []byte) (v any, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	kind, b := b[0], b[1:]
	switch kind {
	case 'n':
		return nil, b, true
	case 'i':
		i, n := binary.Varint(b)
		if n <= 0 {
			return nil, nil, false
		}
		return i, b[n:], true
	case 'f':
		if len(b) < 8 {
			return nil, nil, false
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:], true
	case 's', 'b':
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, nil, false
		}
		text, rest := b[n:n+int(size)], b[n+int(size):]
		if kind == 's' {
			return string(text), rest, true
		}
		return slices.Clone(text), rest, true
	}
	return nil, nil, false
}
