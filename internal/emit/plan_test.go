package emit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// planOf is a plan over the tables of some DDL, with nothing of sqlc's.
func planOf(t *testing.T, ddl string) *plan {
	t.Helper()
	memory, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	db, err := memory.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(ddl); err != nil {
		t.Fatal(err)
	}
	s, err := schema.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := memory.Conn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range []interface{ Close() error }{conn, db, memory} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return &plan{in: Input{Shared: NewShared(), Schema: s, Describe: func(sql string) ([]sqlite.Column, bool, error) {
		stmt, err := conn.Describe(sql)
		if err != nil {
			return nil, false, err
		}
		return stmt.Columns, stmt.ReadOnly, nil
	}}}
}

// TestKeys: the key that makes an order total, those that a relation may go by, and those
// that an upsert can name.
func TestKeys(t *testing.T) {
	for _, test := range []struct {
		name, ddl                  string
		total, unique, upsertNames string
	}{
		{"a rowid", "CREATE TABLE t (id INTEGER PRIMARY KEY, a)", "[0]", "[[0]]", "PrimaryKey"},
		{"a key that may be NULL", "CREATE TABLE t (id TEXT PRIMARY KEY, a)", "[]", "[[0]]", "PrimaryKey"},
		{"NOT NULL makes it total", "CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY, a)", "[0]", "[[0]]", "PrimaryKey"},
		{"two columns", "CREATE TABLE t (a NOT NULL, b NOT NULL, PRIMARY KEY (b, a))", "[1 0]", "[[1 0]]", "PrimaryKey"},
		{"a unique column besides", "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE)", "[0]", "[[0] [1]]", "PrimaryKey KeyF1"},
		{"the first key may be NULL, the second not", "CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT NOT NULL UNIQUE)", "[1]", "[[0] [1]]", "PrimaryKey KeyF1"},
		{"none", "CREATE TABLE t (a, b)", "[]", "[]", ""},
		{"a partial index is a key of some rows", "CREATE TABLE t (a NOT NULL); CREATE UNIQUE INDEX i ON t (a) -- (WHERE)\n WHERE /* WHERE */ a\n > 1 -- end", "[]", "[]", "KeyF0 WHERE a > 1"},
		{"partial indexes over one column", "CREATE TABLE t (a UNIQUE, b); CREATE UNIQUE INDEX i ON t (a) WHERE a > 1; CREATE UNIQUE INDEX \"i where\" ON t (a) WHERE a < 'x y'; CREATE UNIQUE INDEX u ON t (b) WHERE t.b ISNULL", "[]", "[[0]]", "KeyF0 KeyI WHERE a > 1 KeyIWhere WHERE a < 'x y' KeyF1 WHERE t.b ISNULL"},
		{"a partial index over an expression", "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a + b) WHERE a > 1; CREATE INDEX j ON t (a) WHERE a > 1", "[]", "[]", ""},
		{"a collation", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL COLLATE NOCASE UNIQUE)", "[0]", "[[0]]", "PrimaryKey KeyF1"},
		{"an index with its own collation", "CREATE TABLE t (a TEXT NOT NULL); CREATE UNIQUE INDEX i ON t (a COLLATE NOCASE)", "", "", "KeyF0"},
		{"WITHOUT ROWID", "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID", "[0]", "[[0]]", "PrimaryKey"},
		{"a view has none", "CREATE TABLE x (a INTEGER PRIMARY KEY); CREATE VIEW t AS SELECT a FROM x", "[]", "[]", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planOf(t, test.ddl)
			table := p.in.Schema.Table("t")
			handles := make([]handle, len(table.Columns))
			for i := range handles {
				handles[i].Field = fmt.Sprint("F", i)
			}
			var upserts []string
			for _, k := range p.conflictKeys(table, handles) {
				if upserts = append(upserts, k.Field); k.Where != "" {
					upserts = append(upserts, "WHERE", k.Where)
				}
			}
			if test.total != "" {
				if got := fmt.Sprint(totalKey(table)); got != test.total {
					t.Errorf("the total key is %s, want %s", got, test.total)
				}
				if got := fmt.Sprint(uniqueKeys(table)); got != test.unique {
					t.Errorf("the unique keys are %s, want %s", got, test.unique)
				}
			}
			if got := strings.Join(upserts, " "); got != test.upsertNames {
				t.Errorf("an upsert can name %q, want %q", got, test.upsertNames)
			}
		})
	}
}

// TestBare: the type of what is compared with a column, and how a row's field is asked for
// NULL.
func TestBare(t *testing.T) {
	for _, test := range []struct {
		goType, bare string
		nullable     bool
		null, value  string
	}{
		{"int64", "int64", false, "", "r.X"},
		{"sql.NullInt64", "int64", true, "!r.X.Valid", "r.X.Int64"},
		{"sql.NullTime", "time.Time", true, "!r.X.Valid", "r.X.Time"},
		{"*string", "string", true, "r.X == nil", "*r.X"},
		{"sql.Null[UnixTime]", "UnixTime", true, "!r.X.Valid", "r.X.V"},
		{"uuid.NullUUID", "uuid.UUID", true, "!r.X.Valid", "r.X.UUID"},
		{"decimal.NullDecimal", "decimal.Decimal", true, "!r.X.Valid", "r.X.Decimal"},
		{"[]byte", "[]byte", false, "", "r.X"},
		{"NullableName", "NullableName", false, "", "r.X"},
	} {
		b, nullable := bare(test.goType)
		null, value := access("r.X", test.goType)
		if b != test.bare || nullable != test.nullable || null != test.null || value != test.value {
			t.Errorf("%s: %s, nullable %v, NULL where %q, value %s", test.goType, b, nullable, null, value)
		}
	}
}

// TestHandles: the kind of a column's handle, which says what it can be asked.
func TestHandles(t *testing.T) {
	p := planOf(t, `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, n REAL NOT NULL, m INTEGER, ok BOOLEAN NOT NULL,
		raw BLOB, at DATETIME NOT NULL, len INTEGER AS (length(name)))`)
	types := []string{"int64", "string", "*string", "float64", "sql.NullInt64", "bool", "[]byte", "time.Time", "sql.NullInt64"}
	want := []string{"NumberColumn", "TextColumn", "NullTextColumn", "NumberColumn", "NullNumberColumn", "Column", "NullColumn", "OrderedColumn", "NullNumberColumn computed"}
	var got []string
	for i := range p.in.Schema.Table("t").Columns {
		h := p.columnHandle(&p.in.Schema.Table("t").Columns[i], "X", types[i])
		kind := h.Kind
		if h.Computed {
			kind += " computed"
		}
		got = append(got, kind)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestNames: drey's own names give way to those that are taken.
func TestNames(t *testing.T) {
	name := Names(map[string]string{"Client": "models.go", "returning": "x.go"})
	for own, want := range map[string]string{"Client": "DreyClient", "returning": "dreyReturning", "Open": "Open"} {
		if got := name(own); got != want {
			t.Errorf("%s becomes %s, want %s", own, got, want)
		}
	}
}
