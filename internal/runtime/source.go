package drey

import (
	"slices"
	"strings"

	"github.com/Masterminds/squirrel"
)

// Relation is what a source reads from. There is one for each source of a
// package; [Number] numbers it.
type Relation struct {
	id      uint32   // its place in the shape key, unique in the process
	Name    string   // the table, view or CTE, quoted
	Columns []string // quoted, in the order of the scan
	With    string   // the SELECT of a query source, "" otherwise
	Slices  []string // the markers in With that stand for the values of a list
	// Apart says that With would give other rows if SQLite flattened it or pushed
	// conditions down into it.
	Apart bool

	// Unique has the columns of each key that at most one row has.
	Unique [][]uint16
	// Key has the columns of a key that is different in every row.
	Key      []uint16
	Nullable []uint16 // the columns that may be NULL
	Numeric  []uint16 // the columns of numbers whose Go type may be bound as text
	Dates    []uint16 // the columns that are declared DATE
	Times    []uint16 // the columns of other times that are kept as text

	Defaults map[uint16]string // of a table: the columns' defaults, SQL
	Computed []uint16          // of a table: its generated columns
}

// names are the quoted names of some of the columns.
func (r *Relation) names(columns []uint16) []string {
	names := make([]string, len(columns))
	for i, col := range columns {
		names[i] = r.Columns[col]
	}
	return names
}

// dated reports whether a column is declared DATE.
func (r *Relation) dated(col uint16) bool { return slices.Contains(r.Dates, col) }

// numeric reports whether a column has numbers that may be bound as text.
func (r *Relation) numeric(col uint16) bool { return slices.Contains(r.Numeric, col) }

// nullable reports whether a column may be NULL.
func (r *Relation) nullable(col uint16) bool { return slices.Contains(r.Nullable, col) }

// bind returns how a value of the column is bound.
func (r *Relation) bind(col uint16, v any) any {
	o := operand{rel: r, col: col}
	return o.bind(v)
}

// list is an argument of a query source that takes the place of a slice
// marker, one placeholder for each value.
type list []any

// ListOf returns the argument for a list of values.
func ListOf[T any](values []T) list {
	l := make(list, len(values))
	for i, v := range values {
		l[i] = v
	}
	return l
}

// ListThrough is [ListOf], with each value bound through a function.
func ListThrough[T, V any](values []T, bind func(T) V) list {
	l := make(list, len(values))
	for i, v := range values {
		l[i] = bind(v)
	}
	return l
}

// cte returns the WITH clause of a query source whose arguments are with. An
// empty list becomes NULL, as in the static half.
func (r *Relation) cte(with []any) string {
	query := r.With
	next := 0
	for _, arg := range with {
		l, ok := arg.(list)
		if !ok {
			continue
		}
		marks := "NULL"
		if len(l) > 0 {
			marks = strings.Repeat(",?", len(l))[1:]
		}
		query = strings.Replace(query, r.Slices[next], marks, 1)
		next++
	}
	as := " AS ("
	if r.Apart {
		as = " AS MATERIALIZED ("
	}
	return "WITH " + r.Name + " (" + strings.Join(r.Columns, ", ") + ")" + as + "\n" + query + "\n)"
}

// flatten appends the arguments of a query source, lists value by value.
func flatten(args, with []any) []any {
	for _, arg := range with {
		if l, ok := arg.(list); ok {
			args = append(args, l...)
		} else {
			args = append(args, arg)
		}
	}
	return args
}

// From is the query for the rows that a squirrel statement selects. These have
// the columns of the source, by their names, and may have others. A missing
// column is an error before the first row. From is the only way to run a whole
// query of one's own; its SQL is rendered each time it runs.
func From[S, R any](source *Query[S, R], rows squirrel.Sqlizer) *Query[S, R] {
	n := *source
	n.native = []squirrel.Sqlizer{rows}
	return &n
}
