package drey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// FilterSet says by what the callers of an endpoint may filter and order the
// rows of source S. They do it in the words of PostgREST:
//
//	?slug=like.go*&clicks=gte.10&tag=in.(a,b)&title=is.null
//	&or=(clicks.eq.0,and(clicks.gt.9,slug.not.eq.x))
//	&order=created_at.desc.nullslast,id&limit=50&offset=100
//
// See https://docs.postgrest.org/en/stable/references/api/tables_views.html.
// The operators are eq, neq, in, isdistinct, is.null, is.true and is.false; gt, gte,
// lt and lte for values that have an order; like and ilike for text. A not in front
// negates any of them. in.() finds nothing. like and ilike are the same: SQLite's LIKE,
// which ignores the case of ASCII letters. A backslash before *, %, _ or another
// backslash stands for what follows it. Unlike in PostgREST, nothing can be embedded, and
// columns are selected by [SelectFiltered] and [PageSelected] alone.
//
// Values are parsed to the column's Go type and bound: times as RFC 3339 or a
// date, blobs as hexadecimal digits, other types by their UnmarshalText or Scan,
// or else by their kind. If no text can be parsed to a column's type, the column
// has is.null at most. A FilterSet is made once and is safe for concurrent use.
type FilterSet[S any] struct {
	columns map[string]at[S]
	more    map[string]at[S] // can be read, besides them
	bounds  FilterBounds
}

// FilterBounds limit what a caller can ask for. Zero stands for the default.
type FilterBounds struct {
	Predicates   int // of a request: 20
	List         int // values of an in: 100
	Depth        int // of and and or in each other: 3
	DefaultLimit int // where the request has none: 50
	MaxLimit     int // 500
	MaxOffset    int // 10,000
	Bytes        int // of all names and values: 4,096
}

var defaultBounds = FilterBounds{Predicates: 20, List: 100, Depth: 3, DefaultLimit: 50, MaxLimit: 500, MaxOffset: 10_000, Bytes: 4096}

// NewFilters allows these columns, under their names in SQL. Like
// regexp.MustCompile it panics: if a column has the name of a parameter and needs
// [FilterSet.As], or if a column does not have an operator, because no text can be
// parsed to its type.
func NewFilters[S any](columns ...AnyColumn[S]) *FilterSet[S] {
	f := &FilterSet[S]{columns: map[string]at[S]{}, bounds: defaultBounds}
	for _, c := range columns {
		p := c.place()
		f.add(plainName(p.on), p)
	}
	return f
}

// plainName is the column's name in SQL, without quotes.
func plainName(on *operand) string {
	name := on.name()
	return strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
}

// Readable allows columns, whatever their types, that [SelectFiltered] and [PageSelected]
// read and that callers cannot filter or order by: ?select=slug,metadata.
func (f *FilterSet[S]) Readable(columns ...AnyColumn[S]) *FilterSet[S] {
	n := *f
	n.more = maps.Clone(f.more)
	for _, c := range columns {
		if n.more == nil {
			n.more = map[string]at[S]{}
		}
		n.more[plainName(c.place().on)] = *c.place()
	}
	return &n
}

// reads is a column that can be selected.
func (f *FilterSet[S]) reads(name string) (c at[S], ok bool) {
	if c, ok = f.columns[name]; !ok {
		c, ok = f.more[name]
	}
	return c, ok
}

// As allows a column under another name, or an expression. A column needs that if it
// is called like a parameter: order, limit, offset, select, and, or. It panics as
// [NewFilters] does.
func (f *FilterSet[S]) As(name string, column AnyHandle[S]) *FilterSet[S] {
	n := *f
	n.columns = maps.Clone(f.columns)
	n.add(name, column.place())
	return &n
}

// Bounded sets the bounds.
func (f *FilterSet[S]) Bounded(b FilterBounds) *FilterSet[S] {
	n := *f
	for _, bound := range []struct{ to, from *int }{
		{&n.bounds.Predicates, &b.Predicates}, {&n.bounds.List, &b.List}, {&n.bounds.Depth, &b.Depth},
		{&n.bounds.DefaultLimit, &b.DefaultLimit}, {&n.bounds.MaxLimit, &b.MaxLimit},
		{&n.bounds.MaxOffset, &b.MaxOffset}, {&n.bounds.Bytes, &b.Bytes},
	} {
		if *bound.from != 0 {
			*bound.to = *bound.from
		}
	}
	n.bounds.DefaultLimit = min(n.bounds.DefaultLimit, n.bounds.MaxLimit)
	return &n
}

func (f *FilterSet[S]) add(name string, column *at[S]) {
	p := *column
	p.can |= filterableAs(p.of)
	switch {
	case slices.Contains(parameters, name):
		panic(fmt.Sprintf("filters: column %s has the name of a parameter: %v", p.on.name(), errReservedName))
	case len(p.can.operators()) == 0:
		panic(fmt.Sprintf("filters: column %s cannot be compared with a text, for want of an UnmarshalText of its Go type", p.on.name()))
	}
	f.columns[name] = p
}

// parameters are the names that columns cannot have.
var parameters = []string{"and", "not.and", "not.or", "offset", "limit", "or", "order", "select"}

// FilterError is one thing that is wrong with a request's filters.
type FilterError struct {
	Parameter string   `json:"parameter"`       // its name in the query string
	Problem   string   `json:"problem"`         // what is wrong with it
	Valid     []string `json:"valid,omitempty"` // what there is to choose from
}

func (e FilterError) Error() string {
	s := e.Parameter + ": " + e.Problem
	if len(e.Valid) > 0 {
		s += "; there are " + strings.Join(e.Valid, ", ")
	}
	return s
}

// FilterErrors is everything that is wrong with a request's filters. A handler
// answers 400 with it.
type FilterErrors []FilterError

func (e FilterErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// ApplyFilters narrows, orders and limits the query as the values say. An error
// in the values is FilterErrors. One of them comes only when the query runs,
// because engines differ: on D1, an integer past 2^53. (If the query is nested
// in another, that is the driver's own error.) If there are more values than
// the engine takes, the error is [ErrTooManyParameters].
func ApplyFilters[S, R any](q *Query[S, R], f *FilterSet[S], values url.Values) (*Query[S, R], error) {
	r := &filtering[S]{FilterSet: f, limit: f.bounds.DefaultLimit}
	r.read(values)
	if r.errors != nil {
		return nil, r.errors
	}
	return bounded(q, r), nil
}

// bounded applies the filters and their bounds to the query.
func bounded[S, R any](q *Query[S, R], r *filtering[S]) *Query[S, R] {
	q = narrowed(q, r).Limit(r.limit)
	if r.offset > 0 {
		q = q.Offset(r.offset)
	}
	return q
}

// Where is the predicate of the filters alone, for where there is more than one use of
// it: below an aggregate, in the filter of a measure. An order, a limit and an offset in
// the values are errors. What [ApplyFilters] leaves to the query's run is the driver's
// own error here.
func (f *FilterSet[S]) Where(values url.Values) (Predicate[S], error) {
	r := &filtering[S]{FilterSet: f}
	r.read(values)
	for _, name := range []string{"limit", "offset", "order"} {
		if values.Has(name) {
			r.fail(name, nil, "it is not a filter")
		}
	}
	if r.errors != nil {
		return Predicate[S]{}, r.errors
	}
	return And(r.where...), nil
}

// PageFilters are filters for [PageFiltered], with the key that tells rows apart.
type PageFilters[S any] struct {
	filters *FilterSet[S]
	key     []AnyColumn[S]
	counted bool
}

// Counted returns the filters for pages that say in Total how many rows pass them:
// SELECT COUNT(*) FROM (SELECT 1 FROM … WHERE …). Both statements are one [Batch], of one
// state of the database.
func (p *PageFilters[S]) Counted() *PageFilters[S] {
	n := *p
	n.counted = true
	return &n
}

// Paged returns the filters for [PageFiltered]. The key is a list of columns
// whose values no two rows share, as [Keyed] takes them; a table that has a key
// does not need it. Paged panics, as [NewFilters] does, if there is no such key,
// if a column of it may be NULL, or if a column is called cursor.
func (f *FilterSet[S]) Paged(key ...AnyColumn[S]) *PageFilters[S] {
	if _, taken := f.columns[cursorName]; taken {
		panic(fmt.Sprintf("filters: %v: %s", errReservedName, cursorName))
	}
	keyed := len(key) > 0
	for _, c := range f.columns {
		r := c.on.source() // nil of a constant
		keyed = keyed || r != nil && r.Key != nil
	}
	for _, c := range key {
		keyed = keyed && c.place().can&canBeNull == 0
	}
	if !keyed {
		panic(fmt.Sprintf("filters: %v; Paged takes them", ErrNoKey))
	}
	return &PageFilters[S]{filters: f, key: key}
}

// cursorName is the parameter that has a page's cursor.
const cursorName = "cursor"

// PageFiltered returns a page of the query, narrowed and ordered as the values
// say. Besides filters and an order the values may have the limit, which is the
// page's size, and the cursor of an earlier page, but not an offset. An error in
// the values is FilterErrors; that includes a cursor of another query.
// [Query.Page] describes the page.
func PageFiltered[S, R any](ctx context.Context, c Conn, q *Query[S, R], pages *PageFilters[S], values url.Values) (*PageOf[R], error) {
	return pageFiltered(ctx, c, q, pages, values, &filtering[S]{FilterSet: pages.filters}, func(q *Query[S, R]) *Query[S, R] { return q })
}

// pageFiltered is a page of what read makes of the query, once the values are read.
func pageFiltered[S, R, P any](ctx context.Context, c Conn, q *Query[S, R], pages *PageFilters[S], values url.Values, r *filtering[S], read func(*Query[S, R]) *Query[S, P]) (*PageOf[P], error) {
	if pages.key != nil {
		q = Keyed(q, pages.key...)
	}
	r.limit = r.bounds.DefaultLimit
	cursors := values[cursorName]
	filters := maps.Clone(values)
	delete(filters, cursorName)
	r.read(filters)
	if len(cursors) > 1 {
		r.fail(cursorName, nil, "it is there twice")
	}
	if values.Has("offset") {
		r.fail("offset", nil, "pages go by their cursor")
	}
	if r.limit == 0 && r.errors == nil {
		r.fail("limit", nil, "a page has a row at least")
	}
	if r.errors != nil {
		return nil, r.errors
	}
	turn := (*Query[S, P]).Page
	if pages.counted {
		turn = pageAndCount[S, P]
	}
	page, err := turn(narrowed(read(q), r), ctx, c, strings.Join(cursors, ""), r.limit)
	if errors.Is(err, ErrCursor) {
		r.fail(cursorName, nil, "it does not belong to these filters and this order")
		return nil, r.errors
	}
	return page, err
}

var errReservedName = errors.New("a column with a parameter's name needs FilterSet.As")
