package diff_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/sqlite/alter"
)

// TestReader: what is read of a schema after each statement of a change, from the
// schema before it, is what is read of all of it.
func TestReader(t *testing.T) {
	for seed := range 60 {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 3))
			from := newWorld(r)
			to := from.clone()
			for range 1 + r.IntN(5) {
				to.mutate(r)
			}
			a := snapshot(t, from.sql())
			up, err := alter.Plan(t.Context(), a, snapshot(t, to.sql()), to.renames())
			if err != nil {
				t.Fatal(err)
			}
			m, db, err := alter.Load(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			defer db.Close()
			var reader alter.Reader
			before := a
			for _, statement := range up.Statements {
				if _, err := db.Exec(statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
				want, err := alter.Read(t.Context(), db)
				got, gotErr := reader.After(t.Context(), db, before)
				if err != nil { // a view in the middle of a change
					if gotErr == nil {
						t.Errorf("%s: no error, want %v", statement, err)
					}
					return
				}
				if gotErr != nil {
					t.Fatal(gotErr)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Fatalf("%s: (-all +after)\n%s", statement, d)
				}
				before = got
			}
		})
	}
}
