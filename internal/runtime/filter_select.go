package drey

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Record is a row of the columns that the caller of an endpoint has asked for. It is
// written as a JSON object that has them in their order.
type Record struct {
	names  []string
	values []reflect.Value // a **T for each
}

// All yields the names of the columns and their values, which are of the columns' Go
// types, or nil for NULL.
func (r Record) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for i, name := range r.names {
			if !yield(name, r.value(i)) {
				return
			}
		}
	}
}

// Get returns the value of a column, nil for NULL. It reports false if nobody has asked
// for the column.
func (r Record) Get(name string) (value any, ok bool) {
	i := slices.Index(r.names, name)
	if i < 0 {
		return nil, false
	}
	return r.value(i), true
}

func (r Record) value(i int) any {
	if p := r.values[i].Elem(); !p.IsNil() {
		return p.Elem().Interface()
	}
	return nil
}

// MarshalJSON writes an object.
func (r Record) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range r.names {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, part := range []any{name, r.value(i)} {
			text, err := json.Marshal(part)
			if err != nil {
				return nil, err
			}
			if j > 0 {
				b.WriteByte(':')
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// SelectFiltered is [ApplyFilters] for rows of some columns, which the values name, too:
// ?select=slug,clicks&clicks=gte.10. They are columns that the filters allow, each once,
// or all of them where the values have no select.
//
//	records, err := drey.SelectFiltered(&db.Links.Query, allowed, r.URL.Query())
//	found, err := records.All(ctx, c) // [{"slug": "nest", "clicks": 12}, …]
func SelectFiltered[S, R any](q *Query[S, R], f *FilterSet[S], values url.Values) (*Query[S, Record], error) {
	r := &filtering[S]{FilterSet: f, limit: f.bounds.DefaultLimit, selects: true}
	r.read(values)
	if r.errors != nil {
		return nil, r.errors
	}
	return bounded(records(q, r), r), nil
}

// PageSelected is [PageFiltered] for the rows of [SelectFiltered]. A cursor is one of
// the rows, whatever is selected of them.
func PageSelected[S, R any](ctx context.Context, c Conn, q *Query[S, R], pages *PageFilters[S], values url.Values) (*PageOf[Record], error) {
	r := &filtering[S]{FilterSet: pages.filters, selects: true}
	return pageFiltered(ctx, c, q, pages, values, r, func(q *Query[S, R]) *Query[S, Record] { return records(q, r) })
}

// records is the query for the selected columns.
func records[S, R any](q *Query[S, R], r *filtering[S]) *Query[S, Record] {
	names := r.selected
	if names == nil {
		names = r.selectable()
	}
	of, types := make([]operand, len(names)), make([]reflect.Type, len(names))
	for i, name := range names {
		c, _ := r.reads(name)
		of[i], types[i] = *c.on, reflect.PointerTo(c.of)
	}
	n := &Query[S, Record]{clauses: q.clauses}
	n.made = q.made.reading(of)
	n.fields = func(row *Record, to []any) []any {
		*row = Record{names, make([]reflect.Value, len(names))}
		for i, t := range types {
			row.values[i] = reflect.New(t)
			place := row.values[i].Interface()
			if at, ok := place.(**time.Time); ok {
				place = ScanTime(at)
			}
			to = append(to, place)
		}
		return to
	}
	return n
}

// selectable are the names of the columns that can be selected.
func (r *filtering[S]) selectable() []string {
	names := slices.AppendSeq(r.names(), maps.Keys(r.more))
	slices.Sort(names)
	return slices.Compact(names)
}

// selectsColumns reads the names after select.
func (r *filtering[S]) selectsColumns(v string, i int) {
	switch {
	case !r.selects:
		r.fail("select", nil, "columns cannot be selected")
		return
	case i > 0:
		r.fail("select", nil, "it is there twice")
		return
	}
	for name := range strings.SplitSeq(v, ",") {
		switch _, ok := r.reads(name); {
		case !ok:
			r.fail("select", r.selectable(), "%q is no column", name)
			return
		case slices.Contains(r.selected, name):
			r.fail("select", nil, "column %s is there twice", name)
			return
		}
		r.selected = append(r.selected, name)
	}
}
