package drey

import (
	"math"
	"reflect"

	"github.com/Masterminds/squirrel"
)

// What tests from outside cannot see.

var (
	ErrNoSource     = errNoSource
	ErrInBatch      = errInBatch
	ErrReservedName = errReservedName
	CheckPattern    = checkPattern
	ErrNotRead      = errNotRead
)

var (
	AppendField = appendField
	NewJSONRow  = newJSONRow
)

func WritesItself[S, R any](q *Query[S, R]) bool {
	_, names := written(&q.scans, false)
	return names != nil
}

// AppendCell appends a value that comes as JSON to be written as a field at that address.
func AppendCell(to []byte, field any, cell string) ([]byte, bool) {
	return formOf(reflect.TypeOf(field).Elem()).append(to, cell)
}

const MaxStatements = maxStatements

// Shapes: what queries are known by, and what they are rendered from.

type Mode = mode

const (
	ModeMatched = modeMatched
	ModeExists  = modeExists
	ModeRows    = modeRows
)

func ShapeOf[S, R any](q *Query[S, R], m Mode, of ...uint16) ([]byte, bool) {
	return appendShape(&q.clauses, nil, numbered, m, q.rel.operands(of)...)
}

func ArgsOf[S, R any](q *Query[S, R], m Mode) []any { return appendArgs(&q.clauses, nil, m) }

func Rendered[S, R any](q *Query[S, R], m Mode, of ...uint16) (string, []any, error) {
	sel, err := selectionOf(&q.clauses, m, q.rel.operands(of)...)
	if err != nil {
		return "", nil, err
	}
	return sel.ToSql()
}

func (k foreignKey[P, K]) Route() *Route { return k.route }

func (p *Route) FilledUp(keys []any) []any { return p.filledUp(keys) }

func RelatedShape[S, R any](q *Query[S, R], p *Route, keys []any) ([]byte, []any, bool) {
	return relatedShape(&q.clauses, p, keys)
}

func RenderedRelated[S, R any](q *Query[S, R], p *Route, keys []any) (string, []any, error) {
	sel := selected(&q.clauses, modeRelated)
	return sel.related(p, keys).ToSql()
}

// Cursors.

type CursorKind = cursorKind

const (
	Forward  = forward
	Backward = backward
)

var (
	EncodeCursor = encodeCursor
	DecodeCursor = decodeCursor
	Checksum     = checksum
	CutValue     = cutValue
)

// BindingOf is what the cursors of a query are bound to.
func BindingOf[S, R any](q *Query[S, R]) ([]byte, error) {
	p, err := newPage(&q.clauses, "", 1)
	if err != nil {
		return nil, err
	}
	return p.binding, nil
}

// PageSQL is the statement of a page.
func PageSQL[S, R any](q *Query[S, R], cursor string, size int) (string, []any, error) {
	p, err := newPage(&q.clauses, cursor, size)
	if err != nil {
		return "", nil, err
	}
	sel, err := selectionOf(&p.clauses, modePage, p.of...)
	if err != nil {
		return "", nil, err
	}
	return sel.ToSql()
}

// Statements that are kept.

func (c *Client) ReadStats() StatementStats  { return c.pools.reads.stats() }
func (c *Client) WriteStats() StatementStats { return c.pools.writes.stats() }

// StaticStats are those of sqlc's queries that read.
func (c *Client) StaticStats() StatementStats { return c.pools.reads.statements.stats() }

// Users are, of every statement of sqlc's queries that read, those who use it: the
// cache, and who runs it.
func (c *Client) Users() (users []int64) {
	s := c.pools.reads.statements
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, e := range s.cache.byKey {
		users = append(users, e.value.users.Load())
	}
	return users
}

// Direct counts the statements that the connections that read keep themselves.
func (c *Client) Direct() (kept, evicted int64) {
	d := c.pools.reads.direct
	return d.kept.Load(), d.evicted.Load()
}

// Bound counts the statements of a transaction.
func (t *Tx) Bound() int { return len(t.s.(*transaction).bound) }

// Begins reports whether a transaction waits to begin.
func (c *Client) Begins() bool { return c.pools.writes.holder.Load() == holdsBegin }

// The cache of statements.

type Cache struct{ cache[int] }

func (c *Cache) Cached(key string) (int, bool)      { return cached(&c.cache, key) }
func (c *Cache) CachedBytes(key []byte) (int, bool) { return cached(&c.cache, key) }
func (c *Cache) Keep(key string, v int) (int, bool) { return c.keep(key, v) }
func (c *Cache) Clear() []int                       { return c.clear() }
func (c *Cache) Len() (ring, keys int)              { return len(c.ring), len(c.byKey) }

// SQLOf is the SQL of an expression.
func SQLOf[S, T, V any](h Handle[S, T, V]) string { return h.place().on.name() }

// WriteStatement is what a write is known by, what it binds, and what it is rendered as.
type WriteStatement struct {
	Key      []byte
	Shaped   bool
	Args     []any
	SQL      string
	Rendered []any
}

// StatementOf is the statement of a write that returns what read says, or whole rows if
// that is nil. An Insert inserts all rows.
func StatementOf[S, R, P any](w Write[S, R], read func(*Projection[S], *P), rows ...R) (st WriteStatement, err error) {
	var of []operand
	if read != nil {
		of = Select(new(Query[S, R]), read).made.reads()
	}
	var s squirrel.Sqlizer
	switch w := w.(type) {
	case *Insertion[S, R]:
		s, err = insertOf(&st, w, of, rows)
	case *Mutation[S, R]:
		n := w.change
		n.returned = of
		if st.Key, st.Args, st.Shaped, err = appendChange(&n, nil, nil, true); err == nil {
			s, err = renderChange(&n, true, math.MaxInt64)
		}
	}
	if err == nil {
		st.SQL, st.Rendered, err = s.ToSql()
	}
	return st, err
}

func insertOf[S, R any](st *WriteStatement, w *Insertion[S, R], of []operand, rows []R) (squirrel.Sqlizer, error) {
	i := w.in
	i.returned = of
	given, err := i.numbers()
	if err != nil {
		return nil, err
	}
	written, err := i.written(given)
	if err != nil {
		return nil, err
	}
	var args []any
	if i.from != nil {
		if err := i.checkFrom(len(rows), newEngine()); err != nil {
			return nil, err
		}
		args = i.from.appendArgs(nil)
	}
	for n := range rows {
		args = i.bindRow(args, given, w.fields(&rows[n], nil))
	}
	st.Key, st.Shaped = i.appendShape(nil, given, written, len(rows), modeInsertReturning)
	st.Args = i.appendArgs(args)
	return i.render(given, written, len(rows), st.Args, true, math.MaxInt64)
}

// Readable is the check of a value for a column of that type, on two kinds of engines.
func Readable(t reflect.Type, dated bool) (native, exact string) {
	r := &Relation{Name: "t", Columns: []string{"c"}}
	if dated {
		r.Dates = []uint16{0}
	}
	c := computed{operand: operand{ex: &expression{}}, column: operand{rel: r}, t: t}
	return c.check(math.MaxInt64), c.check(exactIntegers)
}

// MaxBatchDepth is the number of levels below the rows of a tree in a batch.
const MaxBatchDepth = maxBatchDepth
