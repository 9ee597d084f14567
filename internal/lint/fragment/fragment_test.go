package fragment

import (
	"testing"
)

func TestFill(t *testing.T) {
	for _, test := range []struct {
		before, after string
		text          string
		open, clear   bool
	}{
		{"SELECT id FROM t WHERE a = ", "", "NULL", false, true},
		{"SELECT id FROM t WHERE a = '", "'", "x", false, true},
		{"SELECT id FROM t WHERE a = 'it''s ", "'", "x", false, true},
		{"SELECT id FROM t WHERE a IN (", ")", "NULL", false, true},
		{"SELECT id FROM t WHERE a IN ", "", "(NULL)", false, true},
		{"SELECT id FROM t WHERE ", "", "1", false, true},
		{"SELECT id FROM t ORDER BY ", " DESC", "1", false, true},
		{"SELECT id FROM t WHERE a = 1 ", "", "", false, true},
		{"SELECT id FROM t ", " WHERE a = 1", "", true, true},
		{"SELECT ", " FROM t", "NULL", true, true},
		{"SELECT id, ", " FROM t", "NULL", true, true},
		{"INSERT INTO t (a) VALUES ", "", "(NULL)", false, true},

		{"SELECT id FROM ", "", "", false, false},
		{"SELECT id FROM a, ", "", "", false, false},
		{"SELECT id FROM t_", "", "", false, false},
		{"SELECT t.", " FROM t", "", false, false},
		{"SELECT id FROM t WHERE ", "_id = 1", "", false, false},
		{"INSERT INTO t (", ") VALUES (1)", "", false, false},
		{"UPDATE t SET ", " WHERE a = 1", "", false, false},
		{"", "SELECT 1", "", false, false},
	} {
		text, open, clear := fill(test.before, test.after)
		if text != test.text && clear || open != test.open && clear || clear != test.clear {
			t.Errorf("%s[]%s: filled with %q, open %v, clear %v; want %q, %v, %v", test.before, test.after, text, open, clear, test.text, test.open, test.clear)
		}
	}
}

// A statement whose holes are filled does not become another one: what stands before
// a hole is kept, whatever it is.
func FuzzFilled(f *testing.F) {
	f.Add("SELECT id FROM t WHERE a = ", " AND b = 1")
	f.Add("SELECT 'x", "' FROM t")
	f.Add("INSERT INTO t (a) VALUES (", ")")
	f.Fuzz(func(t *testing.T, before, after string) {
		got, ok := filled([]piece{{text: before}, {hole: true}, {text: after}}, "")
		if !ok {
			return
		}
		if len(got.SQL) < len(before)+len(after) || got.SQL[:len(before)] != before || got.SQL[len(got.SQL)-len(after):] != after {
			t.Errorf("%q and %q became %q", before, after, got.SQL)
		}
	})
}
