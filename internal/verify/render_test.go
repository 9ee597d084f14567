package verify

import (
	"testing"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

func TestRender(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT sqlc.embed(u), @a, ?, :a, sqlc.arg('a')":                           `SELECT "u".*, ?1, ?2, ?1, ?1`,
		"SELECT ?2, ?1, ?2, $b, ?":                                                 "SELECT ?1, ?2, ?1, ?3, ?4",
		"x IN (sqlc.slice(ids)) OR y IN (sqlc.slice(ids)) OR z = sqlc.narg( IDS )": "x IN (?1) OR y IN (?1) OR z = ?1",
		"SELECT '@a', \"@b\", [?] -- @c ?\n/* sqlc.arg(d) */":                      "SELECT '@a', \"@b\", [?] -- @c ?\n/* sqlc.arg(d) */",
		"SELECT sqlc.other(a), sqlc.arg(a, b)":                                     "SELECT sqlc.other(a), sqlc.arg(a, b)",
	} {
		if got := read(text).render().sql; got != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", text, got, want)
		}
	}
}

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
		w := read(text)
		r := w.render()
		for i, last := 0, 0; i <= len(r.sql); i++ {
			at := r.origin(i)
			if at < last || at > len(text) {
				t.Fatalf("%q: offset %d leads to %d, after %d", r.sql, i, at, last)
			}
			last = at
		}
		for _, it := range w.items {
			if it.embed != "" || it.text == "" {
				return // stands for a list that is not there
			}
		}
		e := newEmitted("-- name: Q :many\n" + r.sql)
		a := &alignment{items: w.items, tokens: e.tokens, markers: e.markers, failed: map[[2]int]bool{}}
		if !a.align(0, 0) {
			t.Fatalf("%q is not aligned with %q", text, r.sql)
		}
		for i, p := range a.pairs {
			if p.item != &w.items[i] || e.sql[p.start:p.end] != r.sql[p.start:p.end] {
				t.Fatalf("%q: pair %d is %+v", text, i, p)
			}
		}
		if n := len(sqltext.Significant(r.sql)); n != len(a.pairs) && len(w.params) == 0 {
			t.Fatalf("%q: %d tokens in %d pairs", text, n, len(a.pairs))
		}
	})
}
