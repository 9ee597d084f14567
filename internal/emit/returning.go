package emit

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// returning lists sqlc's methods that write and return rows. The runtime scans what
// they return before it is committed.
func (p *plan) returning() []*sqlc.Method {
	if p.returns == nil {
		var list []*sqlc.Method
		for _, m := range p.in.Package.Queries {
			if _, text, _ := strings.Cut(m.SQL, "\n"); len(m.Scan) > 0 && p.in.Shared.target(text) != "" {
				list = append(list, m)
			}
		}
		p.returns = &list
	}
	return *p.returns
}

// writeReturning writes the function that describes what the methods return: where
// to scan it to, and which columns tell its rows apart.
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

// returnedKey returns the numbers of the returned columns that tell apart the rows of
// the table that the statement writes to. It is nil if some of them are not returned.
func (p *plan) returnedKey(text string, columns int) []int {
	returned, _, err := p.in.Describe(text)
	t := p.in.Schema.Table(p.in.Shared.target(text))
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
