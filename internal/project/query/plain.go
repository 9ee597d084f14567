package query

import (
	"fmt"
	"sort"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Plain is a query in plain SQL, made of the author's text without sqlc: its
// parameters numbered, sqlc.embed(t) as t.*.
type Plain struct {
	SQL   string
	edits []edit
}

// edit is one place where the texts differ.
type edit struct {
	from, fromEnd int // in the plain SQL
	to            int // in the author's text
	toEnd         int
}

// Plain writes the query in plain SQL.
func (w *Written) Plain() *Plain {
	r := &Plain{}
	var b strings.Builder
	numbers := map[string]int{}
	last, at := 0, 0
	for _, it := range w.Items {
		var text string
		switch {
		case it.Embed != "":
			text = sqltext.Quote(it.Embed) + ".*"
		case it.Param != nil:
			last = numberOf(it.Param, numbers, last)
			text = fmt.Sprintf("?%d", numbers[it.Param.Key()])
			if it.Param.Kind == Bare {
				text = fmt.Sprintf("?%d", last)
			}
		default:
			continue
		}
		if it.End < len(w.Text) && '0' <= w.Text[it.End] && w.Text[it.End] <= '9' {
			text += " " // the digit is not a part of the number
		}
		b.WriteString(w.Text[at:it.Start])
		r.edits = append(r.edits, edit{b.Len(), b.Len() + len(text), it.Start, it.End})
		b.WriteString(text)
		at = it.End
	}
	b.WriteString(w.Text[at:])
	r.SQL = b.String()
	return r
}

// numberOf gives a parameter a number of its own and returns the highest one
// that is given.
func numberOf(p *Param, numbers map[string]int, last int) int {
	if p.Kind == Bare {
		return last + 1
	}
	if numbers[p.Key()] == 0 {
		last++
		numbers[p.Key()] = last
	}
	return last
}

// Origin is the offset in the author's text of an offset in the plain SQL.
func (r *Plain) Origin(offset int) int {
	i := sort.Search(len(r.edits), func(i int) bool { return r.edits[i].fromEnd > offset })
	if i < len(r.edits) && r.edits[i].from <= offset {
		return r.edits[i].to
	}
	if i == 0 {
		return offset
	}
	return r.edits[i-1].toEnd + offset - r.edits[i-1].fromEnd
}

// Offset is the offset in the plain SQL of a parameter or a sqlc.embed of the
// author's text, -1 for another item.
func (r *Plain) Offset(it *Item) int {
	for _, e := range r.edits {
		if e.to == it.Start && e.toEnd == it.End {
			return e.from
		}
	}
	return -1
}
