package nativesql

import (
	"strings"
	"testing"
)

// A plain text does not have a word for a subquery, and stays plain in parentheses.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		"a = ? OR b IN (1, 2)", "lower(a) = 1", "a IN (SELECT 1)", "count(*) > 1", "NOT a", "a COLLATE nocase", "", "a -- b", "CASE WHEN a THEN 1 END",
	} {
		f.Add(s)
	}
	const where = "SELECT 1 WHERE "
	f.Fuzz(func(t *testing.T, text string) {
		if strings.TrimSpace(text) == "" || !plain(where, text) || !plain(where, "("+text+"\n)") {
			return
		}
		if plain(where, "("+text+"\n) + 1") || plain(where, "f("+text+"\n)") || plain(where, "EXISTS (SELECT 1 WHERE "+text+"\n)") {
			t.Errorf("what is more than %s is plain", text)
		}
		if !plain(where, "("+text+"\n) AND a = ?") {
			t.Errorf("(%s) is plain, but not with AND", text)
		}
	})
}
