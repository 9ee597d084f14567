package drey

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/Masterminds/squirrel"
)

// The functions on text and numbers are SQLite's: Lower and Upper change ASCII letters
// alone, and Length and Substr end at a NUL.
// See https://www.sqlite.org/lang_corefunc.html.

// Plus is a + b. A result that is outside of the range of T cannot be read; that holds
// for the others as well.
func Plus[S any, T Numeric, V any](a, b Handle[S, T, V]) Expression[S, T, V] {
	return calculated(fnPlus, a, b)
}

// Minus is a - b.
func Minus[S any, T Numeric, V any](a, b Handle[S, T, V]) Expression[S, T, V] {
	return calculated(fnMinus, a, b)
}

// Times is a * b.
func Times[S any, T Numeric, V any](a, b Handle[S, T, V]) Expression[S, T, V] {
	return calculated(fnTimes, a, b)
}

// Over is a / b, without its fraction if T is an integer. It is NULL where b is 0.
func Over[S any, T Numeric, V any](a, b Handle[S, T, V]) Expression[S, T, sql.Null[T]] {
	fn := fnOver
	if _, float := endOf(reflect.TypeFor[T]()); float { // SQLite cuts the fraction off if both are stored as integers
		fn = fnOverReal
	}
	return expressed[S, T, sql.Null[T]](a.place().on.calls(fn, true, *b.place().on))
}

// Abs is abs(n). That of the smallest integer is an error of SQLite's.
func Abs[S any, T Numeric, V any](n Handle[S, T, V]) Expression[S, T, V] { return calculated(fnAbs, n) }

// Round is round(n, digits), rounded to so many digits after the point.
func Round[S any, T Numeric, V any](n Handle[S, T, V], digits int) Expression[S, T, V] {
	fn := fnRound
	if _, float := endOf(reflect.TypeFor[T]()); !float {
		fn = fnRoundInteger
	}
	return made(fn, n, constant(digits))
}

// Lower is lower(text).
func Lower[S any, T ~string, V any](text Handle[S, T, V]) Expression[S, T, V] {
	return calculated(fnLower, text)
}

// Upper is upper(text).
func Upper[S any, T ~string, V any](text Handle[S, T, V]) Expression[S, T, V] {
	return calculated(fnUpper, text)
}

// Trim is trim(text), without spaces at both ends.
func Trim[S any, T ~string, V any](text Handle[S, T, V]) Expression[S, T, V] {
	return calculated(fnTrim, text)
}

// Length is length(text), in characters.
func Length[S any, T ~string](text Handle[S, T, T]) Expression[S, int64, int64] {
	return expressed[S, int64, int64](text.place().on.calls(fnLength, false))
}

// Substr is substr(text, start, length), in characters. The first has number 1; a
// negative start counts from the end.
func Substr[S any, T ~string, V any](text Handle[S, T, V], start, length int) Expression[S, T, V] {
	return made(fnSubstr, text, constant(start), constant(length))
}

// Replace is replace(text, old, new).
func Replace[S any, T ~string, V any](text Handle[S, T, V], old, new string) Expression[S, T, V] {
	return made(fnReplace, text, constant(old), constant(new))
}

// Concat is a || b.
func Concat[S any, T ~string, V any](a, b Handle[S, T, V]) Expression[S, T, V] {
	return calculated(fnConcat, a, b)
}

// Collation is the name of one of SQLite's collating sequences, or one that the
// connection has registered.
type Collation string

// The collations of SQLite. See https://www.sqlite.org/datatype3.html#collation.
const (
	Binary Collation = "BINARY" // compares bytes
	NoCase Collation = "NOCASE" // as Binary, with ASCII letters of either case equal
	RTrim  Collation = "RTRIM"  // as Binary, without spaces at the end
)

// Collate is the text under a collation, by which it is compared and ordered.
func Collate[S any, T ~string, V any](text Handle[S, T, V], c Collation) Expression[S, T, V] {
	e := calculated(fnCollate, text)
	e.at.on.ex.term.(*call).text = quoted(string(c))
	return e
}

// Cast is the value as one of another type: CAST(x AS INTEGER), REAL or TEXT, by what T
// is. A text that does not begin with a number is 0.
// See https://www.sqlite.org/lang_expr.html#castexpr.
func Cast[T Numeric | ~string, S, F, V any](h Handle[S, F, V]) Expression[S, T, sql.Null[T]] {
	to := "INTEGER"
	if reflect.TypeFor[T]().Kind() == reflect.String {
		to = "TEXT"
	} else if _, float := endOf(reflect.TypeFor[T]()); float {
		to = "REAL"
	}
	on := h.place().on
	return expressed[S, T, sql.Null[T]](&operand{rel: on.rel, ex: &expression{term: &call{fn: fnCast, of: []operand{*on}, text: to}, nullable: true}})
}

// Coalesce is the value, or v where it is NULL.
func Coalesce[S, T any](h Handle[S, T, sql.Null[T]], v T) Expression[S, T, T] {
	on := h.place().on
	return expressed[S, T, T](on.calls(fnCoalesce, false, on.constant(v)))
}

// IfNull is a, or b where a is NULL.
func IfNull[S, T, V any](a Handle[S, T, sql.Null[T]], b Handle[S, T, V]) Expression[S, T, V] {
	on := b.place().on
	return expressed[S, T, V](a.place().on.calls(fnCoalesce, on.nullable(), *on))
}

// NullIf is the value, or NULL where it equals v.
func NullIf[S, T, V any](h Handle[S, T, V], v T) Expression[S, T, sql.Null[T]] {
	on := h.place().on
	return expressed[S, T, sql.Null[T]](on.calls(fnNullIf, true, on.constant(v)))
}

// Choose is a where the predicate holds, and b elsewhere: CASE WHEN … THEN a ELSE b
// END.
func Choose[S, T, V any](where Predicate[S], a, b Handle[S, T, V]) Expression[S, T, V] {
	on, or := a.place().on, b.place().on
	c := &call{fn: fnCase, of: []operand{condition(&where.node), *on, *or}}
	return expressed[S, T, V](on.with(c, on.nullable() || or.nullable()))
}

// condition is the operand that is true where the node holds.
func condition(n *node) operand {
	if n.op == opAbsent {
		n = &node{op: opError, vals: [2]any{errAbsent}}
	}
	return operand{ex: &expression{term: n, nullable: true}}
}

var errAbsent = errors.New("an expression chooses by a predicate that is absent")

// Cases are the values of a CASE: the one of the first predicate that holds.
type Cases[S, T any] struct{ of []operand }

// When begins a CASE: it is v where the predicate holds.
//
//	rank := drey.When(db.Links.Title.HasPrefix("go"), 1).When(db.Links.MaxClicks.IsNull(), 2).Else(3)
//	db.Links.OrderBy(rank.Asc())
func When[S, T any](where Predicate[S], v T) *Cases[S, T] {
	return new(Cases[S, T]).When(where, v)
}

// When adds a value for the rows that no earlier predicate holds for.
func (c *Cases[S, T]) When(where Predicate[S], v T) *Cases[S, T] {
	return &Cases[S, T]{append(slices.Clip(c.of), condition(&where.node), constant(v))}
}

// Else is the CASE, and v where no predicate holds.
func (c *Cases[S, T]) Else(v T) Expression[S, T, T] {
	return expressed[S, T, T](&operand{ex: &expression{term: &call{fn: fnCase, of: append(slices.Clip(c.of), constant(v))}}})
}

// End is the CASE, and NULL where no predicate holds.
func (c *Cases[S, T]) End() Expression[S, T, sql.Null[T]] {
	return expressed[S, T, sql.Null[T]](&operand{ex: &expression{term: &call{fn: fnCase, of: c.of}, nullable: true}})
}

// calculated is a function of handles on values of one type.
func calculated[S, T, V any](fn function, h ...Handle[S, T, V]) Expression[S, T, V] {
	more := make([]operand, 0, 2)
	for _, next := range h[1:] {
		more = append(more, *next.place().on)
	}
	return made(fn, h[0], more...)
}

func made[S, T, V any](fn function, h Handle[S, T, V], more ...operand) Expression[S, T, V] {
	on := h.place().on
	nullable := on.nullable()
	for i := range more {
		nullable = nullable || more[i].nullable()
	}
	return expressed[S, T, V](on.calls(fn, nullable, more...))
}

// quoted quotes an identifier.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// function is a function of SQL. Its value is part of the shape key.
type function uint8

const (
	fnNullIf function = iota
	fnCoalesce
	fnPlus
	fnMinus
	fnTimes
	fnOver
	fnOverReal
	fnAbs
	fnRound
	fnRoundInteger
	fnLower
	fnUpper
	fnTrim
	fnLength
	fnSubstr
	fnReplace
	fnConcat
	fnCollate
	fnCast
	fnCase // of conditions and their values in turns, and the one of ELSE, if it is there
	fnCompare
	fnValue // of a column, without its declared type
	fnPath
	fnMeasure // and those that come after it
)

// The functions of a group's rows. Each has itself with a FILTER after it.
const (
	fnCountRows = fnMeasure + 2*iota
	fnCount
	fnCountDistinct
	fnSum
	fnAvg
	fnMin
	fnMax
	fnGroupConcat
	fnTime // and those that come after it
)

// functions has the SQL of each function. {0} is its first operand, and {text} a text
// that is a part of the shape.
var functions = slices.Concat([]string{
	fnNullIf:       "nullif({0}, {1})",
	fnCoalesce:     "coalesce({0}, {1})",
	fnPlus:         "({0} + {1})",
	fnMinus:        "({0} - {1})",
	fnTimes:        "({0} * {1})",
	fnOver:         "({0} / {1})",
	fnOverReal:     "({0} / CAST({1} AS REAL))",
	fnAbs:          "abs({0})",
	fnRound:        "round({0}, {1})",
	fnRoundInteger: "CAST(round({0}, {1}) AS INTEGER)",
	fnLower:        "lower({0})",
	fnUpper:        "upper({0})",
	fnTrim:         "trim({0})",
	fnLength:       "length({0})",
	fnSubstr:       "substr({0}, {1}, {2})",
	fnReplace:      "replace({0}, {1}, {2})",
	fnConcat:       "({0} || {1})",
	fnCollate:      "({0} COLLATE {text})",
	fnCast:         "CAST({0} AS {text})",
	fnCompare:      "({0} {text} {1})",
	fnValue:        "+{0}",
	fnPath:         "json_extract({0}, {text})",
}, measures(), timeFunctions())

// call is a function of some operands.
type call struct {
	fn   function
	of   []operand
	text string
}

// calls returns the function of the operand and more.
func (o *operand) calls(fn function, nullable bool, more ...operand) *operand {
	return o.with(&call{fn: fn, of: append([]operand{*o}, more...)}, nullable)
}

// parts calls text with each part of the function's SQL that is the same for all
// operands, and operand with each of those.
func (c *call) parts(text func(string), operand func(*operand)) {
	if c.fn == fnCase {
		text("CASE")
		for i := range c.of {
			switch {
			case i%2 == 1:
				text(" THEN ")
			case i+1 < len(c.of):
				text(" WHEN ")
			default:
				text(" ELSE ")
			}
			operand(&c.of[i])
		}
		text(" END")
		return
	}
	for rest := functions[c.fn]; ; {
		before, after, more := strings.Cut(rest, "{")
		text(before)
		if !more {
			return
		}
		if after, more = strings.CutPrefix(after, "text}"); more {
			text(c.text)
		} else {
			operand(&c.of[after[0]-'0'])
			after = after[len("0}"):]
		}
		rest = after
	}
}

func (c *call) render(in scope) (string, []any, error) {
	var parts []any
	c.parts(func(s string) { parts = append(parts, fragment{text: s}) }, func(o *operand) { parts = append(parts, part{o, in}) })
	return squirrel.ConcatExpr(parts...).ToSql()
}

func (c *call) shape(by naming) ([]byte, bool) {
	key, ok := binary.AppendUvarint([]byte{termCall, byte(c.fn)}, uint64(len(c.of))), true
	for i := range c.of {
		if key, ok = c.of[i].appendShape(key, by); !ok {
			return key, false
		}
	}
	return append(binary.AppendUvarint(key, uint64(len(c.text))), c.text...), true
}

func (c *call) source() *Relation { return sourceOf(c.of) }
func (c *call) nested() bool      { return nestedIn(c.of) }
func (c *call) walk(f func(term)) { walkIn(c.of, f) }

func (c *call) bound() (args []any) {
	c.parts(func(string) {}, func(o *operand) { args = o.appendArgs(args) })
	return args
}

// The kinds of terms, by which the shape of each begins.
const (
	termValue byte = iota
	termCall
	termQuery
	termRaw
	termSame
	termCondition
	termKey
	termNewRow
	termOutput
)

// value is a constant.
type value struct{ v any }

func constant(v any) operand { return operand{ex: &expression{term: value{v}}} }

// constant is a value that stands beside the operand.
func (o *operand) constant(v any) operand {
	c := constant(o.bind(v))
	c.ex.dated, c.ex.numeric = o.dated(), o.numeric()
	return c
}

func (v value) render(scope) (string, []any, error) { return "?", []any{v.v}, nil }
func (v value) shape(naming) ([]byte, bool)         { return []byte{termValue}, true }
func (v value) bound() []any                        { return []any{v.v} }
func (v value) source() *Relation                   { return nil }
func (v value) nested() bool                        { return false }
func (v value) walk(func(term))                     {}

// An operand is a term as well, of the same value.

func (o *operand) shape(by naming) ([]byte, bool) { return o.appendShape([]byte{termSame}, by) }
func (o *operand) bound() []any                   { return o.appendArgs(nil) }

// A node is one that is true, false or NULL.

func (n *node) shape(by naming) ([]byte, bool) { return n.appendShape([]byte{termCondition}, by) }
func (n *node) bound() []any                   { return n.appendArgs(nil) }

func (n *node) walk(f func(term)) {
	n.on.walk(f)
	for i := range n.kids {
		n.kids[i].walk(f)
	}
	if t, ok := n.vals[0].(term); ok {
		f(t)
		t.walk(f)
	}
}

func (n *node) nested() bool {
	switch n.op {
	case opInQuery, opNotInQuery, opExists, opNative:
		return true
	case opTerm:
		return n.vals[0].(term).nested()
	}
	return n.on.nested() || slices.ContainsFunc(n.kids, func(kid node) bool { return kid.nested() })
}

func (n *node) source() *Relation {
	if t, ok := n.vals[0].(term); ok {
		return t.source()
	}
	for i := range n.kids {
		if r := n.kids[i].source(); r != nil {
			return r
		}
	}
	return n.on.source()
}
