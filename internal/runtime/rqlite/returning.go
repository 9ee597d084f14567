//go:build !js

package rqlite

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// clause is the RETURNING of a statement: where its list begins, and its terms.
type clause struct {
	start int
	table string // as the statement writes it
	terms []term
}

// term is a term of a RETURNING: its text, and the column's name if it is only that.
type term struct {
	text   string
	column string
	all    bool // *
}

// clause finds the RETURNING of a statement.
func (t *text) clause() (c clause, ok bool) {
	var words []string // of the term, or of the statement's beginning
	depth, from := 0, 0
	end := func(to int) {
		if ok {
			c.terms = append(c.terms, newTerm(t.SQL[from:to], words))
		}
		from, words = to+1, nil
	}
	table := false // the next words are its name
	sql := t.SQL[:remote.End(t.SQL)]
	for at := 0; at < len(sql); {
		n := remote.Token(sql[at:])
		token := sql[at : at+n]
		at += n
		switch upper := strings.ToUpper(token); {
		case remote.Blank(token) || token == ";":
			continue
		case token == "(":
			depth++
		case token == ")":
			depth--
		case depth > 0:
		case upper == "RETURNING" && !ok:
			ok = true
			c.start, from, words = at, at, nil
			continue
		case ok && token == ",":
			end(at - 1)
			continue
		case ok:
		case c.table == "" && (upper == "INTO" || upper == "UPDATE" || upper == "FROM"):
			table = true
			continue
		case table && upper == "OR": // UPDATE OR IGNORE t
			at += len(sql[at:]) - len(strings.TrimLeft(sql[at:], " \t\r\n"))
			at += remote.Token(sql[at:])
			continue
		case table && (token == "." || c.table == "" || strings.HasSuffix(c.table, ".")):
			c.table += token
			continue
		default:
			table = false
		}
		words = append(words, token)
	}
	end(len(sql))
	return c, ok && c.table != ""
}

func newTerm(text string, words []string) term {
	t := term{text: strings.TrimSpace(text)}
	switch n := len(words); {
	case n == 0:
	case words[n-1] == "*":
		t.all = n == 1
	case n == 1, n == 3 && words[1] == ".", n == 3 && strings.EqualFold(words[1], "AS"):
		t.column = words[0]
		if words[0] == "NULL" || !isName(words[0]) {
			t.column = ""
		}
	}
	return t
}

// isName reports whether a token is a name, in quotes or not.
func isName(token string) bool {
	c := token[0]
	return c == '"' || c == '`' || c == '[' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// returned is a query without rows that has the columns of the RETURNING, as far as they
// are columns of the table.
func (t *text) returned() (string, bool) {
	c, ok := t.clause()
	if !ok {
		return "", false
	}
	list := make([]string, len(c.terms))
	for i, term := range c.terms {
		switch list[i] = "NULL"; {
		case term.all || term.column != "":
			list[i] = term.text
		}
	}
	return fmt.Sprintf("SELECT %s FROM %s LIMIT 0", strings.Join(list, ", "), c.table), true
}

// returning is the text with its RETURNING in these forms. Of a column only its declared
// type is taken away.
func (t *text) returning(a *asked) (string, bool) {
	c, ok := t.clause()
	if !ok {
		return "", false
	}
	var list []string
	at := 0
	for _, term := range c.terms {
		if term.all {
			columns := len(a.columns) - len(c.terms) + 1
			if columns < 0 || at+columns > len(a.columns) {
				return "", false
			}
			for range columns {
				name := quoted(a.columns[at])
				list = append(list, fmt.Sprintf(a.forms[at].atMost(bare).expression()+" AS %[1]s", name))
				at++
			}
			continue
		}
		if at == len(a.columns) {
			return "", false
		}
		text := term.text
		if a.forms[at] != plain && term.column != "" {
			text = "+" + text
			if !strings.Contains(strings.ToUpper(text), " AS ") {
				text += " AS " + quoted(a.columns[at])
			}
		}
		list = append(list, text)
		at++
	}
	if at != len(a.columns) {
		return "", false
	}
	return t.SQL[:c.start] + " " + strings.Join(list, ", "), true
}

func (f form) atMost(most form) form { return min(f, most) }
