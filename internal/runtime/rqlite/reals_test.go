//go:build !js

package rqlite_test

import (
	"database/sql"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// Every REAL is read as it was bound, also beside an infinite one, for which columns are
// asked for in another form.
func TestReals(t *testing.T) {
	c, _ := dial(t, rqlite.Options{}, "CREATE TABLE reals (id INTEGER PRIMARY KEY, x REAL, any)")
	list := []float64{0, 1, -1.5, 0.1, 1e15, 1e17, 1e18, 9e18, 1 << 62, 1 << 63, -1 << 63, 1e19, 1e20, 1e21, 1e22, 1e300, 2e300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Nextafter(1<<63, 0)}
	r := rand.New(rand.NewPCG(3, 5))
	for len(list) < 600 {
		if f := math.Float64frombits(r.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			list = append(list, f, math.Trunc(f), float64(r.Int64()-r.Int64()))
		}
	}
	var batch []rqlite.Statement
	for i, f := range list {
		batch = append(batch, rqlite.Statement{SQL: "INSERT INTO reals VALUES (?, ?, ?)", Args: []any{int64(i), f, f}})
	}
	batch = append(batch, rqlite.Statement{SQL: "INSERT INTO reals VALUES (-1, 9e999, 'text'), (-2, -9e999, x'00')"})
	if _, err := c.Batch(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(rqlite.NewConnector(c))
	defer db.Close()
	for _, from := range []string{"id >= 0", "id >= -1", "true"} {
		for range 2 { // the second time as it was learned the first
			rows, err := db.QueryContext(t.Context(), "SELECT id, x, any, +x, max(any, any) FROM reals WHERE "+from+" AND id >= 0 OR id < 0 AND "+from+" ORDER BY id DESC")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			n := 0
			for rows.Next() {
				var id int64
				var x, loose, plus, most any
				if err := rows.Scan(&id, &x, &loose, &plus, &most); err != nil {
					t.Fatal(err)
				}
				if id < 0 {
					continue
				}
				n++
				for _, v := range []any{x, loose, plus, most} {
					if v != list[id] {
						t.Fatalf("%s: %v of %v is %T %v", from, list[id], id, v, v)
					}
				}
			}
			if err := rows.Err(); err != nil || n != len(list) {
				t.Fatal(n, err)
			}
		}
	}
}
