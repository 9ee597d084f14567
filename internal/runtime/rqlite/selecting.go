//go:build !js

package rqlite

import (
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// inPlace is the text of a plain SELECT with tags in its list, which costs less than a
// query around it. It reports false if the text is not so plain that its rows stay the
// same: it must not have several SELECTs, DISTINCT, an ORDER BY of a column's number,
// another name for a column that is tagged, or an expression that is.
func (t *text) inPlace(a *asked) (string, bool) {
	const (
		before = iota // SELECT
		list
		after
	)
	state, depth, from, previous := before, 0, 0, ""
	var words []string
	var b strings.Builder
	n := 0
	end := func(to int) bool {
		one := newTerm(t.SQL[from:to], words)
		as := plain
		if n < len(a.as) {
			as = a.as[n]
		}
		if one.all || n == len(a.columns) || as != plain && (!one.column || one.name != "") {
			return false
		}
		if as != plain {
			b.WriteString(" " + as.of(one.text))
		} else {
			b.WriteString(t.SQL[from:to])
		}
		if n == 0 && one.column && one.name == "" {
			a.echo = b.Len()
		}
		n++
		words = nil
		return true
	}
	for at := 0; at < len(t.SQL); {
		size := remote.Token(t.SQL[at:])
		token := t.SQL[at : at+size]
		start := at
		if at += size; remote.Blank(token) {
			continue
		}
		upper := strings.ToUpper(token)
		switch {
		case state == before && upper != "SELECT":
			return "", false
		case state == before:
			b.WriteString(t.SQL[:at])
			state, from = list, at
			continue
		case token == "(":
			depth++
		case token == ")":
			depth--
		case depth > 0:
		case upper == "DISTINCT", upper == "ALL", upper == "UNION", upper == "EXCEPT", upper == "INTERSECT":
			return "", false
		case state == list && token == ",":
			if !end(start) {
				return "", false
			}
			b.WriteByte(',')
			from = at
			continue
		case state == list && upper == "FROM":
			if !end(start) {
				return "", false
			}
			b.WriteByte(' ')
			state, from = after, start
		case state == after && '0' <= token[0] && token[0] <= '9' && (previous == "BY" || previous == ","):
			return "", false
		}
		previous = upper
		words = append(words, token)
	}
	if state != after || n != len(a.columns) {
		return "", false
	}
	return b.String() + t.SQL[from:], true
}
