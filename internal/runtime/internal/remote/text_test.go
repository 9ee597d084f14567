package remote

import (
	"errors"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// FuzzParse finds the parameters that SQLite's tokenizer does, in all that it
// can read.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT ?, ?2, :a, @b, $c FROM t WHERE a = '?''?' -- ?", "/* ? */ [?] \"?\"\"\" `?` x'3f' $a::b(c)", "a$b 1.5e9 0x1F ->> ? é?", "?/*", "?1?",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		var want []string
		for token := range sqltext.All(sql) {
			switch {
			case token.Kind == sqltext.Illegal, strings.ContainsAny(token.Text, "\x00#"):
				return
			case token.Kind == sqltext.Variable:
				want = append(want, token.Text)
			}
		}
		p, err := Parse(sql, 100, errors.New("too many"))
		if err != nil {
			return
		}
		var got []string
		for _, v := range p.params {
			got = append(got, sql[v.start:v.end])
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q has %q, want %q", sql, got, want)
		}
	})
}
