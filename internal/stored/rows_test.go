package stored_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/stored"
)

// TestRows looks at a database that other code has filled, and mends it.
func TestRows(t *testing.T) {
	ctx := context.Background()
	m, s, p := database(t, `CREATE TABLE t (
			id TEXT PRIMARY KEY, at DATETIME, day DATE, ok BOOLEAN, n INTEGER, "seconds UnixTime" INTEGER, "milli UnixMilli" INTEGER,
			name TEXT, data BLOB, price REAL, "doc JSON" JSON, any, day_of DATE AS (at));
		CREATE TABLE right (id INTEGER PRIMARY KEY, at DATETIME, ok BOOLEAN NOT NULL);
		CREATE TABLE empty (at DATETIME);
		CREATE VIEW v AS SELECT at FROM t;
		INSERT INTO right VALUES (1, '2026-01-31 10:00:00', 1), (2, '2026-01-31 10:00:00.25', 0), (3, NULL, 0);
		INSERT INTO t (id, at, day, ok, n, "seconds UnixTime", "milli UnixMilli", name, data, price, "doc JSON", any) VALUES
			('a', '2026-01-31T10:00:00.500Z', '2026-01-31 00:00:00+00:00', 'true', 'x', '2026-01-31 10:00:00', '2026-01-31 10:00:00.5', x'61', 'abc', 'dear', x'7b7d', 1),
			('b', '2026-01-31 12:00:00+02:00', '2026-01-31', 'F', 1.5, 5, 5.0, 'a', x'61', 1.5, '{}', 'a'),
			('c', '2026-01-31 10:00:00 +0000 UTC', NULL, 2, x'35', 1e12, NULL, 5, NULL, 2, 5, NULL),
			('d', 1769853600, '2026-02-31', 'maybe', 7, NULL, 7, NULL, 'd', NULL, '[1]', x''),
			(NULL, '2026-01-31 10:00:00', '31.01.2026', 0, NULL, 7, 7, NULL, NULL, NULL, NULL, NULL);`)
	must(t, p.Close())
	db, err := m.Open(nil)
	must(t, err)
	defer db.Close()
	var tables int
	list, err := stored.Rows(ctx, db, s, declared, func(done, total int) { tables = total })
	must(t, err)
	if tables != len(s.Tables) {
		t.Errorf("progress counts %d tables, and there are %d", tables, len(s.Tables))
	}
	compare(t, list, []string{
		"t.id is string in Go: 1 row, NULL, which does not go into it",
		"t.at is time.Time in Go: 4 rows, '2026-01-31T10:00:00.500Z' for one, where Go writes '2026-01-31 10:00:00.5'",
		"t.day is time.Time in Go: 3 rows, '2026-01-31 00:00:00+00:00' for one, where Go writes '2026-01-31'; of 2 nobody knows what is meant",
		"t.ok is bool in Go: 4 rows, 'true' for one, where Go writes 1; of 1 nobody knows what is meant",
		"t.n is int64 in Go: 3 rows, X'35' for one, where Go writes 5; of 2 nobody knows what is meant",
		"t.seconds UnixTime is UnixTime in Go: 3 rows, '2026-01-31 10:00:00' for one, where Go writes 1769853600; of 2 nobody knows what is meant",
		"t.milli UnixMilli is UnixMilli in Go: 2 rows, '2026-01-31 10:00:00.5' for one, where Go writes 1769853600500; of 1 nobody knows what is meant",
		"t.name is string in Go: 1 row, X'61' for one, where Go writes 'a'",
		"t.data is []byte in Go: 2 rows, 'd' for one, where Go writes X'64'",
		"t.price is float64 in Go: 1 row, 'dear' for one, and nobody knows what is meant: Go writes a number that a float64 holds exactly",
		"t.doc JSON is JSON in Go: 1 row, X'7B7D' for one, where Go writes '{}'",
		"t.day_of is time.Time in Go: 5 rows, '2026-01-31T10:00:00.500Z' for one, where Go writes '2026-01-31'",
	})
	for _, v := range list {
		if update := v.Update(); update != "" {
			if _, err := db.ExecContext(ctx, update); err != nil {
				t.Fatalf("%s\n%v", update, err)
			}
		}
	}
	left, err := stored.Rows(ctx, db, s, declared, nil)
	must(t, err)
	compare(t, left, []string{
		"t.id is string in Go: 1 row, NULL, which does not go into it",
		"t.day is time.Time in Go: 2 rows, '31.01.2026' for one, and nobody knows what is meant: Go writes text such as '2026-01-31'",
		"t.ok is bool in Go: 1 row, 'maybe' for one, and nobody knows what is meant: Go writes the integer 0 or 1",
		"t.n is int64 in Go: 2 rows, 'x' for one, and nobody knows what is meant: Go writes an integer",
		"t.seconds UnixTime is UnixTime in Go: 2 rows, 1000000000000 for one, and nobody knows what is meant: Go writes an integer of seconds since 1970, in the years 0 to 9999",
		"t.milli UnixMilli is UnixMilli in Go: 1 row, NULL, which does not go into it",
		"t.price is float64 in Go: 1 row, 'dear' for one, and nobody knows what is meant: Go writes a number that a float64 holds exactly",
		"t.day_of is time.Time in Go: 5 rows, '2026-01-31 10:00:00.5' for one, where Go writes '2026-01-31'",
	})
}

func compare(t *testing.T, list []*stored.Values, want []string) {
	t.Helper()
	got := make([]string, len(list))
	for i, v := range list {
		got[i] = v.Summary()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
