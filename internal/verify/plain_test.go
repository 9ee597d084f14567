package verify

import (
	"fmt"
	"strings"
)

// Plain is a query in plain SQL, with the keys of its parameters by number. A
// sqlc.slice is a list of its parameter twice.
func Plain(text string) (sql string, keys []string) {
	w := read(text)
	w.nameNumbers()
	sql = w.render().sql
	numbers := map[string]int{}
	last := 0
	for _, p := range w.params {
		n := numberOf(p, numbers, last)
		if n > last {
			last = n
			keys = append(keys, p.key())
		}
		if p.kind == slice {
			at := fmt.Sprintf("?%d", numbers[p.key()])
			sql = strings.ReplaceAll(sql, "("+at+")", "("+at+", "+at+")")
		}
	}
	return sql, keys
}
