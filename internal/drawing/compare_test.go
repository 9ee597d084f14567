package drawing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// marked lists what a schema marks.
func marked(s *Schema) (all []string) {
	for _, t := range s.Tables {
		if t.Mark != Same {
			all = append(all, marks[t.Mark]+" "+t.Name)
		}
		for _, c := range t.Columns {
			if c.Mark != Same {
				all = append(all, marks[c.Mark]+" "+t.Name+"."+c.Name)
			}
		}
		for _, r := range t.Refers {
			if r.Mark != Same {
				all = append(all, fmt.Sprintf("%s %s (%s) to %s (%s)%s", marks[r.Mark], t.Name, list(r.From), r.Parent.Name, list(r.To), r.actions()))
			}
		}
	}
	slices.Sort(all)
	return all
}

// random is a schema of a few tables and views, with names that two of them share.
func random(r *rand.Rand) string {
	var b strings.Builder
	var tables []string
	for _, name := range []string{"a", "b", "C", "d e"} {
		if r.IntN(4) == 0 {
			continue
		}
		if len(tables) > 0 && r.IntN(4) == 0 {
			fmt.Fprintf(&b, "CREATE VIEW %q AS SELECT id, %d AS n FROM %q;\n", name, r.IntN(2), tables[0])
			continue
		}
		fmt.Fprintf(&b, "CREATE TABLE %q (id INTEGER PRIMARY KEY", name)
		for _, column := range []string{"x", "y", "z z"} {
			if r.IntN(3) > 0 {
				fmt.Fprintf(&b, ", %q %s%s", column, []string{"TEXT", "INTEGER"}[r.IntN(2)], []string{"", " NOT NULL", " CHECK (1)"}[r.IntN(3)])
			}
		}
		for _, parent := range []string{"a", "C", "gone"} {
			if r.IntN(4) == 0 {
				fmt.Fprintf(&b, ", %q INTEGER REFERENCES %q (id)%s", "to "+parent, parent, []string{"", " ON DELETE CASCADE"}[r.IntN(2)])
			}
		}
		b.WriteString(");\n")
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "CREATE INDEX %q ON %q (id);\n", "i"+name, name)
		}
		tables = append(tables, name)
	}
	return b.String()
}

// TestCompareRandom: nothing is marked where nothing differs, what is added one way is
// removed the other way, and every format takes the result.
func TestCompareRandom(t *testing.T) {
	differ := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		one, two := random(r), random(r)
		if one == "" || two == "" {
			continue
		}
		if list := marked(read(t, one, one)); list != nil {
			t.Fatalf("nothing differs: %q\n%s", list, one)
		}
		there, back := read(t, two, one), read(t, one, two)
		var turned []string
		for _, m := range marked(back) {
			turned = append(turned, map[byte]string{'+': "-", '-': "+", '~': "~"}[m[0]]+m[1:])
		}
		slices.Sort(turned)
		if diff := cmp.Diff(marked(there), turned); diff != "" {
			t.Fatalf("seed %d: there and back differ (-there +back):\n%s\n%s\nto\n%s", seed, diff, one, two)
		}
		if len(turned) > 0 {
			differ++
		}
		if (len(there.Changes) > 0) != (len(turned) > 0) {
			t.Errorf("seed %d: %v, but %q", seed, there.Changes, turned)
		}
		check(t, "mmd", string(Mermaid([]*Schema{there})))
		check(t, "md", string(Markdown([]*Schema{there})))
	}
	if differ < 50 {
		t.Errorf("only %d pairs differ", differ)
	}
}
