package emit

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// returning are sqlc's methods that write and return rows. The runtime scans what
// they return before it is committed.
func (p *plan) returning() []*sqlc.Method {
	var list []*sqlc.Method
	for _, m := range p.in.Package.Queries {
		if len(m.Scan) > 0 && writes(m.SQL) {
			list = append(list, m)
		}
	}
	return list
}

var writing = []string{"INSERT", "REPLACE", "UPDATE", "DELETE"}

// writes reports whether a statement writes; if it begins with WITH, by what
// stands outside of its parentheses.
func writes(text string) bool {
	tokens := sqltext.Significant(text)
	if len(tokens) == 0 || !tokens[0].Is("WITH") {
		return len(tokens) > 0 && slices.ContainsFunc(writing, tokens[0].Is)
	}
	depth := 0
	for _, t := range tokens {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && slices.ContainsFunc(writing, t.Is):
			return true
		case depth == 0 && (t.Is("SELECT") || t.Is("VALUES")):
			return false
		}
	}
	return false
}

// writeReturning writes the function of what the methods return: where to scan it
// to, and which columns tell its rows apart.
func (p *plan) writeReturning(b *bytes.Buffer) {
	methods := p.returning()
	if methods == nil {
		return
	}
	n := p.runtime
	fmt.Fprintf(b, "\nfunc %s(name string) %s {\n\tswitch name {\n", p.name("returning"), n("Returned"))
	for _, m := range methods {
		head, text, _ := strings.Cut(m.SQL, "\n")
		fields := make([]string, len(m.Scan))
		for i, f := range m.Scan {
			fields[i] = "new(" + f.Type + ")"
			if f.Via != "" {
				fields[i] = f.Via + "(" + fields[i] + ")"
			}
		}
		key := ""
		if numbers := p.returnedKey(text, len(m.Scan)); numbers != nil {
			key = ", Key: []int" + numberList(numbers)
		}
		fmt.Fprintf(b, "\tcase %s:\n\t\treturn %s{Text: %s, Fields: []any{%s}%s}\n", strconv.Quote(head), n("Returned"), m.Const, strings.Join(fields, ", "), key)
	}
	fmt.Fprintf(b, "\t}\n\treturn %s{}\n}\n", n("Returned"))
}

// returnedKey are the numbers of the returned columns that tell the rows of the
// table apart that the statement writes to, nil if they are not all there.
func (p *plan) returnedKey(text string, columns int) []int {
	returned, _, err := p.in.Describe(text)
	t := p.written(text)
	if err != nil || t == nil || len(returned) != columns {
		return nil
	}
	var numbers []int
	for _, col := range totalKey(t) {
		for i := range returned {
			if sqltext.EqualFold(returned[i].Name, t.Columns[col].Name) {
				numbers = append(numbers, i)
				break
			}
		}
	}
	if len(numbers) < len(totalKey(t)) {
		return nil
	}
	return numbers
}

// written is the table that a statement writes to.
func (p *plan) written(text string) *schema.Table {
	tokens := sqltext.Significant(text)
	for i, t := range tokens[:max(len(tokens)-1, 0)] {
		if !t.Is("INTO") && !t.Is("UPDATE") && !(t.Is("FROM") && i > 0 && tokens[i-1].Is("DELETE")) {
			continue
		}
		for _, table := range p.in.Schema.Tables {
			if sqltext.EqualFold(table.Name, tokens[i+1].Name()) {
				return table
			}
		}
	}
	return nil
}
