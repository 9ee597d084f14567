package verify

import (
	"sort"
	"strings"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// emitted is the SQL that sqlc wrote into the Go code.
type emitted struct {
	sql     string          // without the "-- name:" line
	tokens  []sqltext.Token // the significant ones
	markers map[int]string  // "/*SLICE:x*/?" by the offset of its ?
	pairs   []pair          // in the order of the text
}

// pair says what became of an item of the author's text.
type pair struct {
	item       *query.Item
	start, end int // byte offsets in the emitted SQL
	variable   string
	marker     string // of a slice
}

// replaced reports whether sqlc has seen the parameter: it leaves one that it does
// not see unchanged.
func (p *pair) replaced() bool {
	switch p.item.Param.Kind {
	case query.Slice:
		return p.marker != ""
	case query.Named:
		return strings.HasPrefix(p.variable, "?")
	}
	return p.variable != ""
}

func newEmitted(sql string) *emitted {
	_, sql, _ = strings.Cut(sql, "\n")
	e := &emitted{sql: strings.TrimRight(sql, "\n"), markers: map[int]string{}}
	marker := ""
	for t := range sqltext.All(e.sql) {
		switch {
		case t.Kind == sqltext.Comment:
			if strings.HasPrefix(t.Text, "/*SLICE:") {
				marker = t.Text
			}
			continue
		case t.Kind == sqltext.Space:
			continue
		case t.Text == "?" && marker != "":
			e.markers[t.Start] = marker + "?"
		}
		marker = ""
		e.tokens = append(e.tokens, t)
	}
	return e
}

// origin maps an offset in the emitted SQL to one in the author's text.
func (e *emitted) origin(offset int) int {
	i := sort.Search(len(e.pairs), func(i int) bool { return e.pairs[i].end > offset })
	switch {
	case i == len(e.pairs) && i > 0:
		return e.pairs[i-1].item.End
	case i == len(e.pairs):
		return 0
	}
	return e.pairs[i].item.Start
}

// span returns the part of the author's text that became a part of the emitted SQL.
func (e *emitted) span(start, end int) (from, to int) {
	from = e.origin(start)
	to = from
	for _, p := range e.pairs {
		if p.start >= start && p.end <= end {
			to = p.item.End
		}
	}
	return from, to
}

// params returns the parameters in the order of the text.
func (e *emitted) params() []*pair {
	var list []*pair
	for i := range e.pairs {
		if e.pairs[i].item.Param != nil {
			list = append(list, &e.pairs[i])
		}
	}
	return list
}
