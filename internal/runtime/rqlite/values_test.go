//go:build !js

package rqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/proof/cluster"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/rqlite"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// declared are types of columns, such as rqlite changes values by and such as it does not.
var declared = []string{
	"INTEGER", "REAL", "DOUBLE PRECISION", "TEXT", "BLOB", "NUMERIC", "DECIMAL(10, 2)", "", "DATETIME", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ",
	"TIME", "BOOLEAN", "BOOL", "LONGBLOB", "VARCHAR(10)", "JSON", "CLOB", "NVARCHAR(5)", "ANY", "INT8", "datetime", "Boolean",
}

// values are such that something between here and SQLite could change them.
var values = []any{
	nil, int64(0), int64(1), int64(2), int64(-1), int64(math.MaxInt64), int64(math.MinInt64), int64(1<<53 + 1), int64(1_777_888_999), int64(1_777_888_999_000),
	0.0, math.Copysign(0, -1), 1.0, 5.5, -2.5, 0.1, 1e15, 1e16, 1e17, 1e21, 1e300, 1e308, math.SmallestNonzeroFloat64, float64(1 << 60), 9007199254740993.0, -9223372036854775808.0,
	"", "a", "5", "5.0", "1e5", "-0", "true", "NULL", "null", "x'00ff'", "X'AB'", " x'' ", "x'0'", "a\x00b", "\ufeffa", "\ufffd", `\ufffd`, `a\u0000`, `'"\` + "\n\t\u2028", "🐿",
	"2026-05-04 10:00:00", "2026-05-04 10:00:00.123456789", "2026-05-04T10:00:00Z", "2026-05-04T12:00:00+02:00", "2026-05-04", "10:00", "0001-01-01 00:00:00", "noon", "9999-12-31 23:59:59.999",
	"t", "r1", `{"a": [1, "x"]}`, strings.Repeat("é", 300),
	[]byte{}, []byte{0}, []byte("text"), []byte{0xff, 0x80, 0}, []byte("x'00'"), []byte("2026-05-04 10:00:00"),
	true, false, time.Date(2026, 5, 4, 12, 0, 0, 5000, time.FixedZone("", 7200)), time.Time{},
}

// engines opens a database in memory and one on rqlite with the same tables.
func engines(t *testing.T, tables ...string) (embedded, remote *drey.Client, c *rqlite.Cluster) {
	t.Helper()
	embedded, err := sqlite.Open(t.Context(), ":memory:", []sqlite.Migration{{Version: 1, Name: "00001_values.sql", Up: tables}}, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	c = dialURLs(t, cluster.Start(t, 1).URLs(), rqlite.Options{})
	for _, table := range tables {
		exec(t, c, table)
	}
	return embedded, c.Client(), c
}

// all reads all rows of a query.
func all(ctx context.Context, c drey.Conn, query string, args ...any) (list [][]any, err error) {
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	list = append(list, nil)
	for _, name := range names {
		list[0] = append(list[0], name)
	}
	for rows.Next() {
		row, dest := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// Every value in a column of every type comes back as from the embedded engine, with the
// same Go type: written by a statement or in a batch, read by a query, by RETURNING, in a
// batch, and through an expression that is not a column.
func TestValues(t *testing.T) {
	var columns, names []string
	for i, d := range declared {
		names = append(names, fmt.Sprint("c", i))
		columns = append(columns, fmt.Sprintf("c%d %s", i, d))
	}
	marks := strings.TrimSuffix(strings.Repeat("?2, ", len(names)), ", ")
	embedded, remote, _ := engines(t, "CREATE TABLE v (id INTEGER PRIMARY KEY, "+strings.Join(columns, ", ")+")")
	list := strings.Join(names, ", ")
	for i, v := range values {
		var want [][]any
		for _, e := range []struct {
			name string
			*drey.Client
		}{{"embedded", embedded}, {"rqlite", remote}} {
			var got [][]any
			ask := func(query string, args ...any) {
				rows, err := all(t.Context(), e, query, args...)
				if err != nil {
					t.Errorf("%#v on %s: %s: %v", v, e.name, query, err)
				}
				got = append(got, rows...)
			}
			ask("INSERT INTO v (id, "+list+") VALUES (?1, "+marks+") RETURNING *", 10*i, v)
			ask("INSERT INTO v (id, "+list+") VALUES (?1, "+marks+") RETURNING id, "+list, 10*i+1, v)
			ask("UPDATE v SET c0 = c0 WHERE id = ? RETURNING c8, v.c8 AS \"at\", c14 AS is_it, typeof(c8), c4", 10*i)
			var b drey.Batch
			inserted := drey.InBatch(&b, func(tx *drey.Tx) ([][]any, error) {
				if _, err := tx.ExecContext(t.Context(), "INSERT INTO v (id, "+list+") VALUES (?1, "+marks+")", 10*i+2, v); err != nil {
					return nil, err
				}
				return all(t.Context(), tx, "SELECT * FROM v WHERE id = ?", 10*i+2)
			})
			if err := b.Run(t.Context(), e); err != nil {
				t.Errorf("%#v in a batch of %s: %v", v, e.name, err)
			}
			rows, err := inserted()
			if err != nil {
				t.Error(err)
			}
			got = append(got, rows...)
			ask("SELECT * FROM v WHERE id / 10 = ? ORDER BY id", i)
			ask("SELECT "+list+", c0 AS c0, c0 AS c0 FROM v WHERE id / 10 = ? ORDER BY id DESC LIMIT 2", i)
			ask("SELECT c8, v.c14, c9 AS d, id FROM v WHERE id / 10 = ? ORDER BY c8, c14, id -- at", i)
			ask("SELECT c14, id, c8 FROM v WHERE id / 10 = ? ORDER BY 3, 1, 2;", i)
			ask("SELECT DISTINCT c8, c14 FROM v WHERE id / 10 = ?", i)
			ask("SELECT c8, count(*), max(id) FROM v WHERE id / 10 = ? GROUP BY c8 HAVING c8 IS c8", i)
			ask("SELECT c8 FROM v WHERE id / 10 = ? UNION ALL SELECT c9 FROM v WHERE id = -1", i)
			ask("WITH w AS (SELECT * FROM v) SELECT w.*, v.c8 FROM w JOIN v USING (id) WHERE id / 10 = ? ORDER BY id;", i)
			ask("SELECT ?1, c3, c8 FROM v WHERE id = ?2", v, 10*i)
			if _, real := v.(float64); !real { // whose text is another by the version of SQLite
				ask("WITH w (a, b) AS (SELECT CAST(c3 AS BLOB), length(c3) FROM v WHERE id / 10 = ?) SELECT a, b, +a FROM w ORDER BY +a", i)
				ask("SELECT +c3, hex(c3), CAST(c3 AS BLOB), c3 FROM v WHERE id / 10 = ? ORDER BY id", i)
			}
			ask("SELECT id FROM v WHERE c7 IS ?1 AND id / 10 = ?2 AND (c3 IS ?1 OR 1)", v, i)
			if e.name == "embedded" {
				want = got
				continue
			}
			if len(got) != len(want) {
				t.Errorf("%#v: %d rows, want %d", v, len(got), len(want))
				continue
			}
			for row := range want {
				for column := range want[row] {
					if g, w := got[row][column], want[row][column]; !reflect.DeepEqual(g, w) && !same(g, w) {
						t.Errorf("%#v: row %d, column %d: %#v, want %#v", v, row, column, g, w)
					}
				}
			}
		}
	}
}

// What a column's declared type promises holds for a table. It need not for a view, for
// what a trigger gives, for a compound, and for an expression whose first row is of
// another type; a strict table promises more, but nothing of an ANY.
func TestPromises(t *testing.T) {
	embedded, remote, _ := engines(t,
		"CREATE TABLE s (id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT",
		"CREATE TABLE v (id INTEGER PRIMARY KEY, t TEXT COLLATE NOCASE, n NUMERIC, ok BOOLEAN, at DATETIME, b BLOB)",
		"CREATE VIEW w AS SELECT id, t, ok, at FROM v",
		"CREATE TRIGGER w_insert INSTEAD OF INSERT ON w BEGIN INSERT INTO v (id, t, ok, at) VALUES (NEW.id, NEW.t, NEW.ok, NEW.at); END")
	for i, v := range values {
		for _, query := range []string{
			"INSERT INTO s (id, a) VALUES (?1, ?2) RETURNING *", "UPDATE s SET b = x'ff', t = 'tx', r = id, i = id WHERE id = ?1 RETURNING *",
			"INSERT INTO v VALUES (?1, ?2, ?2, ?2, ?2, ?2) RETURNING *", "UPDATE v SET id = id WHERE id = ?1 RETURNING ok, at, t, n, b",
			"INSERT INTO w VALUES (?1 + 1000, ?2, ?2, ?2) RETURNING *",
			"SELECT ok FROM (SELECT ?2 AS ok UNION ALL SELECT ok FROM v WHERE id = ?1)", "SELECT t, ok FROM (SELECT t, ok FROM v WHERE 0 UNION ALL SELECT ?2, ?2)",
			"SELECT a, r, t, b FROM s WHERE id = ?1", "SELECT ok, id / 2 FROM v WHERE id = ?1", "SELECT ok, CASE ?1 WHEN 0 THEN 1.5 ELSE 2 END FROM v",
			"SELECT ok, id FROM v WHERE id = ?1", "SELECT id, CASE ?1 WHEN 0 THEN 1.5 ELSE 2 END FROM v WHERE id = ?1 ORDER BY id",
		} {
			args := []any{i, v}
			if !strings.Contains(query, "?2") {
				args = args[:1]
			}
			want, e1 := all(t.Context(), embedded, query, args...)
			got, e2 := all(t.Context(), remote, query, args...)
			if e1 != nil || e2 != nil || len(got) != len(want) {
				t.Errorf("%#v: %s: %v, %v", v, query, e1, e2)
				continue
			}
			for row := range want {
				for column := range want[row] {
					if g, w := got[row][column], want[row][column]; !reflect.DeepEqual(g, w) && !same(g, w) {
						t.Errorf("%#v: %s: row %d, column %d: %#v, want %#v", v, query, row, column, g, w)
					}
				}
			}
		}
	}
}

// same reports whether two values differ only as they may.
func same(got, want any) bool {
	if w, ok := want.(float64); ok && math.Signbit(w) && w == 0 {
		return got == 0.0
	}
	if w, ok := want.(string); ok { // SQLite has made a text of a REAL, which its versions do not do alike
		g, ok := got.(string)
		gf, e1 := strconv.ParseFloat(g, 64)
		wf, e2 := strconv.ParseFloat(w, 64)
		return ok && e1 == nil && e2 == nil && math.Abs(gf-wf) <= math.Abs(wf)*1e-14
	}
	if w, ok := want.([]byte); ok { // in a column of texts
		return got == string(w)
	}
	if got, ok := got.(time.Time); ok {
		want, ok := want.(time.Time)
		return ok && got.Equal(want)
	}
	return false
}

// Numbers that JSON does not have are refused as arguments, and read all the same.
func TestInfinite(t *testing.T) {
	_, remote, _ := engines(t, "CREATE TABLE v (id INTEGER PRIMARY KEY, r REAL, b BLOB)")
	for v, want := range map[float64]error{math.Inf(1): rqlite.ErrInfinite, math.Inf(-1): rqlite.ErrInfinite, math.NaN(): drey.ErrNaN} {
		if _, err := remote.ExecContext(t.Context(), "INSERT INTO v (r) VALUES (?)", v); !errors.Is(err, want) {
			t.Errorf("%v: %v", v, err)
		}
	}
	if _, err := remote.ExecContext(t.Context(), "INSERT INTO v (r, b) VALUES (9e999, x'ff'), (-9e999, NULL), (1.0, x'')"); err != nil {
		t.Fatal(err)
	}
	rows, err := all(t.Context(), remote, "SELECT r, b, id FROM v ORDER BY id")
	if want := [][]any{{"r", "b", "id"}, {math.Inf(1), []byte{0xff}, int64(1)}, {math.Inf(-1), nil, int64(2)}, {1.0, []byte{}, int64(3)}}; err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%#v, %v", rows, err)
	}
	var r sql.NullFloat64
	if err := remote.QueryRowContext(t.Context(), "INSERT INTO v (r) VALUES (9e999) RETURNING r").Scan(&r); !errors.Is(err, rqlite.ErrUnknownOutcome) {
		t.Errorf("returned: %v", err)
	}
}

// Whoever asks for the first time while others do gets the values that are stored, and
// goes on asking in the form that they need; a * is asked for anew each time.
func TestTogether(t *testing.T) {
	_, remote, _ := engines(t, "CREATE TABLE v (id INTEGER PRIMARY KEY, at DATETIME, ok BOOLEAN, b BLOB, r REAL)",
		"INSERT INTO v (at, ok, b, r) VALUES ('noon', 2, x'61ff', 9e999), ('2026-05-04 10:00:00', 1, 'ab', 1)",
		"CREATE TABLE w (at DATETIME, ok BOOLEAN, b BLOB)", "INSERT INTO w SELECT at, ok, b FROM v ORDER BY id")
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	want := [][]any{{"noon", int64(2), []byte("a\xff"), math.Inf(1)}, {at, int64(1), "ab", 1.0}}
	for round := range 40 {
		query, columns := fmt.Sprintf("SELECT at, ok, b, r, +r, abs(r) FROM v ORDER BY id -- %d", round), []int{0, 1, 2, 3, 3, 3}
		switch round % 5 {
		case 3:
			query, columns = fmt.Sprintf("UPDATE w SET ok = ok RETURNING at, /* a */ ok\tAS\nis_it --, x\n, b; -- %d", round), []int{0, 1, 2}
		case 4:
			query, columns = fmt.Sprintf("UPDATE w SET ok = ok WHERE %d >= 0 RETURNING *; -- all", round), []int{0, 1, 2}
		case 1:
			query, columns = fmt.Sprintf("SELECT * FROM (SELECT at, ok, b, id FROM v) ORDER BY id -- %d", round), []int{0, 1, 2}
		case 2:
			query, columns = fmt.Sprintf("SELECT ok, at FROM v ORDER BY id -- %d", round), []int{1, 0}
		}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 3 {
					rows, err := all(t.Context(), remote, query)
					if err != nil || len(rows) != 3 {
						t.Errorf("%s: %v, %v", query, rows, err)
						return
					}
					for i := range want {
						for j, c := range columns {
							if w := want[i][c]; !reflect.DeepEqual(rows[1+i][j], w) {
								t.Errorf("%s: row %d, column %d: %#v, want %#v", query, i, j, rows[1+i][j], w)
							}
						}
					}
				}
			})
		}
		group.Wait()
	}
}

// However a RETURNING is written, it gives what is stored.
func TestReturningIsExact(t *testing.T) {
	embedded, remote, _ := engines(t, "CREATE TABLE t (id INTEGER PRIMARY KEY, a DATETIME, b BOOLEAN, \"c d\" BLOB)",
		"INSERT INTO t VALUES (1, 'noon', 2, x'61ff')")
	for _, query := range []string{
		"UPDATE t SET b = 2 RETURNING a, b, id", "update t set b = 2 returning a,b,\"c d\";", "UPDATE t AS x SET b = 2 RETURNING t.a, t . b",
		"UPDATE main.t AS x SET b = 2 RETURNING a /* , */ , b -- all", "UPDATE \"main\" . [t] SET b = 2 RETURNING\n*;\n-- and\n", "UPDATE `t` SET b = 2 RETURNING id, *, a;;",
		"UPDATE OR REPLACE t SET b = 2 WHERE id = 1 RETURNING a AS x, b y, [c d] AS \"e f\" --", "UPDATE t SET b = 2 RETURNING rowid, t.rowid, (SELECT 1) AS \"from\", a a, b/**/AS/**/b",
		"WITH x AS (SELECT 2 AS n) UPDATE t SET b = x.n FROM x WHERE id = 1 RETURNING a, b", "REPLACE INTO t VALUES (1, 'noon', 2, x'61ff') RETURNING b, a, \"c d\" -- ;",
		"INSERT INTO t AS x (id, a, b) VALUES (1, 'noon', 2) ON CONFLICT DO UPDATE SET b = excluded.b, a = x.a RETURNING a, b, id",
		"INSERT INTO t (id, a, b) SELECT 9, 'noon', 3 FROM t RETURNING a,b", "DELETE FROM t WHERE id = 9 RETURNING /* it */ a, b",
	} {
		want, err := all(t.Context(), embedded, query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		got, err := all(t.Context(), remote, query)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v, want %#v", query, got, err, want)
		}
	}
}

// What a query computes is what it is, after a NULL and in the order of a page.
func TestComputed(t *testing.T) {
	_, remote, _ := engines(t, "CREATE TABLE v (id INTEGER PRIMARY KEY, a TEXT)", "INSERT INTO v (a) VALUES (NULL), ('a'), (x'61')")
	for query, want := range map[string][]any{
		"SELECT CAST(a AS BLOB) FROM v ORDER BY id":                            {nil, []byte("a"), []byte("a")},
		"SELECT +a FROM v ORDER BY id":                                         {nil, "a", []byte("a")},
		"WITH w (b) AS (SELECT CAST(a AS BLOB) FROM v) SELECT b FROM w":        {nil, []byte("a"), []byte("a")},
		"SELECT b FROM (SELECT CAST(a AS BLOB) AS b, id FROM v) ORDER BY id":   {nil, []byte("a"), []byte("a")},
		"SELECT a FROM v WHERE id = 2 UNION ALL SELECT CAST(a AS BLOB) FROM v": {"a", nil, []byte("a"), []byte("a")},
	} {
		rows, err := all(t.Context(), remote, query)
		if err != nil || len(rows) != 1+len(want) {
			t.Errorf("%s: %v, %v", query, rows, err)
			continue
		}
		for i, w := range want {
			if got := rows[1+i][0]; !reflect.DeepEqual(got, w) {
				t.Errorf("%s: row %d: %#v, want %#v", query, i, got, w)
			}
		}
	}
}

// A text that is not UTF-8 is an error, read or bound.
func TestNotUTF8(t *testing.T) {
	_, remote, _ := engines(t, "CREATE TABLE v (id INTEGER PRIMARY KEY, a TEXT)")
	if _, err := remote.ExecContext(t.Context(), "INSERT INTO v (a) VALUES (CAST(x'61ff' AS TEXT)), ('\\ufffd')"); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"SELECT a FROM v WHERE id = 1", "SELECT a || '' FROM v WHERE id = 1", "UPDATE v SET id = id WHERE id = 1 RETURNING a"} {
		if rows, err := all(t.Context(), remote, query); !errors.Is(err, rqlite.ErrText) {
			t.Errorf("%s: %q, %v", query, rows, err)
		}
	}
	rows, err := all(t.Context(), remote, "SELECT CAST(a AS BLOB), CASE id WHEN 2 THEN a END FROM v ORDER BY id")
	if err != nil || !reflect.DeepEqual(rows[1:], [][]any{{[]byte{'a', 0xff}, nil}, {[]byte(`\ufffd`), `\ufffd`}}) {
		t.Errorf("%#v, %v", rows, err)
	}
}

// A change of the schema is noticed by a query that is asked for in another form.
func TestChangedSchema(t *testing.T) {
	_, remote, c := engines(t, "CREATE TABLE v (id INTEGER PRIMARY KEY, at DATETIME)", "INSERT INTO v (at) VALUES ('noon')")
	for i, change := range []string{
		"", "ALTER TABLE v ADD COLUMN ok BOOLEAN DEFAULT 2", "ALTER TABLE v DROP COLUMN at", "DROP TABLE v",
		"CREATE TABLE v (id BOOLEAN, a BLOB, at TIMESTAMP)", "INSERT INTO v VALUES (-1, x'ff', '2026-05-04 10:00:00')",
	} {
		if change != "" {
			exec(t, c, change)
		}
		want := map[int]string{
			0: "[[id at] [1 noon]]", 1: "[[id at ok] [1 noon 2]]", 2: "[[id ok] [1 2]]",
			4: "[[id a at]]", 5: "[[id a at] [-1 [255] 2026-05-04 10:00:00 +0000 UTC]]",
		}[i]
		rows, err := all(t.Context(), remote, "SELECT * FROM v")
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "no such table") {
				t.Errorf("%s: %v, %v", change, rows, err)
			}
			continue
		}
		if got := fmt.Sprint(rows); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", change, got, err, want)
		}
	}
}
