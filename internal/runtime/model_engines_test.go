package drey_test

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/proof/cluster"
	"github.com/dreysql/drey/internal/proof/conformance/bridge"
	"github.com/dreysql/drey/internal/proof/workerd"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// TestModelEngines asks other engines what TestModel asks of SQLite: on rqlite with
// DREY_RQLITED, on D1 where workerd is. With DREY_TORTURE it asks twenty times as much.
func TestModelEngines(t *testing.T) {
	proper := slices.DeleteFunc(slices.Clone(modelTexts), func(s string) bool { return !utf8.ValidString(s) })
	finite := slices.DeleteFunc(slices.Clone(modelFloats), func(f float64) bool { return math.IsInf(f, 0) })
	t.Run("rqlite", func(t *testing.T) {
		nodes := cluster.Start(t, 1)
		dialed, err := rqlite.Dial(t.Context(), nodes.URLs(), rqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := dialed.Client()
		defer c.Close()
		askModel(t, c, &domain{proper, modelNumbers, finite, true}, 2000)
	})
	t.Run("D1", func(t *testing.T) {
		// What is counted and multiplied stays below 2^53 and infinity.
		numbers, floats := []int64{-1 << 24, -1, 0, 1, 1 << 24}, []float64{-1e100, -1.5, 0, math.SmallestNonzeroFloat64, 0.5, 1, 1e100}
		c := bridge.Open(workerd.Serve(t, workerd.Build(t, "../proof/conformance/worker")))
		defer c.Close()
		askModel(t, c, &domain{proper, numbers, floats, true}, 500)
	})
}

// askModel checks n random queries on a database that is empty, and random
// writes of rows with tenants, half as many.
func askModel(t *testing.T, c *drey.Client, of *domain, n int) {
	for statement := range strings.SplitSeq(fixture.Schema+notesSchema, ";\n") {
		// @schema-change the tables of the tests, constants
		if _, err := c.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getenv("DREY_TORTURE") != "" {
		n *= 20
	}
	const batch = 100
	r := rand.New(rand.NewPCG(5, 7))
	for range n / batch {
		m := newModelOf(of, r.IntN)
		m.load(t, c)
		for i := range batch {
			m.check(t, c)
			if i%4 == 0 {
				m.checkBelow(t, c)
			}
		}
	}
	checkNotes(t, c, true, uint64(max(n/2, 600)))
}
