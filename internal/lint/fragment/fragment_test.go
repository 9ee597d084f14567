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
		{"SELECT id FROM t WHERE (a, b, c) IN ", "", "(SELECT NULL, NULL, NULL)", false, true},
		{"SELECT id FROM t WHERE (a, f(b, c)) NOT IN ", "", "(SELECT NULL, NULL)", false, true},
		{"SELECT id FROM t WHERE NOT (a, b) IN (", ")", "SELECT NULL, NULL", false, true},
		{"SELECT id FROM t WHERE f(a, b) IN ", "", "(NULL)", false, true},
		{"SELECT id FROM t WHERE (a) IN (", ")", "NULL", false, true},
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

// TestTables fills the places of tables, leaves out what qualifies a column, and puts in
// what takes the place of a text.
func TestTables(t *testing.T) {
	text := func(s string) piece { return piece{text: s} }
	hole := piece{hole: true}
	for _, test := range []struct {
		list []piece
		want string // "" if a part is not clear
	}{
		{[]piece{text("SELECT 1 FROM "), hole, text(" WHERE a = 1")}, "SELECT 1 FROM any WHERE a = 1"},
		{[]piece{text("SELECT 1 FROM t, "), hole}, "SELECT 1 FROM t, any"},
		{[]piece{text("SELECT 1 FROM t JOIN "), hole, text(" x ON x.a = 1")}, "SELECT 1 FROM t JOIN any x ON x.a = 1"},
		{[]piece{hole, text(".a = 1")}, "a = 1"},
		{[]piece{text("SELECT "), hole, text("."), text("a FROM t")}, "SELECT a FROM t"},
		{[]piece{text("SELECT 1 FROM "), hole, text("_tags")}, ""},
		{[]piece{text("x"), hole, text(".a = 1")}, ""},
		{replaced([]piece{text("a IN (HERE) OR b IN (HERE)")}, "HERE", []piece{hole}), "a IN (NULL) OR b IN (NULL)"},
		{replaced([]piece{text("SELECT a "), hole, text(" FROM HERE")}, "HERE", []piece{text("t")}), "SELECT a  FROM t"},
	} {
		got, ok := filledWith(test.list, "", "any")
		if got.SQL != test.want || ok != (test.want != "") {
			t.Errorf("%v: %q, %v, want %q", test.list, got.SQL, ok, test.want)
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
