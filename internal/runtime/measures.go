package drey

import (
	"database/sql"
	"slices"
)

// Measure is what SQL computes from the rows of a group of source S: an aggregate
// function. It is an [Expression] of the groups, so that it can be read, compared
// (HAVING) and ordered by, and functions make further expressions of it. What is asked
// of rows, such as a Where of source S, does not take it.
type Measure[S, T, V any] struct {
	Expression[Grouped[S], T, V]
}

// Filter is the measure of the rows for which all of the predicates hold as well:
// count(*) FILTER (WHERE …). Absent predicates are left out.
//
//	bots := drey.CountRows[db.ClicksSource]().Filter(db.Clicks.IsBot.Eq(true))
func (m Measure[S, T, V]) Filter(predicates ...Predicate[S]) Measure[S, T, V] {
	on := m.at.on
	c := *on.ex.term.(*call)
	if c.fn.filtered() {
		last := len(c.of) - 1
		predicates = append([]Predicate[S]{{*c.of[last].ex.term.(*node)}}, predicates...)
		c.of = c.of[:last]
	} else {
		c.fn++
	}
	all := And(predicates...)
	if all.node.op == opAbsent {
		return m
	}
	c.of = append(slices.Clip(c.of), condition(&all.node))
	m.Expression = expressed[Grouped[S], T, V](on.with(&c, on.nullable()))
	return m
}

// CountRows is count(*), the number of rows.
func CountRows[S any]() Measure[S, int64, int64] {
	return Measure[S, int64, int64]{expressed[Grouped[S], int64, int64](&operand{ex: &expression{term: &call{fn: fnCountRows}}})}
}

// Count is count(value), the number of rows in which the value is not NULL.
func Count[S any](h AnyHandle[S]) Measure[S, int64, int64] {
	return measure[S, int64, int64](h, fnCount, false)
}

// CountDistinct is count(DISTINCT value), the number of different values. NULL is not
// counted.
func CountDistinct[S any](h AnyHandle[S]) Measure[S, int64, int64] {
	return measure[S, int64, int64](h, fnCountDistinct, false)
}

// Sum is coalesce(sum(n), 0). NULLs are ignored; the sum of no values is 0. If a sum of
// integers leaves the range of 64 bits, SQLite returns an error; if it leaves that of
// T, it cannot be read.
func Sum[S any, T Numeric, V any](n Handle[S, T, V]) Measure[S, T, T] {
	return measure[S, T, T](n, fnSum, false)
}

// Avg is avg(n), the mean of the values. NULLs are ignored; it is NULL without
// values.
func Avg[S any, T Numeric, V any](n Handle[S, T, V]) Measure[S, float64, sql.Null[float64]] {
	return measure[S, float64, sql.Null[float64]](n, fnAvg, true)
}

// Min is min(value), the smallest value, NULL without values.
func Min[S, T, V any](h Handle[S, T, V]) Measure[S, T, sql.Null[T]] {
	return measure[S, T, sql.Null[T]](h, fnMin, true)
}

// Max is max(value), the largest value, NULL without values.
func Max[S, T, V any](h Handle[S, T, V]) Measure[S, T, sql.Null[T]] {
	return measure[S, T, sql.Null[T]](h, fnMax, true)
}

// GroupConcat is group_concat(text, separator): the texts that are not NULL, one after
// the other, in an order that is not defined. It is NULL without texts.
func GroupConcat[S any, T ~string, V any](text Handle[S, T, V], separator string) Measure[S, T, sql.Null[T]] {
	return measure[S, T, sql.Null[T]](text, fnGroupConcat, true, constant(separator))
}

func measure[S, T, V any](h AnyHandle[S], fn function, nullable bool, more ...operand) Measure[S, T, V] {
	on := h.place().on.calls(fn, nullable, more...)
	if fn != fnMin && fn != fnMax && fn != fnSum { // those are values like the operand's
		on.ex.dated, on.ex.numeric = false, false
	}
	return Measure[S, T, V]{expressed[Grouped[S], T, V](on)}
}

// measures are the functions from [fnMeasure] on, each without its FILTER and with it.
// The filter is the last operand.
func measures() (list []string) {
	for _, m := range []struct{ before, after, filter string }{
		{"count(*)", "", "{0}"},
		{"count({0})", "", "{1}"},
		{"count(DISTINCT {0})", "", "{1}"},
		{"coalesce(sum({0})", ", 0)", "{1}"},
		{"avg({0})", "", "{1}"},
		{"min({0})", "", "{1}"},
		{"max({0})", "", "{1}"},
		{"group_concat({0}, {1})", "", "{2}"},
	} {
		list = append(list, m.before+m.after, m.before+" FILTER (WHERE "+m.filter+")"+m.after)
	}
	return list
}

// aggregates reports whether the function is one of a group's rows.
func (f function) aggregates() bool { return f >= fnMeasure && f < fnTime }

// filtered reports whether it is such a function with a FILTER.
func (f function) filtered() bool { return f.aggregates() && (f-fnMeasure)%2 == 1 }
