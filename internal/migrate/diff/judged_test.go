package diff_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/check"
	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
)

// TestJudged: what diff writes loses nothing and works both ways, says check, which
// runs it on rows of its own.
func TestJudged(t *testing.T) {
	last := 60
	if n, err := strconv.Atoi(os.Getenv("DREY_PAIRS")); err == nil {
		last = n
	}
	judged := 0
	for seed := range last {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 2))
			from := newWorld(r)
			to := from.clone()
			for range 1 + r.IntN(4) {
				to.mutate(r)
			}
			a, b := snapshot(t, from.sql()), snapshot(t, to.sql())
			renames := to.renames()
			for _, table := range to.tables {
				if table.was == "" && a.Object("table", table.name) != nil {
					t.Skip("a new table has the name of one that goes")
				}
				for _, c := range table.columns {
					if c.was != c.name && slices.Contains(table.had, c.name) {
						t.Skip("a new column has the name of one that goes, which check takes for the same")
					}
				}
			}
			up, err := alter.Plan(t.Context(), a, b, renames)
			if err != nil {
				t.Fatal(err)
			}
			down, err := alter.Plan(t.Context(), b, a, alter.Reverse(renames))
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range append(up.Notes, down.Notes...) {
				if strings.HasPrefix(n, "Check that the rows fit") || strings.HasPrefix(n, "Rows with NULL") {
					t.Skip(n)
				}
			}
			dir, text := t.TempDir(), diff.File(2, up, down)
			for i, content := range []string{base(a), text} {
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d_m.sql", i+1)), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			files, err := migration.Load(dir, []string{"."})
			if err != nil {
				t.Fatal(err)
			}
			judged++
			findings, _, err := check.Run(t.Context(), files, check.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range findings {
				if f.Name == "unreadable" || f.Name == "orphans" && strings.Contains(text, "nowhere") {
					continue // what the schema is, and not what diff has written
				}
				if f.Level == check.Error || strings.HasPrefix(f.Name, "loses-") {
					t.Errorf("%v\n%s\n%s", f, base(a), text)
				}
			}
		})
	}
	if judged < last/3 {
		t.Errorf("%d of %d pairs were judged: the others are not for check", judged, last)
	}
}
