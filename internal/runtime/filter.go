package runtime

import (
	"context"
	"database/sql"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FilterSet is what an endpoint lets its callers filter and order the rows of
// source S by, in the words of PostgREST:
//
//	?slug=like.go*&clicks=gte.10&tag=in.(a,b)&title=is.null
//	&or=(clicks.eq.0,and(clicks.gt.9,slug.not.eq.x))
//	&order=created_at.desc.nullslast,id&limit=50&offset=100
//
// See https://docs.postgrest.org/en/stable/references/api/tables_views.html.
// There are eq, neq, in, is.null, is.true and is.false, gt, gte, lt and lte for
// what has an order, like and ilike for text, each also behind not. The two
// likes are one, SQLite's, which ignores the case of ASCII letters. Unlike
// there, nothing can be selected or embedded.
//
// Values are parsed to the column's Go type and bound: times as RFC 3339 or a
// date, blobs as hexadecimal digits, other types by their UnmarshalText or Scan.
// A FilterSet is made once and safe for concurrent use.
type FilterSet[S any] struct {
	columns  map[string]place[S]
	bounds   FilterBounds
	reserved []string // columns that have a parameter's name
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

// NewFilters allows these columns, under their names in SQL.
func NewFilters[S any](columns ...AnyColumn[S]) *FilterSet[S] {
	f := &FilterSet[S]{columns: map[string]place[S]{}, bounds: defaultBounds}
	for _, c := range columns {
		p := c.place()
		name := p.rel.columns[p.col]
		f.add(strings.ReplaceAll(name[1:len(name)-1], `""`, `"`), p)
	}
	return f
}

// As allows a column under a name of its own, which it needs if it is called
// like a parameter: order, limit, offset, select, and, or.
func (f *FilterSet[S]) As(name string, column AnyColumn[S]) *FilterSet[S] {
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

func (f *FilterSet[S]) add(name string, p place[S]) {
	f.columns[name] = p
	if slices.Contains(parameters, name) {
		f.reserved = append(slices.Clip(f.reserved), name)
	}
}

// parameters are the names that are no column's.
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

// FilterErrors is everything that is wrong with a request's filters: what a
// handler answers 400 with.
type FilterErrors []FilterError

func (e FilterErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// ApplyFilters narrows, orders and limits the query as the values say. Any
// error of theirs is FilterErrors.
func ApplyFilters[S, R any](q *Query[S, R], f *FilterSet[S], values url.Values) (*Query[S, R], error) {
	if f.reserved != nil {
		return nil, fmt.Errorf("%w: %s", errReservedName, strings.Join(f.reserved, ", "))
	}
	r := &filtering[S]{FilterSet: f, limit: f.bounds.DefaultLimit}
	r.read(values)
	if r.errors != nil {
		return nil, r.errors
	}
	q = q.Where(r.where...).OrderBy(r.order...).Limit(r.limit)
	if r.offset > 0 {
		q = q.Offset(r.offset)
	}
	return q, nil
}

// PageFiltered returns a page of the query, narrowed and ordered as the values
// say. Beside the filters and order they have the limit, which is the page's
// size, and the cursor of an earlier page; an offset they cannot have. Any error
// of theirs is FilterErrors, a cursor of another query included. What the page
// is like, [Query.Page] says.
func PageFiltered[S, R any](ctx context.Context, c Conn, q *Query[S, R], f *FilterSet[S], values url.Values) (*PageOf[R], error) {
	const name = "cursor"
	if _, taken := f.columns[name]; taken || f.reserved != nil {
		return nil, fmt.Errorf("%w: %s", errReservedName, strings.Join(append(f.reserved, name), ", "))
	}
	r := &filtering[S]{FilterSet: f, limit: f.bounds.DefaultLimit}
	cursors := values[name]
	filters := maps.Clone(values)
	delete(filters, name)
	r.read(filters)
	if len(cursors) > 1 {
		r.fail(name, nil, "it is there twice")
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
	page, err := q.Where(r.where...).OrderBy(r.order...).Page(ctx, c, strings.Join(cursors, ""), r.limit)
	if errors.Is(err, ErrCursor) {
		r.fail(name, nil, "it does not belong to these filters and this order")
		return nil, r.errors
	}
	return page, err
}

var errReservedName = errors.New("a column with a parameter's name needs FilterSet.As")

// filtering is one request's filters while they are read.
type filtering[S any] struct {
	*FilterSet[S]
	where         []Predicate[S]
	order         []Ordering[S]
	limit, offset int
	predicates    int
	errors        FilterErrors
}

func (r *filtering[S]) fail(parameter string, valid []string, format string, args ...any) {
	r.errors = append(r.errors, FilterError{parameter, fmt.Sprintf(format, args...), valid})
}

func (r *filtering[S]) names() []string { return slices.Sorted(maps.Keys(r.columns)) }

func (r *filtering[S]) read(values url.Values) {
	size := 0
	for name, list := range values {
		for _, v := range list {
			size += len(name) + len(v)
		}
	}
	if size > r.bounds.Bytes {
		r.fail("query", nil, "it has %d bytes, and may have %d", size, r.bounds.Bytes)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for i, v := range values[name] {
			switch name {
			case "limit":
				r.limit = r.number(name, v, i, r.bounds.MaxLimit)
			case "offset":
				r.offset = r.number(name, v, i, r.bounds.MaxOffset)
			case "order":
				r.orders(v, i)
			case "select":
				r.fail(name, nil, "columns cannot be selected")
			case "and", "or", "not.and", "not.or":
				if !strings.HasPrefix(v, "(") {
					r.fail(name, nil, "its conditions stand in parentheses, separated by commas")
					continue
				}
				s := &scanner{text: name + v}
				if p, ok := r.condition(name, s, 0); ok {
					if s.text != "" {
						r.fail(name, nil, "%q follows the last parenthesis", s.text)
					}
					r.where = append(r.where, p)
				}
			default:
				s := &scanner{text: v, whole: true}
				if p, ok := r.compare(name, name, s); ok {
					r.where = append(r.where, p)
				}
			}
		}
	}
}

func (r *filtering[S]) number(name, v string, i, most int) int {
	n, err := strconv.Atoi(v)
	switch {
	case i > 0:
		r.fail(name, nil, "it is there twice")
	case err != nil || n < 0 || n > most || strings.HasPrefix(v, "+"):
		r.fail(name, nil, "%q is no number from 0 to %d", v, most)
	}
	return n
}

func (r *filtering[S]) orders(v string, i int) {
	if i > 0 {
		r.fail("order", nil, "it is there twice")
		return
	}
	var seen []string
	for part := range strings.SplitSeq(v, ",") {
		name, words := r.longest(part)
		c, ok := r.columns[name]
		switch {
		case !ok:
			r.fail("order", r.names(), "%q is no column", part)
			return
		case slices.Contains(seen, name):
			r.fail("order", nil, "column %s is there twice", name)
			return
		}
		seen = append(seen, name)
		o := Ordering[S]{rel: c.rel, col: c.col}
		how, ok := orderWords[words]
		if !ok {
			r.fail("order", []string{"asc", "desc", "nullsfirst", "nullslast"}, "%q is no order of column %s", strings.TrimPrefix(words, "."), name)
			return
		}
		o.how = how
		r.order = append(r.order, o)
	}
}

var orderWords = map[string]direction{
	"": 0, ".asc": 0, ".desc": descending,
	".nullsfirst": nullsFirst, ".asc.nullsfirst": nullsFirst, ".desc.nullsfirst": descending | nullsFirst,
	".nullslast": nullsLast, ".asc.nullslast": nullsLast, ".desc.nullslast": descending | nullsLast,
}

// longest cuts the longest name of a column off the front: one may have a dot.
func (r *filtering[S]) longest(text string) (name, rest string) {
	for n := range r.columns {
		after, ok := strings.CutPrefix(text, n)
		if ok && len(n) >= len(name) && (after == "" || after[0] == '.') {
			name, rest = n, after
		}
	}
	return name, rest
}

// condition reads and(…), or(…) or column.operator.value, each perhaps behind
// not.
func (r *filtering[S]) condition(parameter string, s *scanner, depth int) (p Predicate[S], ok bool) {
	not := s.cut("not.and(") || s.cut("not.or(")
	if not {
		s.text = strings.TrimPrefix(s.last, "not.") + s.text
	}
	all := s.cut("and(")
	if !all && !s.cut("or(") {
		name, rest := r.longest(s.text)
		if name == "" {
			r.fail(parameter, r.names(), "%q does not begin with a column, and( or or(", s.text)
			return p, false
		}
		s.text = strings.TrimPrefix(rest, ".")
		return r.compare(parameter, name, s)
	}
	if depth == r.bounds.Depth {
		r.fail(parameter, nil, "and and or are more than %d deep", r.bounds.Depth)
		return p, false
	}
	var kids []Predicate[S]
	for {
		kid, ok := r.condition(parameter, s, depth+1)
		if !ok {
			return p, false
		}
		kids = append(kids, kid)
		if s.cut(")") {
			break
		}
		if !s.cut(",") {
			r.fail(parameter, nil, "a parenthesis is not closed")
			return p, false
		}
	}
	if p = Or(kids...); all {
		p = And(kids...)
	}
	if not {
		p = Not(p)
	}
	return p, true
}

// compare reads operator.value.
func (r *filtering[S]) compare(parameter, name string, s *scanner) (p Predicate[S], ok bool) {
	c, ok := r.columns[name]
	if !ok {
		r.fail(parameter, r.names(), "there is no such column")
		return p, false
	}
	if r.predicates++; r.predicates > r.bounds.Predicates {
		if r.predicates == r.bounds.Predicates+1 {
			r.fail(parameter, nil, "there are more than %d conditions", r.bounds.Predicates)
		}
		return p, false
	}
	not := s.cut("not.")
	word, rest, found := strings.Cut(s.text, ".")
	o, known := c.can.operators()[word]
	if !found || !known {
		r.fail(parameter, slices.Sorted(maps.Keys(c.can.operators())), "%q is no operator of column %s", word, name)
		return p, false
	}
	s.text = rest
	n := node{rel: c.rel, col: c.col, op: o}
	parse := func(text string) (any, bool) {
		v, err := c.parse(text)
		if err != nil {
			r.fail(parameter, nil, "%q is no value of column %s: %v", text, name, err)
		}
		return v, err == nil
	}
	switch o {
	case opIsNull:
		if n, ok = r.is(parameter, name, s, n, c); !ok {
			return p, false
		}
	case opIn:
		texts, problem := s.list()
		if problem == "" && len(texts) > r.bounds.List {
			problem = fmt.Sprintf("the list has %d values, and may have %d", len(texts), r.bounds.List)
		}
		if problem != "" {
			r.fail(parameter, nil, "%s", problem)
			return p, false
		}
		for _, text := range texts {
			v, ok := parse(text)
			if !ok {
				return p, false
			}
			n.list = append(n.list, v)
		}
	default:
		text, problem := s.value()
		if problem != "" {
			r.fail(parameter, nil, "%s", problem)
			return p, false
		}
		if o == opLike {
			n.vals[0] = strings.ReplaceAll(text, "*", "%")
		} else if n.vals[0], ok = parse(text); !ok {
			return p, false
		}
	}
	if p = (Predicate[S]{n}); not {
		p = Not(p)
	}
	return p, true
}

// is reads what follows is.
func (r *filtering[S]) is(parameter, name string, s *scanner, n node, c place[S]) (node, bool) {
	text, _ := s.value()
	valid := c.can.truths()
	switch {
	case !slices.Contains(valid, text):
		r.fail(parameter, valid, "%q is nothing that column %s can be", text, name)
		return n, false
	case text != "null":
		n.op, n.vals[0] = opEq, text == "true"
	}
	return n, true
}

// filterable says which operators a column has.
type filterable uint8

const (
	canOrder filterable = 1 << iota
	canMatch
	canBeNull
	isBool
)

func (can filterable) operators() map[string]op {
	ops := map[string]op{"eq": opEq, "neq": opNotEq, "in": opIn}
	if can&canOrder != 0 {
		ops["gt"], ops["gte"], ops["lt"], ops["lte"] = opGt, opGte, opLt, opLte
	}
	if can&canMatch != 0 {
		ops["like"], ops["ilike"] = opLike, opLike
	}
	if can&(canBeNull|isBool) != 0 {
		ops["is"] = opIsNull
	}
	return ops
}

func (can filterable) truths() []string {
	var words []string
	if can&isBool != 0 {
		words = append(words, "false", "true")
	}
	if can&canBeNull != 0 {
		words = append(words, "null")
	}
	return words
}

// scanner reads a condition from its front.
type scanner struct {
	text  string
	last  string // what was cut last
	whole bool   // the value goes to the end, whatever is in it
}

func (s *scanner) cut(prefix string) bool {
	rest, ok := strings.CutPrefix(s.text, prefix)
	if ok {
		s.text, s.last = rest, prefix
	}
	return ok
}

// value reads up to a comma or a parenthesis, or a string in double quotes.
func (s *scanner) value() (text, problem string) {
	if s.whole {
		return s.text, ""
	}
	if s.cut(`"`) {
		return s.quoted()
	}
	end := strings.IndexAny(s.text, ",()")
	if end < 0 {
		return "", "a parenthesis is not closed"
	}
	text, s.text = s.text[:end], s.text[end:]
	return text, ""
}

// quoted reads to the closing quote. A backslash takes the next character for
// itself.
func (s *scanner) quoted() (text, problem string) {
	var b strings.Builder
	for i := 0; i < len(s.text); i++ {
		switch ch := s.text[i]; {
		case ch == '"':
			s.text = s.text[i+1:]
			return b.String(), ""
		case ch == '\\' && i+1 < len(s.text):
			i++
			b.WriteByte(s.text[i])
		default:
			b.WriteByte(ch)
		}
	}
	return "", "a quote is not closed"
}

// list reads (a,b,"c").
func (s *scanner) list() (texts []string, problem string) {
	inner := &scanner{text: s.text}
	if !inner.cut("(") {
		return nil, "a list stands in parentheses"
	}
	for {
		text, problem := inner.value()
		if problem != "" {
			return nil, problem
		}
		texts = append(texts, text)
		if inner.cut(")") {
			break
		}
		if !inner.cut(",") {
			return nil, "the values of a list stand between commas; one with a comma or a parenthesis in double quotes"
		}
	}
	switch {
	case len(texts) == 1 && texts[0] == "" && inner.last == ")" && s.text[1] == ')':
		return nil, "the list is empty"
	case s.whole && inner.text != "":
		return nil, fmt.Sprintf("%q follows the list", inner.text)
	}
	s.text = inner.text
	return texts, ""
}

// parseText makes a value of type T of a text.
func parseText[T any](text string) (any, error) {
	var v T
	err := parseInto(&v, text)
	return v, err
}

var errNotFilterable = errors.New("a column of this type cannot be compared with a text")

func parseInto(to any, text string) (err error) {
	switch to := to.(type) {
	case *string:
		*to = text
	case *int64:
		*to, err = strconv.ParseInt(text, 10, 64)
	case *int:
		*to, err = strconv.Atoi(text)
	case *int32:
		var n int64
		n, err = strconv.ParseInt(text, 10, 32)
		*to = int32(n)
	case *int16:
		var n int64
		n, err = strconv.ParseInt(text, 10, 16)
		*to = int16(n)
	case *uint8:
		var n uint64
		n, err = strconv.ParseUint(text, 10, 8)
		*to = uint8(n)
	case *float64:
		*to, err = strconv.ParseFloat(text, 64)
		if math.IsNaN(*to) || math.IsInf(*to, 0) {
			return errors.New("it is no finite number")
		}
	case *bool:
		if text != "true" && text != "false" {
			return errors.New("it is neither true nor false")
		}
		*to = text == "true"
	case *[]byte:
		*to, err = hex.DecodeString(strings.TrimPrefix(text, `\x`))
	case *time.Time:
		*to, err = parseTime(text)
	case *TextTime:
		to.Time, err = parseTime(text)
	case *UnixTime:
		var t time.Time
		t, err = parseTime(text)
		*to = Unix(t)
	case *UnixMilli:
		var t time.Time
		t, err = parseTime(text)
		*to = Milli(t)
	case *JSON:
		return errNotFilterable
	case encoding.TextUnmarshaler:
		return to.UnmarshalText([]byte(text))
	case sql.Scanner:
		return to.Scan(text)
	default:
		return errNotFilterable
	}
	var number *strconv.NumError
	if errors.As(err, &number) {
		return number.Err
	}
	return err
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("it is no time like 2026-01-02T15:04:05Z and no date like 2026-01-02")
}
