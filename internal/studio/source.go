package studio

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// listed marks the rows of a source for the data layer, which tells sources apart by a type.
type listed struct{}

// source is a table, a view or a query whose rows are shown.
type source struct {
	columns  []*column // those that are shown; hidden ones are in it, and nothing reads them
	key      []string  // by which rows are told apart, "" for the rowid of a table; nil if nothing does
	relation *drey.Relation
	query    *drey.Query[listed, struct{}]
	filters  *drey.FilterSet[listed]
	pages    *drey.PageFilters[listed] // nil without a key
	handles  []drey.AnyColumn[listed]  // of columns
	byKey    []drey.Ordering[listed]
}

// column is a column of a source.
type column struct {
	Name     string
	Declared string
	Kind     kind
	Hidden   bool
	NotNull  bool
	Filter   string // its name in an address: "" if it cannot be in one
}

// parameters are the names that the grammar of filters has taken.
var parameters = []string{"and", "or", "not.and", "not.or", "order", "limit", "offset", "select", "cursor"}

// The bounds of an address.
var bounds = drey.FilterBounds{Predicates: 50, List: 200, Depth: 4, DefaultLimit: 50, MaxLimit: 500, Bytes: 16 << 10}

// newSource makes the source of a table, a view or a query. with is the query's SELECT. key
// has names of columns, "rowid" under whatever name the table lets it have.
func newSource(name, with string, columns []*column, key []string, rowid string) *source {
	s := &source{columns: columns, key: key}
	r := &drey.Relation{Name: sqltext.Quote(name), With: with}
	for i, c := range columns {
		r.Columns = append(r.Columns, sqltext.Quote(c.Name))
		if !c.NotNull {
			r.Nullable = append(r.Nullable, uint16(i))
		}
	}
	if rowid != "" && slices.Contains(key, rowid) && !slices.ContainsFunc(columns, func(c *column) bool { return sqltext.EqualFold(c.Name, rowid) }) {
		r.Columns = append(r.Columns, sqltext.Quote(rowid))
	}
	for _, name := range key {
		i := slices.IndexFunc(r.Columns, func(quoted string) bool { return sqltext.EqualFold(quoted, sqltext.Quote(name)) })
		r.Key = append(r.Key, uint16(i))
	}
	if r.Key != nil {
		r.Unique = [][]uint16{r.Key}
	}
	s.relation = drey.Number(r)
	s.query = drey.NewQuery[listed, struct{}](r, func(*struct{}, []any) []any { return nil })
	s.filters = drey.NewFilters[listed]().Bounded(bounds)
	taken := slices.Clone(parameters)
	for i, c := range columns {
		h := handle(r, uint16(i), c.Kind, c.NotNull || slices.Contains(r.Key, uint16(i)))
		s.handles = append(s.handles, h)
		if c.Hidden {
			continue
		}
		for c.Filter = c.Name; slices.Contains(taken, c.Filter) || c.Filter == "" || strings.HasPrefix(c.Filter, parameterMark); {
			c.Filter += "_"
			c.Filter = strings.TrimLeft(c.Filter, parameterMark)
		}
		taken = append(taken, c.Filter)
		s.filters = s.filters.As(c.Filter, h.(drey.AnyHandle[listed]))
	}
	if len(columns) < len(r.Columns) && !slices.Contains(taken, rowid) {
		s.filters = s.filters.As(rowid, handle(r, uint16(len(columns)), numberKind, true).(drey.AnyHandle[listed]))
	}
	if r.Key != nil {
		var of []drey.AnyColumn[listed]
		for _, i := range r.Key {
			h := drey.NewNamedTextColumn[listed, anyText](r, i)
			of, s.byKey = append(of, h), append(s.byKey, h.Asc())
		}
		s.pages = s.filters.Paged(of...)
	}
	return s
}

// handle is the data layer's handle on a column.
func handle(r *drey.Relation, i uint16, k kind, notNull bool) drey.AnyColumn[listed] {
	switch k {
	case textKind:
		return handleOf[string](r, i, notNull)
	case numberKind:
		return handleOf[numberText](r, i, notNull)
	case numericKind:
		return handleOf[numericText](r, i, notNull)
	case boolKind:
		return handleOf[boolText](r, i, notNull)
	case blobKind:
		return handleOf[blobText](r, i, notNull)
	}
	return handleOf[anyText](r, i, notNull)
}

func handleOf[T ~string](r *drey.Relation, i uint16, notNull bool) drey.AnyColumn[listed] {
	if notNull {
		return drey.NewNamedTextColumn[listed, T](r, i)
	}
	return drey.NewNullNamedTextColumn[listed, T](r, i)
}

// record is a row: some of the columns, cut to a length, and its key.
type record struct {
	cells []cell
	key   []any
}

// cell is a value, as far as it is read.
type cell struct {
	value any
	size  int64 // in bytes, of a text or a BLOB
	cut   bool
}

// reading says what is read of each row.
type reading struct {
	columns []int // of the source's columns
	cut     int   // bytes or characters of a value, 0 for all of them
}

type scanned struct {
	values, sizes []sql.Null[any]
	key           []sql.Null[any]
}

// of is the query for records.
func (s *source) records(q *drey.Query[listed, struct{}], want reading) *drey.Query[listed, scanned] {
	values, sizes, key := []drey.Expression[listed, any, sql.Null[any]]{}, []drey.Expression[listed, any, sql.Null[any]]{}, []drey.Expression[listed, any, sql.Null[any]]{}
	expr := func(form string, i int) drey.Expression[listed, any, sql.Null[any]] {
		return drey.Expr[any](q, strings.ReplaceAll(form, "{}", s.relation.Columns[i]))
	}
	form := "+{}" // without a declared type, of which the driver would make times
	if want.cut > 0 {
		form = "CASE typeof({}) WHEN 'text' THEN substr({}, 1, " + strconv.Itoa(want.cut) + ") WHEN 'blob' THEN substr({}, 1, " + strconv.Itoa(want.cut) + ") ELSE {} END"
	}
	for _, i := range want.columns {
		values = append(values, expr(form, i))
		sizes = append(sizes, expr("CASE typeof({}) WHEN 'text' THEN octet_length({}) WHEN 'blob' THEN octet_length({}) END", i))
	}
	for _, i := range s.relation.Key {
		key = append(key, expr("+{}", int(i)))
	}
	return drey.Select(q, func(p *drey.Projection[listed], to *scanned) {
		to.values, to.sizes, to.key = make([]sql.Null[any], len(values)), make([]sql.Null[any], len(values)), make([]sql.Null[any], len(key))
		for i := range values {
			drey.ReadInto(p, values[i], &to.values[i])
			drey.ReadInto(p, sizes[i], &to.sizes[i])
		}
		for i := range key {
			drey.ReadInto(p, key[i], &to.key[i])
		}
		if len(values)+len(key) == 0 {
			to.key = make([]sql.Null[any], 1)
			drey.ReadInto(p, drey.Expr[any](q, "NULL"), &to.key[0])
		}
	})
}

func recordsOf(rows []scanned) []record {
	list := make([]record, len(rows))
	for i, row := range rows {
		for j, v := range row.values {
			c := cell{value: v.V}
			size, sized := row.sizes[j].V.(int64)
			c.size = size
			switch v := c.value.(type) {
			case string:
				c.cut = sized && int64(len(v)) < size
			case []byte:
				c.cut = sized && int64(len(v)) < size
			case nil:
				if sized { // an empty BLOB, of which the driver makes nil
					c.value = []byte{}
				}
			}
			list[i].cells = append(list[i].cells, c)
		}
		for _, v := range row.key {
			list[i].key = append(list[i].key, v.V)
		}
	}
	return list
}

// page is a page of rows.
type page struct {
	rows       []record
	next, prev string // cursors
	more       bool   // there are rows that no cursor leads to: the source does not have a key
}

var errOffset = errors.New("offset: pages go by their cursor")

// page reads the page that an address asks for.
func (s *source) page(ctx context.Context, c drey.Conn, values url.Values, want reading) (*page, error) {
	if values.Has("offset") {
		return nil, errOffset
	}
	q := s.records(s.query, want)
	if s.pages != nil {
		found, err := drey.PageFiltered(ctx, c, q, s.pages, values)
		if err != nil {
			return nil, err
		}
		return &page{rows: recordsOf(found.Rows), next: found.Next, prev: found.Prev}, nil
	}
	limit, err := s.limit(values)
	if err != nil {
		return nil, err
	}
	q, err = drey.ApplyFilters(q, s.filters, values)
	if err != nil {
		return nil, err
	}
	found, err := q.Limit(limit+1).All(ctx, c)
	if err != nil {
		return nil, err
	}
	p := &page{more: len(found) > limit}
	p.rows = recordsOf(found[:min(limit, len(found))])
	return p, nil
}

// limit is how many rows an address asks for.
func (s *source) limit(values url.Values) (int, error) {
	if !values.Has("limit") {
		return bounds.DefaultLimit, nil
	}
	n, err := strconv.Atoi(values.Get("limit"))
	if err != nil || n < 1 || n > bounds.MaxLimit {
		return 0, drey.FilterErrors{{Parameter: "limit", Problem: fmt.Sprintf("it is a number from 1 to %d", bounds.MaxLimit)}}
	}
	return n, nil
}

// narrowed are the predicates of an address, without order and page.
func narrowed(values url.Values) url.Values {
	n := maps.Clone(values)
	for _, name := range []string{"order", "limit", "cursor", "offset", "select"} {
		delete(n, name)
	}
	return n
}

// count counts rows up to a number.
func (s *source) count(ctx context.Context, c drey.Conn, values url.Values, most int) (int64, error) {
	where, err := s.filters.Where(narrowed(values))
	if err != nil {
		return 0, err
	}
	return s.query.Where(where).Limit(most+1).Count(ctx, c)
}

// selected reads the names of the columns that an address asks for.
func (s *source) selected(values url.Values) ([]int, error) {
	var list []int
	if !values.Has("select") {
		for i, c := range s.columns {
			if !c.Hidden && len(list) < mostColumns {
				list = append(list, i)
			}
		}
		return list, nil
	}
	for name := range strings.SplitSeq(values.Get("select"), ",") {
		i := slices.IndexFunc(s.columns, func(c *column) bool { return c.Filter == name && name != "" })
		if i < 0 {
			return nil, drey.FilterErrors{{Parameter: "select", Problem: fmt.Sprintf("there is no column %q", name)}}
		}
		if !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list, nil
}

// mostColumns is how many columns are shown unless others are asked for.
const mostColumns = 250
