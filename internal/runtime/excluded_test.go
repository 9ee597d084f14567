package drey_test

import (
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// In a table that is called excluded, excluded is still the new row.
func TestTableCalledExcluded(t *testing.T) {
	type inExcluded struct{}
	rel := drey.Number(&drey.Relation{Name: `"Excluded"`, Columns: []string{`"id"`, `"n"`}, Unique: [][]uint16{{0}}, Key: []uint16{0}})
	fields := func(r *[2]int64, to []any) []any { return append(to, &r[0], &r[1]) }
	n, key := drey.NewNumberColumn[inExcluded, int64](rel, 1), drey.NewKey[inExcluded](0)
	insert := drey.NewTableWrites[inExcluded](rel, fields).Insert
	c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_excluded.sql", Up: []string{
		"CREATE TABLE Excluded (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
	}}}, sqlite.Options{})
	rows := drey.NewQuery[inExcluded](rel, fields)
	for _, test := range []struct {
		name    string
		i       *drey.Insertion[inExcluded, [2]int64]
		n, want int64
	}{
		{"an insert", insert(), 1, 1},
		{"all columns", insert().OrUpdate(key), 2, 2},
		{"old and new", insert().OrUpdate(key).Set(drey.SetTo(n, drey.Plus(n, drey.Excluded(n)))), 3, 5},
		{"under a condition", insert().OrUpdate(key).Where(drey.Lt(n, drey.Excluded(n))), 4, 5},
		{"beside a query", insert().OrUpdate(key).Set(drey.SetTo(n, drey.Plus(drey.CountOf(rows, drey.On(n, n)), drey.Excluded(n)))), 5, 6},
		{"with Add", insert().OrUpdate(key).Set(n.Add(1)), 9, 7},
	} {
		if _, err := test.i.Exec(t.Context(), c, [2]int64{1, test.n}); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		got, err := rows.All(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][2]int64{{1, test.want}}, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}
