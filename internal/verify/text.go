package verify

import (
	"fmt"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

const starFix = "list the columns instead of writing *, each name in double quotes"

// sameText: the emitted SQL is the author's, except for what sqlc replaces.
func (s *subject) sameText() bool {
	s.emitted = newEmitted(s.m.SQL)
	a := &alignment{items: s.written.Items, tokens: s.emitted.tokens, markers: s.emitted.markers, failed: map[[2]int]bool{}}
	if a.align(0, 0) {
		s.emitted.pairs = a.pairs
		return true
	}
	offset, has, got := len(s.written.Text), "the end", "nothing"
	if a.far[0] < len(a.items) {
		offset, has = a.items[a.far[0]].Start, fmt.Sprintf("%q", a.items[a.far[0]].Text)
	}
	if a.far[1] < len(a.tokens) {
		got = fmt.Sprintf("%q", a.tokens[a.far[1]].Text)
	}
	s.problem(offset, "write the statement without comments and line breaks inside literals, or split it",
		"sqlc garbled its text: it wrote %s where the query has %s", got, has)
	return false
}

// alignment walks the author's items and the emitted tokens in step.
type alignment struct {
	items   []query.Item
	tokens  []sqltext.Token
	markers map[int]string
	pairs   []pair
	failed  map[[2]int]bool // pairs of indexes that lead nowhere
	far     [2]int          // the furthest place that it came to
}

// align pairs the items from i on with the tokens from j on. Only a star or a
// sqlc.embed can stand for a varying number of tokens; align tries the longest
// first.
func (a *alignment) align(i, j int) bool {
	mark := len(a.pairs)
	for i < len(a.items) {
		it := &a.items[i]
		if it.Embed != "" || it.Text == "*" {
			if it.Text == "*" && j < len(a.tokens) && a.tokens[j].Is("*") && a.try(it, i, j, j+1) {
				return true // a product, or the star of count(*)
			}
			for _, end := range a.columnLists(j) {
				if a.try(it, i, j, end) {
					return true
				}
			}
			break
		}
		n := a.matches(it, j)
		if n == 0 {
			break
		}
		a.pair(it, j, j+n)
		i, j = i+1, j+n
	}
	if i == len(a.items) && j == len(a.tokens) {
		return true
	}
	if j >= a.far[1] {
		a.far = [2]int{i, j}
	}
	a.pairs = a.pairs[:mark]
	return false
}

// try pairs an item with the tokens up to end and goes on after them.
func (a *alignment) try(it *query.Item, i, j, end int) bool {
	state := [2]int{i + 1, end}
	if a.failed[state] {
		return false
	}
	a.pair(it, j, end)
	if a.align(i+1, end) {
		return true
	}
	a.pairs = a.pairs[:len(a.pairs)-1]
	a.failed[state] = true
	return false
}

func (a *alignment) pair(it *query.Item, j, end int) {
	p := pair{item: it, start: a.tokens[j].Start, end: a.tokens[end-1].End()}
	if it.Param != nil && a.tokens[j].Kind == sqltext.Variable {
		p.variable = a.tokens[j].Text
		p.marker = a.markers[a.tokens[j].Start]
	}
	a.pairs = append(a.pairs, p)
}

// matches returns how many tokens from j on an item has become, or 0 if the text is
// different.
func (a *alignment) matches(it *query.Item, j int) int {
	if j >= len(a.tokens) {
		return 0
	}
	if it.Param == nil {
		if t := a.tokens[j]; t.Text == it.Text || t.Ident() && sameIdent(t, it.Text) {
			return 1
		}
		return 0
	}
	if a.tokens[j].Kind == sqltext.Variable {
		return 1
	}
	if _, arg, n := query.Macro(a.tokens[j:]); n > 0 && arg == it.Param.Name {
		return n // left as it was
	}
	return 0
}

// columnLists returns the ends of the column lists that begin at j, the longest
// first.
func (a *alignment) columnLists(j int) []int {
	var ends []int
	for {
		n := a.column(j)
		if n == 0 {
			break
		}
		j += n
		ends = append([]int{j}, ends...)
		if j >= len(a.tokens) || !a.tokens[j].Is(",") {
			break
		}
		j++
	}
	return ends
}

// column returns the number of tokens of a column in a list that sqlc expanded.
// sqlc does not quote names, so the name "a b" is two tokens.
func (a *alignment) column(j int) int {
	n := 0
	for ; j+n < len(a.tokens); n++ {
		t := a.tokens[j+n]
		if n == 0 && sqltext.EqualFold(t.Text, "json") && j+1 < len(a.tokens) && a.tokens[j+1].Is("(") {
			inner := a.column(j + 2) // a jsonb column becomes json(column)
			if end := j + 2 + inner; inner > 0 && end < len(a.tokens) && a.tokens[end].Is(")") {
				return inner + 3
			}
			return 0
		}
		switch {
		case t.Is(","), t.Is("("), t.Is(")"), t.Is(";"), t.Is("FROM"), t.Kind == sqltext.Variable, t.Kind == sqltext.String:
			return n
		}
	}
	return n
}

// sameIdent: the author's token names the same as the emitted one. For sqlc, names
// are spelled as in the schema, with its quotes.
func sameIdent(t sqltext.Token, text string) bool {
	author := sqltext.Tokens(text)
	return len(author) == 1 && author[0].Ident() && sqltext.EqualFold(author[0].Name(), t.Name())
}
