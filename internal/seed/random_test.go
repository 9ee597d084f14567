package seed_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/seed"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// The parts of a random schema. {c} is the column, {t} the table. There are rows for each
// of them and for all of them together.
var (
	keyForms = []string{"id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id TEXT PRIMARY KEY NOT NULL",
		"id TEXT NOT NULL UNIQUE", "id INTEGER PRIMARY KEY CHECK (id > 0)", "id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16)",
		"id INTEGER NOT NULL UNIQUE", "id TEXT PRIMARY KEY NOT NULL COLLATE NOCASE"}
	columnForms = []string{
		"TEXT", "INTEGER", "REAL", "BLOB", "TEXT NOT NULL", "INTEGER NOT NULL", "REAL NOT NULL", "BLOB NOT NULL", "TEXT UNIQUE", "INTEGER UNIQUE", "REAL UNIQUE",
		"TEXT NOT NULL UNIQUE COLLATE NOCASE", "TEXT NOT NULL CHECK ({c} IN ('a', 'b;', 'it''s'))", "INTEGER CHECK ({c} IN (1, 5, -7))",
		"INTEGER NOT NULL CHECK ({c} BETWEEN -5 AND 5)", "INTEGER NOT NULL CHECK ({c} > 1000000)", "REAL NOT NULL CHECK ({c} >= -90 AND {c} <= -80.5)", "INTEGER CHECK (0 < {c} AND 9 >= {c})",
		"TEXT NOT NULL CHECK (length({c}) = 3)", "TEXT CHECK (length({c}) > 200)", "TEXT NOT NULL UNIQUE CHECK (length({c}) BETWEEN 4 AND 9)", "BLOB NOT NULL UNIQUE CHECK (length({c}) = 8)",
		"TEXT NOT NULL CHECK ({c} LIKE '_%@_%')", "TEXT NOT NULL CHECK ({c} GLOB '[A-Z][0-9][0-9]-*')", "TEXT UNIQUE CHECK ({c} NOT GLOB '*[^0-9a-f]*')", "TEXT NOT NULL UNIQUE CHECK ({c} GLOB '[a-c][x-z]?')",
		"TEXT CHECK (json_valid({c}))", "TEXT NOT NULL CHECK (json_type({c}) = 'object')", "TEXT CHECK (datetime({c}) IS {c})", "TEXT NOT NULL CHECK (date({c}) = {c})",
		"TEXT NOT NULL CHECK ({c} = lower({c}))", "TEXT NOT NULL CHECK ({c} = upper({c}))", "INTEGER NOT NULL CHECK ({c} % 3 = 0)", "TEXT CHECK ({c} IS NULL OR length({c}) < 5)", "TEXT CHECK (typeof({c}) IN ('text', 'null'))",
		"INTEGER NOT NULL DEFAULT 7 CHECK (typeof({c}) = 'integer')", "TEXT NOT NULL CHECK (trim({c}) = {c} AND {c} <> '')",
	}
	looseForms = []string{"DATETIME NOT NULL", "DATE UNIQUE", "BOOLEAN NOT NULL", "VARCHAR(5) NOT NULL UNIQUE", "JSON", "UUID NOT NULL UNIQUE", "DECIMAL(10, 2) NOT NULL", "TIMESTAMP", "", "DATETIME NOT NULL UNIQUE",
		"INTEGER AS (1 + 1) STORED", "TEXT AS (upper('x')) VIRTUAL"}
	tableForms = []string{"", "", "", "CHECK ({c} IS NOT NULL OR 1)", "CHECK (({a} IS NULL) = ({b} IS NULL) OR {a} IS NOT NULL)", "UNIQUE ({a}, {b})", "UNIQUE ({a}, id)"}
	afterwards = []string{"", "", "", "CREATE UNIQUE INDEX {i} ON {t} ({a}, {b}) WHERE {a} IS NOT NULL;", "CREATE UNIQUE INDEX {i} ON {t} (id, lower({a}));", "CREATE INDEX {i} ON {t} ({a});",
		"CREATE TRIGGER {i} AFTER INSERT ON {t} BEGIN UPDATE {t} SET {a} = new.{a} WHERE id = new.id; END;", "CREATE VIEW {i} AS SELECT * FROM {t};"}
	columnNames = []string{"name", "email", "created_at", "Total Price", "group", "é", "is_it", "amount", "slug", `say "x"`, "country", "position"}
)

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// randomSchema is a schema that has rows.
func randomSchema(r *rand.Rand) string {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	var b strings.Builder
	kinds := map[string]string{}
	var names []string
	for i := range 1 + r.IntN(4) {
		name := fmt.Sprintf("t%d", i)
		key := pick(keyForms)
		kinds[name] = strings.Fields(key)[1]
		strict := r.IntN(3) == 0
		var parts, columns []string
		parts = append(parts, key)
		for _, at := range r.Perm(len(columnNames))[:2+r.IntN(4)] {
			c := quoted(columnNames[at])
			form := pick(columnForms)
			if !strict && r.IntN(3) == 0 {
				form = pick(looseForms)
			}
			if !strings.Contains(form, " AS (") {
				columns = append(columns, c)
			}
			parts = append(parts, c+" "+strings.ReplaceAll(form, "{c}", c))
		}
		if len(columns) < 2 {
			columns = append(columns, "id", "id")
		}
		fill := strings.NewReplacer("{t}", name, "{c}", columns[0], "{a}", columns[0], "{b}", columns[1], "{i}", name+"_x")
		for range r.IntN(3) {
			if len(names) == 0 && r.IntN(2) == 0 {
				continue
			}
			parent := name
			if len(names) > 0 && r.IntN(4) > 0 {
				parent = pick(names)
			}
			parts = append(parts, fmt.Sprintf("fk%d %s %s REFERENCES %s (id)", len(parts), kinds[parent], pick([]string{"", "NOT NULL", "UNIQUE", "NOT NULL UNIQUE"}), parent))
		}
		if c := pick(tableForms); c != "" && !(strings.Contains(c, "id)") && strings.Contains(columns[0], "id")) && !(columns[0] == columns[1] && strings.Contains(c, "UNIQUE")) {
			parts = append(parts, fill.Replace(c))
		}
		var options []string
		if strict {
			options = append(options, "STRICT")
		}
		if strings.Contains(key, "PRIMARY KEY") && !strings.Contains(key, "AUTOINCREMENT") && r.IntN(4) == 0 {
			options = append(options, "WITHOUT ROWID")
		}
		fmt.Fprintf(&b, "CREATE TABLE %s (\n  %s\n) %s;\n", name, strings.Join(parts, ",\n  "), strings.Join(options, ", "))
		if a := pick(afterwards); a != "" && columns[0] != columns[1] {
			b.WriteString(fill.Replace(a) + "\n")
		}
		names = append(names, name)
	}
	return b.String()
}

// TestRandom: tables of random schemas get as many rows as there is room for, all
// constraints hold, and the same seed makes the same rows.
func TestRandom(t *testing.T) {
	n := 150
	if testing.Short() {
		n = 20
	}
	for i := range n {
		text := randomSchema(rand.New(rand.NewPCG(uint64(i), 7)))
		var first string
		for range 2 {
			db, s := open(t, made(t, text))
			filled, err := seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: uint64(i), Rows: counts(t, "25")})
			if err != nil {
				t.Fatalf("%d: %v\n%s", i, err, text)
			}
			for _, f := range filled {
				if f.Rows != f.Asked && f.Why == "" {
					t.Errorf("%d: %s has %d rows\n%s", i, f.Table, f.Rows, text)
				}
			}
			sound(t, db, s)
			rows := dump(t, db, s)
			if first != "" && rows != first {
				t.Errorf("%d: other rows\n%s", i, text)
			}
			first = rows
			db.Close()
			if t.Failed() {
				t.Fatalf("%d\n%s", i, text)
			}
		}
	}
}

// FuzzRun fills schemas that may not be right, or have no rows: it ends, and what is
// written is sound.
func FuzzRun(f *testing.F) {
	for i := range uint64(8) {
		f.Add(randomSchema(rand.New(rand.NewPCG(i, 8))), i)
	}
	f.Add("CREATE TABLE t (a INTEGER CHECK (a > 9e18 AND a < 5), b TEXT CHECK (length(b) > 99999999999))", uint64(1))
	f.Add("CREATE TABLE t (a TEXT UNIQUE CHECK (a GLOB '[[]*]' AND a LIKE '%\x01_'), b BLOB NOT NULL CHECK (length(b) < 0))", uint64(1))
	f.Fuzz(func(t *testing.T, text string, n uint64) {
		m := made(t, "")
		conn, err := m.PlainConn()
		must(t, err)
		err = conn.Exec(text)
		conn.Close()
		if err != nil || len(text) > 3000 {
			t.Skip()
		}
		db, err := m.Open(nil)
		must(t, err)
		defer db.Close()
		db.SetMaxOpenConns(1)
		s, err := schema.Read(t.Context(), db)
		if err != nil {
			t.Skip()
		}
		before := dump(t, db, s)
		_, err = seed.Run(t.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: n, Rows: counts(t, "4")})
		if err != nil && dump(t, db, s) != before {
			t.Error("rows were written, and there was an error:", err)
		}
		var count *seed.CountError
		if errors.As(err, &count) {
			t.Error(err)
		}
	})
}

// TestTypes: the Go types of overrides read what is written.
func TestTypes(t *testing.T) {
	db, s := open(t, made(t, `CREATE TABLE t (id BLOB PRIMARY KEY NOT NULL, uuid TEXT NOT NULL, addr TEXT NOT NULL, small INTEGER NOT NULL, byte INTEGER NOT NULL,
		at INTEGER NOT NULL, ms INTEGER, f NUMERIC NOT NULL, price TEXT NOT NULL, maybe TEXT)`))
	types := map[string]string{"id": "uuid.UUID", "uuid": "uuid.UUID", "addr": "netip.Addr", "small": "int8", "byte": "uint8", "at": "UnixTime", "ms": "*UnixMilli", "f": "float32", "price": "decimal.Decimal", "maybe": "uuid.UUID"}
	typesOf := func(_ *schema.Table, c *schema.Column) gotype.Type { return gotype.Parse(types[c.Name]) }
	_, err := seed.Run(t.Context(), db, s, typesOf, seed.Options{Seed: 1})
	must(t, err)
	values, err := stored.Rows(t.Context(), db, s, typesOf, nil)
	must(t, err)
	for _, v := range values {
		t.Error(v.Summary())
	}
	var bad int
	must(t, db.QueryRow(`SELECT count(*) FROM t WHERE length(id) <> 16 OR typeof(id) <> 'blob' OR uuid NOT GLOB '????????-????-4???-????-????????????'
		OR addr NOT GLOB '[0-9]*.*.*.[0-9]*' OR price NOT GLOB '[0-9]*.[0-9][0-9]' OR maybe IS NULL OR ms / 1000 NOT BETWEEN 1700000000 AND 1800000000`).Scan(&bad))
	if bad > 0 {
		t.Errorf("%d rows", bad)
	}
}
