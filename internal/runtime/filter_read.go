package drey

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// filtering is one request's filters while they are read.
type filtering[S any] struct {
	*FilterSet[S]
	where         []Predicate[S]
	order         []Ordering[S]
	limit, offset int
	selects       bool // columns, in select
	selected      []string
	predicates    int
	errors        FilterErrors
	wide          FilterErrors // of an engine that does not take all integers
}

// narrowed applies the filters to the query.
func narrowed[S, R any](q *Query[S, R], r *filtering[S]) *Query[S, R] {
	n := *q.Where(r.where...).OrderBy(r.order...)
	n.wide = join(q.wide, r.wide)
	return &n
}

// exactIntegers is the largest integer that JavaScript, and so D1, can tell from
// the next.
const exactIntegers = 1<<53 - 1

// distance is how far from 0 a bound integer is, and 0 for anything else. For the
// smallest integer it is that of the largest.
func distance(bound any) uint64 {
	if valuer, ok := bound.(driver.Valuer); ok {
		bound, _ = valuer.Value() // the query has the error
	}
	switch v := reflect.ValueOf(bound); {
	case v.CanInt() && v.Int() == math.MinInt64:
		return math.MaxInt64
	case v.CanInt():
		return uint64(max(v.Int(), -v.Int()))
	case v.CanUint():
		return v.Uint()
	}
	return 0
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
			if !utf8.ValidString(v) {
				r.fail(name, nil, "%q is not valid UTF-8", v)
				continue
			}
			switch name {
			case "limit":
				r.limit = r.number(name, v, i, r.bounds.MaxLimit)
			case "offset":
				r.offset = r.number(name, v, i, r.bounds.MaxOffset)
			case "order":
				r.orders(v, i)
			case "select":
				r.selectsColumns(v, i)
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
		o := Ordering[S]{on: *c.on}
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

// condition reads and(…), or(…) or column.operator.value, each perhaps after
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
	n := node{on: *c.on, op: o}
	parse := func(text string) (any, bool) {
		v, err := parseText(c.of, text)
		if err == nil && c.on.dated() {
			err = sqldriver.CheckDate(v)
		}
		if err == nil {
			switch far := distance(c.on.bind(v)); {
			case far > math.MaxInt64:
				err = errors.New("SQLite has no integer as large")
			case far > exactIntegers:
				r.wide = append(r.wide, FilterError{Parameter: parameter, Problem: fmt.Sprintf("%q is beyond %d, past which the database does not tell integers apart", text, int64(exactIntegers))})
			}
		}
		if err != nil {
			r.fail(parameter, nil, "%q is no value of column %s: %v", text, name, err)
		}
		return v, err == nil
	}
	switch o {
	case opIsNull:
		if n, ok = r.is(parameter, name, s, n, c, parse); !ok {
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
			n.list = append(n.list, c.on.bind(v))
		}
		if len(texts) == 0 {
			if n.op = opNever; not {
				r.fail(parameter, nil, "a list of nothing cannot be negated")
				return p, false
			}
		}
	default:
		text, problem := s.value()
		if problem != "" {
			r.fail(parameter, nil, "%s", problem)
			return p, false
		}
		if o == opLike {
			n = likeEscaped[S](c.on, patternOf(text)).node
			if n.op == opError {
				r.fail(parameter, nil, "%v", n.vals[0])
				return p, false
			}
		} else if n.vals[0], ok = parse(text); !ok {
			return p, false
		} else {
			n.vals[0] = c.on.bind(n.vals[0])
		}
	}
	if p = (Predicate[S]{n}); not {
		p = Not(p)
	}
	return p, true
}

// patternOf makes a pattern of what comes after like: * stands for any text, as % does,
// and _ for a character. A backslash before any of them takes its meaning.
func patternOf(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case ch == '*':
			b.WriteByte('%')
		case ch != '\\':
			b.WriteByte(ch)
		case i+1 < len(text) && text[i+1] == '*':
			b.WriteByte('*')
			i++
		case i+1 < len(text) && strings.IndexByte(`%_\`, text[i+1]) >= 0:
			b.WriteString(text[i : i+2])
			i++
		default: // a backslash before nothing of that
			b.WriteString(`\\`)
		}
	}
	return b.String()
}

// is reads what comes after is.
func (r *filtering[S]) is(parameter, name string, s *scanner, n node, c at[S], parse func(string) (any, bool)) (_ node, ok bool) {
	text, _ := s.value()
	valid := c.can.truths()
	switch {
	case !slices.Contains(valid, text):
		r.fail(parameter, valid, "%q is nothing that column %s can be", text, name)
		return n, false
	case text != "null":
		n.op = opEq
		n.vals[0], ok = parse(text)
		return n, ok
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
	canParse // a text can be parsed to a value of it
)

func (can filterable) operators() map[string]op {
	ops := map[string]op{}
	if can&canParse != 0 {
		ops["eq"], ops["neq"], ops["in"], ops["isdistinct"] = opEq, opNotEq, opIn, opDistinct
	}
	if can&canParse != 0 && can&canOrder != 0 {
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
