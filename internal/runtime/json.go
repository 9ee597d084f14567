package drey

import (
	"context"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// AppendJSON appends the rows of a query as JSON: what [json.Marshal] writes of what
// [Query.All] returns. It is for a handler that only passes rows on, and faster: it keeps
// one row at a time, and where the fields of the row's struct have none but the types
// below, named by tags, it needs neither reflection nor a check of what was written.
//
// Those types are int64, float64, bool, string, time.Time, [UnixTime] and [JSON], and
// pointers to them. Rows with others, and trees, are read with All and written with
// json.Marshal.
func AppendJSON[S, R any](ctx context.Context, c Conn, q *Query[S, R], to []byte) ([]byte, error) {
	fields, columns := written(&q.scans, len(q.made.levels()) > 0)
	if columns == nil {
		rows, err := q.All(ctx, c)
		if err != nil {
			return to, err
		}
		text, err := json.Marshal(rows)
		return append(to, text...), err
	}
	out, err := appendRows(ctx, c, &q.clauses, append(slices.Grow(to, 1<<14), '['), fields, columns)
	if err != nil {
		return to, err
	}
	return append(out, ']'), nil
}

// written are where a row's columns are scanned, and how each is written. There are none if
// rows are not written here.
func written[R any](s *scans[R], tree bool) (fields []any, columns jsonRow) {
	if tree || s.begin != nil || s.fields == nil {
		return nil, nil
	}
	row := new(R)
	fields = s.fields(row, nil)
	if columns = jsonRowOf(reflect.TypeFor[R]()); !columns.has(reflect.ValueOf(row).Pointer(), fields) {
		return nil, nil
	}
	return fields, columns
}

// appendRows appends the rows with a comma between them. The fields of each are scanned
// to the same places.
func appendRows[S any](ctx context.Context, c Conn, q *clauses[S], out []byte, fields []any, columns jsonRow) ([]byte, error) {
	start := len(out)
	err := each(ctx, q, c, modeRows, nil, func(from scanRow) (bool, error) {
		if len(out) > start {
			out = append(out, ',')
		}
		var ok bool
		if out, ok = appendCells(out, from, fields, columns); ok {
			return true, nil
		}
		if err := scan(rowsOf(q), from, fields); err != nil {
			return false, err
		}
		var err error
		for i, c := range columns {
			if out, err = appendField(append(out, c.name...), fields[i]); err != nil {
				return false, err
			}
		}
		out = append(out, '}')
		return true, nil
	})
	return out, err
}

// jsonRow has the fields of a row's struct that is written here.
type jsonRow []jsonField

type jsonField struct {
	name   string // what stands before it, such as `,"id":`
	offset uintptr
	kind   reflect.Type // of its address
	form   form
}

// jsonRows has the jsonRow of each type that was asked for, nil if it is not written here.
var jsonRows sync.Map

func jsonRowOf(t reflect.Type) jsonRow {
	if r, ok := jsonRows.Load(t); ok {
		return r.(jsonRow)
	}
	r := newJSONRow(t)
	jsonRows.Store(t, r)
	return r
}

func newJSONRow(t reflect.Type) jsonRow {
	if t.Kind() != reflect.Struct || t.NumField() == 0 || marshals(t) {
		return nil
	}
	var r jsonRow
	seen := map[string]bool{}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, kind := f.Tag.Get("json"), reflect.PointerTo(f.Type)
		if !f.IsExported() || !plain(tag) || seen[tag] || !appendable(reflect.Zero(kind).Interface()) {
			return nil
		}
		seen[tag] = true
		r = append(r, jsonField{`,"` + tag + `":`, f.Offset, kind, formOf(f.Type)})
	}
	r[0].name = "{" + r[0].name[1:]
	return r
}

// has reports whether the columns are scanned into all fields of the row at an address, in
// their order.
func (r jsonRow) has(row uintptr, fields []any) bool {
	if len(r) == 0 || len(r) != len(fields) {
		return false
	}
	for i, f := range r {
		if reflect.TypeOf(fields[i]) != f.kind || reflect.ValueOf(fields[i]).Pointer() != row+f.offset {
			return false
		}
	}
	return true
}

// marshals reports whether a type says itself what it is as JSON.
func marshals(t reflect.Type) bool {
	t = reflect.PointerTo(t)
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// plain reports whether a tag is a name that stands in JSON as it is, and nothing else.
func plain(tag string) bool {
	return tag != "" && tag != "-" && !strings.ContainsFunc(tag, func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	})
}

// appendable reports whether appendField knows what to do with a field's address.
func appendable(field any) bool {
	switch field.(type) {
	case *int64, **int64, *float64, **float64, *bool, **bool, *string, **string, *time.Time, **time.Time,
		*UnixTime, **UnixTime, *JSON:
		return true
	}
	return false
}

// appendField appends the value at an address.
func appendField(to []byte, field any) ([]byte, error) {
	switch v := field.(type) {
	case *int64:
		return strconv.AppendInt(to, *v, 10), nil
	case **int64:
		return appendPointed(to, *v)
	case *bool:
		return strconv.AppendBool(to, *v), nil
	case **bool:
		return appendPointed(to, *v)
	case *string:
		if verbatim(*v) {
			return append(append(append(to, '"'), *v...), '"'), nil
		}
		field = *v
	case **string:
		return appendPointed(to, *v)
	case **float64:
		return appendPointed(to, *v)
	case *UnixTime:
		return appendField(to, &v.Time)
	case **UnixTime:
		return appendPointed(to, *v)
	case *time.Time:
		text, err := v.MarshalJSON()
		return append(to, text...), err
	case **time.Time:
		return appendPointed(to, *v)
	case *JSON:
		if *v == nil {
			return append(to, "null"...), nil
		}
	}
	text, err := json.Marshal(field)
	return append(to, text...), err
}

func appendPointed[T any](to []byte, v *T) ([]byte, error) {
	if v == nil {
		return append(to, "null"...), nil
	}
	return appendField(to, v)
}

// verbatim reports whether [json.Marshal] writes a text as it is.
func verbatim(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
