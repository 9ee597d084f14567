package policy

import "testing"

func TestWithout(t *testing.T) {
	for _, test := range []struct{ text, msg, want string }{
		{"SELECT a, gone FROM t WHERE gone = 1", "no such column: gone", "SELECT a, NULL FROM t WHERE NULL = 1"},
		{"SELECT t.gone, u.gone FROM t, u", "no such column: t.gone", "SELECT NULL, u.gone FROM t, u"},
		{"SELECT \"gone\", 'gone' FROM t", "no such column: gone", "SELECT NULL, 'gone' FROM t"},
		{"SELECT t.gone FROM t", "no such column: gone", ""},
		{"SELECT a FROM gone", "no such table: gone", ""},
		{"SELECT a FROM t", "no such column: gone", ""},
	} {
		got, ok := Without(test.text, test.msg)
		if ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%s without %s: %q, %v", test.text, test.msg, got, ok)
		}
	}
}
