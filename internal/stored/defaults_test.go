package stored_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// declared gives a column the Go type of its declared type, or that of its name:
// a column "x UnixTime" of the tests has an override.
func declared(t *schema.Table, c *schema.Column) gotype.Type {
	return stored.TypesOf(func(_, column, _ string, _ bool) (gotype.Type, bool) {
		_, override, ok := strings.Cut(column, " ")
		return gotype.Parse(override), ok
	})(t, c)
}

// database is a database in memory with a schema, and that schema.
func database(tb testing.TB, ddl string) (*sqlite.Memory, *schema.Schema, *stored.Prober) {
	tb.Helper()
	ctx := context.Background()
	m, err := sqlite.NewMemory()
	must(tb, err)
	tb.Cleanup(func() { m.Close() })
	db, err := m.Open(nil)
	must(tb, err)
	tb.Cleanup(func() { db.Close() })
	_, err = db.ExecContext(ctx, ddl)
	must(tb, err)
	s, err := schema.Read(ctx, db)
	must(tb, err)
	p, err := stored.NewProber(ctx, db)
	must(tb, err)
	tb.Cleanup(func() { p.Close() })
	return m, s, p
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// TestDefaults judges defaults of columns. The rewrite is that of the report;
// "-" is a report without one, and "" none.
func TestDefaults(t *testing.T) {
	const fraction = "rtrim(rtrim(strftime('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.')"
	for _, c := range []struct{ column, rewrite string }{
		{"n INTEGER DEFAULT CURRENT_TIMESTAMP", "unixepoch()"},
		{"b BOOLEAN DEFAULT 'false'", "0"},
		{"b BOOLEAN NOT NULL DEFAULT 'true'", "1"},
		{"b BOOLEAN DEFAULT false", ""},
		{"b BOOLEAN DEFAULT 1", ""},
		{"b BOOL DEFAULT 2", "1"},
		{"b BOOLEAN DEFAULT 0.5", "1"},
		{"b BOOLEAN DEFAULT 'maybe'", "-"},
		{"b BOOLEAN DEFAULT '1'", ""},
		{`b BOOLEAN DEFAULT "true"`, "1"},
		{"b BOOLEAN DEFAULT (random() % 2)", "-"},
		{"b BOOLEAN DEFAULT (abs(random() % 2))", ""},
		{"n INT DEFAULT 'zero'", "-"},
		{"n INT DEFAULT zero", "-"},
		{"n INT DEFAULT '7'", ""},
		{"n INT DEFAULT 7.0", ""},
		{"n INT DEFAULT 7.5", "-"},
		{"n BIGINT DEFAULT 9223372036854775808", "-"},
		{"n INTEGER DEFAULT 9e18", ""},
		{"n INTEGER DEFAULT (unixepoch())", ""},
		{"n INTEGER DEFAULT (strftime('%s', 'now'))", ""},
		{"n INTEGER DEFAULT (random())", ""},
		{"n INTEGER DEFAULT ''", "-"},
		{"n INTEGER DEFAULT x'31'", "1"},
		{"n INTEGER DEFAULT NULL", ""},
		{"n INTEGER NOT NULL DEFAULT NULL", ""},
		{"n INTEGER DEFAULT (julianday('now'))", "unixepoch()"},
		{`"n int32" INTEGER DEFAULT 2147483647`, ""},
		{`"n int32" INTEGER DEFAULT 2147483648`, "-"},
		{`"n *int16" INTEGER DEFAULT -32769`, "-"},
		{`"n uint8" INTEGER DEFAULT -1`, "-"},
		{`"n sql.NullInt32" INTEGER DEFAULT 4294967296`, "-"},
		{`"n any" INTEGER DEFAULT 'x'`, ""},
		{`"n Kind" INTEGER DEFAULT 'x'`, ""},
		{`"r float32" REAL DEFAULT 0.1`, "0.10000000149011612"},
		{`"r float32" REAL DEFAULT 0.25`, ""},
		{`"r float32" REAL DEFAULT 1e39`, "-"},
		{"r REAL DEFAULT 'x'", "-"},
		{"r REAL DEFAULT '1.5'", ""},
		{"r REAL DEFAULT 1", ""},
		{"r REAL DEFAULT 9e999", ""},
		{"r DECIMAL(10,2) DEFAULT 0", ""},
		{"r DECIMAL(10,2) DEFAULT 9007199254740993", "-"},
		{"r DECIMAL(10,2) DEFAULT ''", "-"},
		{"r NUMERIC DEFAULT '0.00'", ""},
		{"t TEXT DEFAULT 1", ""},
		{"t TEXT DEFAULT x'61'", "'a'"},
		{"t TEXT DEFAULT (hex(randomblob(8)))", ""},
		{"t TEXT DEFAULT (randomblob(8))", "-"},
		{"t VARCHAR(10) DEFAULT ''", ""},
		{"t TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", ""},
		{"t TEXT DEFAULT (datetime('now', 'localtime'))", ""},
		{"b BLOB DEFAULT 'abc'", "X'616263'"},
		{"b BLOB DEFAULT x'616263'", ""},
		{"b BLOB DEFAULT ''", "X''"},
		{"b BLOB DEFAULT (randomblob(16))", ""},
		{"b BLOB DEFAULT 1", "X'31'"},
		{"at DATETIME DEFAULT CURRENT_TIMESTAMP", ""},
		{"at DATETIME DEFAULT current_timestamp", ""},
		{"at DATETIME DEFAULT (datetime('now'))", ""},
		{"at DATETIME DEFAULT (datetime())", ""},
		{"at TIMESTAMP DEFAULT (unixepoch())", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT (unixepoch('now'))", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT (strftime('%s', 'now'))", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT (julianday('now'))", fraction},
		{"at DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", fraction},
		{"at DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%S', 'now'))", ""},
		{"at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%S+00:00', 'now', '+7 days'))", "datetime('now', '+7 days')"},
		{"at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))", fraction},
		{"at DATETIME DEFAULT (datetime('now', 'subsec'))", fraction},
		{"at DATETIME DEFAULT (datetime('subsec'))", fraction},
		{"at DATETIME DEFAULT (" + fraction + ")", ""},
		{"at DATETIME DEFAULT (datetime('now', 'localtime'))", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%S', 'now', 'localtime'))", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT CURRENT_DATE", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT CURRENT_TIME", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT (date('now'))", "CURRENT_TIMESTAMP"},
		{"at DATETIME DEFAULT '1970-01-01'", "'1970-01-01 00:00:00'"},
		{"at DATETIME DEFAULT '1970-01-01T00:00:00Z'", "'1970-01-01 00:00:00'"},
		{"at DATETIME DEFAULT '1970-01-01 00:00:00'", ""},
		{"at DATETIME DEFAULT '0000-00-00 00:00:00'", "-"},
		{"at DATETIME DEFAULT ''", "-"},
		{"at DATETIME DEFAULT 0", "'1970-01-01 00:00:00'"},
		{"at DATETIME DEFAULT (replace(datetime('now'), ' ', 'T') || 'Z')", "datetime(replace(datetime('now'), ' ', 'T') || 'Z')"},
		{"at TIMESTAMP WITH TIME ZONE DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))", "CURRENT_TIMESTAMP"},
		{"on_day DATE DEFAULT CURRENT_DATE", ""},
		{"on_day DATE DEFAULT CURRENT_TIMESTAMP", "CURRENT_DATE"},
		{"on_day DATE DEFAULT (date('now'))", ""},
		{"on_day DATE DEFAULT (date('now', 'localtime'))", ""},
		{"on_day DATE DEFAULT (date('now', '+1 month'))", ""},
		{"on_day DATE DEFAULT (datetime('now', '+1 month'))", "date('now', '+1 month')"},
		{"on_day DATE DEFAULT '2026-1-31'", "-"},
		{"on_day DATE DEFAULT '2026-01-31'", ""},
		{`"at UnixTime" INTEGER DEFAULT (unixepoch())`, ""},
		{`"at UnixTime" INTEGER DEFAULT CURRENT_TIMESTAMP`, "unixepoch()"},
		{`"at *UnixTime" INTEGER DEFAULT (unixepoch('now', '+1 day'))`, ""},
		{`"at *UnixTime" INTEGER DEFAULT (datetime('now', '+1 day'))`, "unixepoch('now', '+1 day')"},
		{`"at UnixTime" INTEGER DEFAULT 999999999999999`, "-"},
		{`"at UnixTime" INTEGER DEFAULT (unixepoch('now', 'localtime'))`, "unixepoch()"},
		{`"at UnixTime" DATETIME DEFAULT CURRENT_TIMESTAMP`, "unixepoch()"},
		{`"at UnixMilli" INTEGER DEFAULT (unixepoch() * 1000)`, ""},
		{`"at UnixMilli" INTEGER DEFAULT CURRENT_TIMESTAMP`, "CAST(round(unixepoch('now', 'subsec') * 1000) AS INTEGER)"},
		{`"at UnixMilli" INTEGER DEFAULT (unixepoch('subsec') * 1000)`, ""},
		{`"at TextTime" TEXT DEFAULT CURRENT_TIMESTAMP`, ""},
		{`"at TextTime" TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`, fraction},
		{`"at TextTime" TEXT DEFAULT CURRENT_DATE`, "CURRENT_TIMESTAMP"},
		{`"doc JSON" JSON DEFAULT '{}'`, ""},
		{`"doc JSON" TEXT DEFAULT ''`, ""},
		{`"doc JSON" TEXT DEFAULT x'7b7d'`, "'{}'"},
		{`"doc JSON" JSON DEFAULT (jsonb('{"a":1}'))`, "-"},
		{"doc JSON DEFAULT '{}'", ""},
		{`"id string" UUID DEFAULT (lower(hex(randomblob(16))))`, ""},
		{"id UUID DEFAULT 1", ""},
		{"x DEFAULT 'a'", ""},
		{"n INTEGER DEFAULT 'zero' STRICT", "-"},
		{"n INTEGER DEFAULT '7' STRICT", ""},
		{"n INT DEFAULT CURRENT_TIMESTAMP STRICT", "-"},
		{"t TEXT DEFAULT 1 STRICT", ""},
		{"r REAL DEFAULT 1 STRICT", ""},
		{"b BLOB DEFAULT 'abc' STRICT", "-"},
		{"a ANY DEFAULT 'abc' STRICT", ""},
		{`"at TextTime" TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')) STRICT`, fraction},
	} {
		t.Run(c.column, func(t *testing.T) {
			t.Parallel()
			ddl := "CREATE TABLE t (" + c.column + ")"
			if strings.HasSuffix(c.column, "STRICT") {
				ddl = "CREATE TABLE t (" + strings.TrimSuffix(c.column, "STRICT") + ") STRICT"
			}
			_, s, p := database(t, ddl)
			found, err := p.Judge(stored.Defaults(s, declared))
			must(t, err)
			got := ""
			if len(found) > 0 {
				if got = found[0].Rewrite; got == "" {
					got = "-"
				}
			}
			if got != c.rewrite {
				t.Errorf("the rewrite is %q, want %q", got, c.rewrite)
			}
		})
	}
}
