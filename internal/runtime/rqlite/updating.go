//go:build !js

package rqlite

import (
	"slices"
)

// update is what an UPDATE says.
type update struct {
	table string
	or    string // REPLACE for one, "" if it says none
	sets  []assignment
}

// assignment is one of its assignments: to a column, or to several at once.
type assignment struct {
	columns  []string
	from, to int // the place of the expression
}

// updateOf reads an UPDATE, or returns nil.
func updateOf(sql string) *update {
	list := tokens(sql)
	at := func(n int) string {
		if n < len(list) {
			return list[n].word
		}
		return ""
	}
	name := func(n int) string { return unquoted(sql[list[n].from:list[n].to]) }
	i := outside(list, 0, "UPDATE") + 1
	if i >= len(list) {
		return nil
	}
	u := &update{}
	if at(i) == "OR" {
		u.or = at(i + 1)
		i += 2
	}
	if at(i+1) == "." {
		i += 2
	}
	set := outside(list, i, "SET")
	if set >= len(list) {
		return nil
	}
	u.table = name(i)
	end := outside(list, set, "FROM", "WHERE", "RETURNING", "ORDER", "LIMIT")
	for at(end) == "FROM" && at(end-1) == "DISTINCT" { // IS DISTINCT FROM
		end = outside(list, end+1, "FROM", "WHERE", "RETURNING", "ORDER", "LIMIT")
	}
	for from := set + 1; from < end; {
		to := min(outside(list, from, ","), end)
		equals := outside(list, from, "=")
		if equals+1 >= to {
			return nil // SQLite says what is wrong with it
		}
		a := assignment{from: list[equals+1].from, to: list[to-1].to}
		for j := from; j < equals; j++ {
			if at(j) != "(" && at(j) != ")" && at(j) != "," {
				a.columns = append(a.columns, name(j))
			}
		}
		u.sets = append(u.sets, a)
		from = to + 1
	}
	return u
}

// outside is the place of the first of the words that is not in parentheses, from a place
// on, or the end.
func outside(list []significant, from int, words ...string) int {
	depth := 0
	for i := from; i < len(list); i++ {
		switch list[i].word {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 && slices.Contains(words, list[i].word) {
			return i
		}
	}
	return len(list)
}

// completed is the text with what it leaves to a DEFAULT: that of a column that must not
// be NULL, for a NULL.
func (u *update) completed(sql string, list []defaulted) (*text, error) {
	f := fixing{text: sql}
	for _, d := range list {
		if !d.fills(u.or) {
			continue
		}
		for _, a := range u.sets {
			switch {
			case !slices.ContainsFunc(a.columns, func(name string) bool { return fold(name) == fold(d.name) }):
			case len(a.columns) > 1 || d.refused != nil:
				return nil, d.unknown(u.table, "assign the column by itself")
			default:
				f.replace(a.from, a.from, "coalesce((")
				f.replace(a.to, a.to, "\n), ("+d.value+"))")
			}
		}
	}
	return newText(f.String())
}
