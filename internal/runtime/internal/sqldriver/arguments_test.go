package sqldriver

import (
	"database/sql/driver"
	"slices"
	"testing"
)

func TestIsPattern(t *testing.T) {
	for _, test := range []struct {
		query    string
		patterns []int
		of       int
	}{
		{"SELECT * FROM t WHERE a LIKE ? AND b = ?", []int{1}, 2},
		{"SELECT * FROM t WHERE b = ? AND a NOT LIKE ?", []int{2}, 2},
		{"SELECT * FROM t WHERE a like '%' || ?1 || '%' OR b = ?2", []int{1}, 2},
		{"SELECT * FROM t WHERE ?2 GLOB a AND b = ?1", []int{2}, 2},
		{"SELECT * FROM t WHERE (a LIKE (?) ESCAPE ?) = ?", []int{1}, 3},
		{"SELECT * FROM f WHERE f MATCH ? ORDER BY ?", []int{1}, 2},
		{"SELECT like(?, a), ? FROM t", []int{1}, 2},
		{"SELECT iif(a LIKE lower(?), ?, ?)", []int{1}, 3},
		{"SELECT CASE WHEN a LIKE ? THEN ? ELSE ? END", []int{1}, 3},
		{"SELECT ? -- LIKE ?\n, '?' LIKE a, \"LIKE\", ?", nil, 2},
		{"UPDATE t SET a = ? WHERE id = ?", nil, 2},
	} {
		var got []int
		for n := 1; n <= test.of; n++ {
			if isPattern(test.query, &driver.NamedValue{Ordinal: n}) {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, test.patterns) {
			t.Errorf("%s: %v, want %v", test.query, got, test.patterns)
		}
	}
	if !isPattern("SELECT a LIKE :Text", &driver.NamedValue{Ordinal: 1, Name: "Text"}) {
		t.Error("a named one is not found")
	}
}
