package drey

import (
	"encoding/binary"
	"strconv"

	"github.com/Masterminds/squirrel"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Correlation says which rows of a query of source Inner belong to a row of source
// Outer. Every generated relation is one, from its table to the related one: nothing of
// its keys has to be said again. [On] makes others.
type Correlation[Inner, Outer any] interface {
	matches(Inner, Outer) *match
}

// On matches rows whose columns are equal. NULL is not equal to anything.
func On[Inner, Outer, T, V, W any](inner Handle[Inner, T, V], outer Handle[Outer, T, W]) Correlation[Inner, Outer] {
	return correlation[Inner, Outer]{&match{inner: []operand{*inner.place().on}, outer: []operand{*outer.place().on}}}
}

type correlation[Inner, Outer any] struct{ match *match }

func (c correlation[Inner, Outer]) matches(Inner, Outer) *match { return c.match }

// match compares a row of the inner query with one of the outer.
type match struct {
	inner, outer []operand
	collate      []string // of the comparisons, see [Route]
	route        *Route   // of a relation
	through      *Route   // the same, if rows of a link table are between them
}

// check returns an error if the values are not comparable.
func (m *match) check() error {
	if m == nil {
		return errNoRelation
	}
	for i := range m.outer {
		if m.through == nil && m.inner[i].dated() != m.outer[i].dated() {
			return sqldriver.ErrDateAndTime
		}
	}
	return nil
}

// appendShape appends what the comparison's SQL depends on, but for the inner operands.
func (m *match) appendShape(key []byte, by naming) ([]byte, bool) {
	key, ok := binary.AppendUvarint(key, uint64(len(m.outer))), true
	for i := range m.outer {
		if r := m.outer[i].source(); r != nil {
			key = r.appendTo(key, by)
		}
		if key, ok = m.outer[i].appendShape(key, by); !ok {
			return key, false
		}
		key = appendText(key, m.collation(i))
	}
	if m.through == nil {
		return append(key, 0), true
	}
	key = appendText(appendText(append(key, 1), m.through.Through), m.through.Deleted)
	for i := range m.outer {
		key = appendText(key, m.through.Near[i])
	}
	key = binary.AppendUvarint(key, uint64(len(m.inner)))
	for i := range m.inner {
		key = appendText(key, m.through.Far[i])
	}
	return key, true
}

func appendText(key []byte, text string) []byte {
	return append(binary.AppendUvarint(key, uint64(len(text))), text...)
}

func (m *match) appendArgs(args []any) []any {
	for i := range m.outer {
		args = m.outer[i].appendArgs(args)
	}
	return args
}

func (m *match) collation(i int) string {
	if m.collate == nil {
		return ""
	}
	return m.collate[i]
}

// compared adds the comparison, which is the nth, to a query of the rows that are called
// innerRows. inner are the names of what is compared.
func (m *match) compared(sel squirrel.SelectBuilder, n int, inner []string, in scope) squirrel.SelectBuilder {
	linkRows := `"row's links"`
	if n > 0 {
		linkRows = `"row's links ` + strconv.Itoa(n) + `"`
	}
	left := make([]string, len(m.outer))
	if p := m.through; p != nil {
		join, before := "JOIN "+p.Through+" AS "+linkRows, " ON "
		for i, far := range p.Far {
			join += before + innerRows + "." + inner[i] + " = " + linkRows + "." + far
			before = " AND "
		}
		if p.Deleted != "" {
			join += " AND " + linkRows + "." + p.Deleted + " IS NULL"
		}
		sel = sel.JoinClause(join)
		for i := range left {
			left[i] = linkRows + "." + p.Near[i]
		}
	} else {
		for i := range left {
			left[i] = innerRows + "." + inner[i]
		}
	}
	for i := range m.outer {
		outer := in
		outer.nested = true
		if r := m.outer[i].source(); outer.table == "" && r != nil {
			outer.table = r.Name + "."
		}
		sel = sel.Where(squirrel.ConcatExpr(left[i]+" = ", part{&m.outer[i], outer}, collated(m.collation(i))))
	}
	return sel
}

// collated is what gives a comparison a collation.
func collated(by string) string {
	if by == "" {
		return ""
	}
	return " COLLATE " + by
}

// innerRows is the name of the rows of an inner query. Neither tables have such names nor
// those of a link table beside them, so that the outer row's table has its own in there.
const innerRows = `"query's rows"`
