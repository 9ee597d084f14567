//go:build !js

package rqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// clause is the RETURNING of a statement: where its list begins, and its terms.
type clause struct {
	start int
	table string // as the statement writes it
	name  string // of the table
	terms []term
}

// term is a term of a RETURNING.
type term struct {
	text   string
	column bool   // it is a column, with or without another name
	known  string // the expression before AS, or of a column; "" where it is not known
	name   string // the other name, "" if there is none
	all    bool   // *
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
	sql := strings.TrimSuffix(t.SQL[:remote.End(t.SQL)], ";")
	for at := 0; at < len(sql); {
		n := remote.Token(sql[at:])
		token := sql[at : at+n]
		at += n
		switch upper := strings.ToUpper(token); {
		case remote.Blank(token):
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
			c.name = unquoted(token)
			continue
		default:
			table = false
		}
		words = append(words, token)
	}
	end(len(sql))
	return c, ok && c.table != ""
}

// newTerm reads a term: a column, perhaps of a table, or an expression, perhaps with
// another name.
func newTerm(text string, words []string) term {
	t := term{text: withoutComments(text)}
	n := len(words)
	switch {
	case n == 1 && words[0] == "*":
		t.all = true
		return t
	case n > 2 && strings.EqualFold(words[n-2], "AS") && isName(words[n-1]):
		t.name, words = words[n-1], words[:n-2]
		t.known = strings.TrimSpace(strings.TrimSuffix(t.text, t.name))
		t.known = t.known[:len(t.known)-len("AS")]
	case n > 1 && isColumn(words[:n-1]) && isName(words[n-1]):
		t.name, words = words[n-1], words[:n-1]
		t.known = strings.TrimSuffix(t.text, t.name)
	}
	if t.column = isColumn(words); t.column && t.name == "" {
		t.known = t.text
	}
	return t
}

// withoutComments is a text with a space for whatever is blank in it, but for its ends.
func withoutComments(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		token := text[:remote.Token(text)]
		text = text[len(token):]
		if remote.Blank(token) {
			token = " "
		}
		b.WriteString(token)
	}
	return strings.TrimSpace(b.String())
}

// isColumn reports whether words are the name of a column, perhaps after that of a table.
func isColumn(words []string) bool {
	for i, word := range words {
		if i%2 == 0 && !isName(word) || i%2 == 1 && word != "." {
			return false
		}
	}
	return len(words)%2 == 1 && !isConstant(words)
}

// isConstant reports whether a name is a value of its own.
func isConstant(words []string) bool {
	return len(words) == 1 && slices.Contains([]string{"NULL", "TRUE", "FALSE", "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"}, strings.ToUpper(words[0]))
}

// isName reports whether a token is a name, in quotes or not.
func isName(token string) bool {
	c := token[0]
	return c == '"' || c == '`' || c == '[' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// returned is a query without rows that has the columns of the RETURNING, as far as they
// are columns of the table, and the table's name.
func (t *text) returned() (sql, table string, ok bool) {
	c, ok := t.clause()
	if !ok {
		return "", "", false
	}
	list := make([]string, len(c.terms))
	for i, term := range c.terms {
		switch {
		case term.all || term.column:
			list[i] = term.text
		case term.name != "":
			list[i] = "NULL AS " + term.name
		default:
			list[i] = "NULL AS " + quoted(term.text)
		}
	}
	return fmt.Sprintf("SELECT %s FROM %s LIMIT 0", strings.Join(list, ", "), c.table), c.name, true
}

// returning is the text that asks for the columns of its RETURNING so.
func (t *text) returning(a *asked) (string, bool) {
	c, ok := t.clause()
	if !ok {
		return "", false
	}
	var list []string
	add := func(term term) {
		i := len(list)
		if i < len(a.as) && a.as[i] != plain && term.known != "" {
			name := term.name
			if name == "" {
				name = quoted(a.columns[i])
			}
			list = append(list, a.as[i].of(term.known)+" AS "+name)
			return
		}
		if i < len(a.as) {
			a.as[i] = plain
		}
		list = append(list, term.text)
	}
	for _, one := range c.terms {
		if !one.all {
			add(one)
			continue
		}
		for range len(a.columns) - len(c.terms) + 1 { // there can be only one, or the numbers differ
			if len(list) < len(a.columns) {
				name := quoted(a.columns[len(list)])
				add(term{text: name, known: name})
			}
		}
	}
	return t.SQL[:c.start] + " " + strings.Join(list, ", "), len(list) == len(a.columns)
}
