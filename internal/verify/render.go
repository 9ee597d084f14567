package verify

import (
	"fmt"
	"sort"
	"strings"

	"github.com/dreysql/drey/internal/schema"
)

// rendered is a query in plain SQL, made of the author's text without sqlc: its
// parameters numbered, sqlc.embed(t) as t.*.
type rendered struct {
	sql   string
	edits []edit
}

// edit is one place where the texts differ.
type edit struct {
	from, fromEnd int // in the rendered SQL
	to            int // in the author's text
	toEnd         int
}

// render writes the plain SQL.
func (w *written) render() *rendered {
	r := &rendered{}
	var b strings.Builder
	numbers := map[string]int{}
	last, at := 0, 0
	for _, it := range w.items {
		var text string
		switch {
		case it.embed != "":
			text = schema.Quote(it.embed) + ".*"
		case it.param != nil:
			last = numberOf(it.param, numbers, last)
			text = fmt.Sprintf("?%d", numbers[it.param.key()])
			if it.param.kind == bare {
				text = fmt.Sprintf("?%d", last)
			}
		default:
			continue
		}
		if it.end < len(w.text) && '0' <= w.text[it.end] && w.text[it.end] <= '9' {
			text += " " // the digit is no part of the number
		}
		b.WriteString(w.text[at:it.start])
		r.edits = append(r.edits, edit{b.Len(), b.Len() + len(text), it.start, it.end})
		b.WriteString(text)
		at = it.end
	}
	b.WriteString(w.text[at:])
	r.sql = b.String()
	return r
}

// numberOf gives a parameter a number of its own and returns the highest one
// that is given.
func numberOf(p *param, numbers map[string]int, last int) int {
	if p.kind == bare {
		return last + 1
	}
	if numbers[p.key()] == 0 {
		last++
		numbers[p.key()] = last
	}
	return last
}

// origin is the offset in the author's text of an offset in the rendered SQL.
func (r *rendered) origin(offset int) int {
	i := sort.Search(len(r.edits), func(i int) bool { return r.edits[i].fromEnd > offset })
	if i < len(r.edits) && r.edits[i].from <= offset {
		return r.edits[i].to
	}
	if i == 0 {
		return offset
	}
	return r.edits[i-1].toEnd + offset - r.edits[i-1].fromEnd
}
