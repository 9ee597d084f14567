package verify

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/project/query"
)

// Plain is a query in plain SQL, with the keys of its parameters by number. A
// sqlc.slice is a list of its parameter twice.
func Plain(text string) (sql string, keys []string) {
	w := query.Read(text)
	w.NameNumbers()
	sql = w.Plain().SQL
	numbers := map[string]int{}
	last := 0
	for _, p := range w.Params {
		if p.Kind == query.Bare || numbers[p.Key()] == 0 {
			last++
			numbers[p.Key()] = last
			keys = append(keys, p.Key())
		}
		if p.Kind == query.Slice {
			at := fmt.Sprintf("?%d", numbers[p.Key()])
			sql = strings.ReplaceAll(sql, "("+at+")", "("+at+", "+at+")")
		}
	}
	return sql, keys
}
