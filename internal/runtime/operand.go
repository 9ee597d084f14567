package drey

import (
	"encoding/binary"
	"slices"
	"sync/atomic"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// operand is what a handle stands for: a column, or an expression over columns of
// the same source.
type operand struct {
	rel *Relation
	ex  *expression // nil for a column
	col uint16      // index into rel.columns
}

// expression is what is computed for each row.
type expression struct {
	term
	dated    bool // it is a date, as a DATE column has them
	nullable bool
	numeric  bool // it is a number that may be bound as text
	memo     atomic.Pointer[memo]
}

// memo is what the SQL of an expression depends on, and its values. An expression does
// not change, and often stands in many queries.
type memo struct {
	shape []byte
	ok    bool
	args  []any
}

// keeps returns what is kept of the expression.
func (e *expression) keeps() *memo {
	k := e.memo.Load()
	if k == nil {
		k = &memo{args: e.term.bound()}
		k.shape, k.ok = e.term.shape(numbered)
		e.memo.Store(k)
	}
	return k
}

// with is an expression of the operand's kind of values.
func (o *operand) with(t term, nullable bool) *operand {
	return &operand{ex: &expression{term: t, dated: o.dated(), nullable: nullable, numeric: o.numeric()}}
}

// term is a part of a statement that renders itself for the rows of some source.
type term interface {
	// render returns the SQL.
	render(in scope) (text string, args []any, err error)
	// shape and bound return what the SQL depends on, and its values. If they
	// appended them to the caller's, those would be on the heap for every query.
	// shape reports false if there is none.
	shape(by naming) ([]byte, bool)
	bound() []any
	// source is the relation whose columns it is about, nil if there are none.
	source() *Relation
	// nested reports whether there is, or may be, a query in it.
	nested() bool
	// walk calls f with the terms in it.
	walk(f func(term))
}

// appendShape appends what the operand's SQL depends on.
func (o *operand) appendShape(key []byte, by naming) ([]byte, bool) {
	if o.ex == nil {
		return binary.AppendUvarint(key, uint64(o.col)+1), true
	}
	if by == numbered {
		k := o.ex.keeps()
		return append(append(key, 0), k.shape...), k.ok
	}
	shape, ok := o.ex.shape(by)
	return append(append(key, 0), shape...), ok
}

// appendArgs appends the values that the operand binds.
func (o *operand) appendArgs(args []any) []any {
	if o.ex == nil {
		return args
	}
	return append(args, o.ex.keeps().args...)
}

// render returns the operand's SQL.
func (o *operand) render(in scope) (string, []any, error) {
	if o.ex == nil {
		return in.tableOf(o.rel) + o.rel.Columns[o.col], nil, in.among(o)
	}
	return o.ex.render(in)
}

// name is what messages call the operand.
func (o *operand) name() string {
	if o.ex == nil {
		return o.rel.Columns[o.col]
	}
	text, _, err := o.ex.render(scope{})
	if err != nil {
		return "an expression"
	}
	return text
}

func (o *operand) source() *Relation {
	if o.ex == nil {
		return o.rel
	}
	return o.ex.source()
}

func (o *operand) nested() bool { return o.ex != nil && o.ex.nested() }

// walk calls f with the operand's term, and with those in it.
func (o *operand) walk(f func(term)) {
	if o.ex != nil {
		f(o.ex.term)
		o.ex.term.walk(f)
	}
}

func walkIn(of []operand, f func(term)) {
	for i := range of {
		of[i].walk(f)
	}
}

func nestedIn(of []operand) bool {
	return slices.ContainsFunc(of, func(o operand) bool { return o.nested() })
}

// sourceOf is the source of the first operand that has one.
func sourceOf(of []operand) *Relation {
	for i := range of {
		if r := of[i].source(); r != nil {
			return r
		}
	}
	return nil
}

// is reports whether both are the same column.
func (o *operand) is(col uint16) bool { return o.ex == nil && o.col == col }

// nullable reports whether the operand may be NULL.
func (o *operand) nullable() bool {
	if o.ex == nil {
		return o.rel.nullable(o.col)
	}
	return o.ex.nullable
}

// dated reports whether its values are those of a DATE column.
func (o *operand) dated() bool {
	if o.ex == nil {
		return o.rel.dated(o.col)
	}
	return o.ex.dated
}

// bind returns how a value is bound that is compared with the operand or assigned
// to it.
func (o *operand) bind(v any) any {
	switch {
	case v == nil:
	case o.dated():
		return sqldriver.BindDate(v)
	case o.numeric():
		return sqldriver.BindNumber(v)
	}
	return v
}

// numeric reports whether its values are numbers that may be bound as text. SQLite
// makes numbers of those beside a column, and not beside an expression.
func (o *operand) numeric() bool {
	if o.ex == nil {
		return o.rel != nil && o.rel.numeric(o.col)
	}
	return o.ex.numeric
}

// bindList is bind for each value of a list.
func (o *operand) bindList(l list) list {
	if o.dated() || o.numeric() {
		for i, v := range l {
			l[i] = o.bind(v)
		}
	}
	return l
}

// all are the relation's columns.
func (r *Relation) all() []operand {
	list := make([]operand, len(r.Columns))
	for i := range list {
		list[i] = operand{rel: r, col: uint16(i)}
	}
	return list
}

// operands are some of the relation's columns.
func (r *Relation) operands(columns []uint16) []operand {
	list := make([]operand, len(columns))
	for i, col := range columns {
		list[i] = operand{rel: r, col: col}
	}
	return list
}
