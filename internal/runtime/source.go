package drey

import (
	"encoding/binary"
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
	Tenant   []uint16          // the column that says whose a row is, if one does

	Upkeep *Upkeep // of a table: the columns that the runtime keeps up, nil if there are none
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

// cte is the WITH clause of a query source with its arguments. An empty list becomes
// NULL, as in the static half.
type cte struct {
	*Relation
	with []any
}

func (c cte) ToSql() (string, []any, error) {
	r := c.Relation
	var b strings.Builder
	b.WriteString("WITH " + r.Name + " (" + strings.Join(r.Columns, ", ") + ")" + " AS ")
	if r.Apart {
		b.WriteString("MATERIALIZED ")
	}
	b.WriteString("(\n")
	var args []any
	at, next := 0, 0
	for _, arg := range c.with {
		switch arg := arg.(type) {
		case list:
			marker := r.Slices[next]
			next++
			end := at + strings.Index(r.With[at:], marker)
			b.WriteString(r.With[at:end])
			marks := "NULL"
			if len(arg) > 0 {
				marks = strings.Repeat(",?", len(arg))[1:]
			}
			b.WriteString(marks)
			at = end + len(marker)
			args = append(args, arg...)
		case place:
			text, bound, err := arg.render()
			if err != nil {
				return "", nil, err
			}
			b.WriteString(r.With[at:arg.at])
			b.WriteString(text)
			at = arg.at + len(placeholder)
			args = append(args, bound...)
		default:
			args = append(args, arg)
		}
	}
	b.WriteString(r.With[at:])
	b.WriteString("\n)")
	return b.String(), args, nil
}

// appendWithShape appends what the text of a query source depends on.
func appendWithShape(key []byte, by naming, with []any) (_ []byte, ok bool) {
	for _, arg := range with {
		switch arg := arg.(type) {
		case list:
			key = binary.AppendUvarint(key, uint64(len(arg)))
		case place:
			if key, ok = arg.appendShape(key, by); !ok {
				return key, false
			}
		}
	}
	return key, true
}

// flatten appends the arguments of a query source, lists and places value by value.
func flatten(args, with []any) []any {
	for _, arg := range with {
		switch arg := arg.(type) {
		case list:
			args = append(args, arg...)
		case place:
			args = arg.appendArgs(args)
		default:
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
