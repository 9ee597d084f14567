package verify

import (
	"testing"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// FuzzAlign renders any text and aligns it with what it was made of. Positions
// lead back to where they came from.
func FuzzAlign(f *testing.F) {
	for _, text := range []string{
		"SELECT *, t.* FROM t WHERE a = @a AND b = sqlc.narg('b') AND c IN (sqlc.slice(c)) LIMIT ?",
		"SELECT sqlc.embed(t), count(*) FROM t -- ?\nWHERE x = ?2 * ?1 OR 'é' = :ä", "?", "sqlc.arg(", "'@",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, tok := range sqltext.Tokens(text) {
			if tok.Kind == sqltext.Illegal {
				return // package query refuses it
			}
		}
		w := query.Read(text)
		r := w.Plain()
		for i, last := 0, 0; i <= len(r.SQL); i++ {
			at := r.Origin(i)
			if at < last || at > len(text) {
				t.Fatalf("%q: offset %d leads to %d, after %d", r.SQL, i, at, last)
			}
			last = at
		}
		for _, it := range w.Items {
			if it.Embed != "" || it.Text == "" {
				return // stands for a list that is not there
			}
		}
		e := newEmitted("-- name: Q :many\n" + r.SQL)
		a := &alignment{items: w.Items, tokens: e.tokens, markers: e.markers, failed: map[[2]int]bool{}}
		if !a.align(0, 0) {
			t.Fatalf("%q is not aligned with %q", text, r.SQL)
		}
		for i, p := range a.pairs {
			if p.item != &w.Items[i] || e.sql[p.start:p.end] != r.SQL[p.start:p.end] {
				t.Fatalf("%q: pair %d is %+v", text, i, p)
			}
		}
		if n := len(sqltext.Significant(r.SQL)); n != len(a.pairs) && len(w.Params) == 0 {
			t.Fatalf("%q: %d tokens in %d pairs", text, n, len(a.pairs))
		}
	})
}
