package sqltext_test

import (
	"fmt"
	"strings"
	"testing"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// corpus is what the tests against SQLite begin with.
var corpus = []string{
	"SELECT a.*, \"b\"\"c\", [d e], `f`, 'it''s', x'0a' FROM t WHERE u = ?1 AND v = :w OR x <> @y -- z",
	"SELECT 1, 1_000, 0x1F, 0x1_f, 1., .5, 1e9, 1.5E-3, 1__0, 1_, 1_.5, 1._5, 1e_5, 1_e5, 0x_1, 1a, 1.a, 1e, 0x",
	"a->b->>c||d|e<<f>>g<=h>=i==j=k!=l<>m<n>o%p~q&r!s",
	"$a::b(c d) $a::b(c) $::a : @ # $ ?a ?1a :1 #1 @é $é",
	"é naïve \ufeffa \xefa \xff x'0' x'0g' x' X'' x'00",
	"/* a */ b /* c", "/*/ a */b", "/**/a", "/*", "/*a", "- -- a\r\nb", "--",
	"'a", "\"a", "`a", "[a", "[]", "''", "'''", "a;b", "\va", " \va", "a\fb", "\\", "{", "^",
	"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; END; SELECT 1;",
	"CREATE TEMP TRIGGER t BEGIN; END", "EXPLAIN CREATE TRIGGER t BEGIN a; END;", "EXPLAIN EXPLAIN CREATE TRIGGER;;",
	"CREATE TABLE a (b); ; -- c", "CREATE /* x */ TEMPORARY TRIGGER a;b;end;c",
}

// FuzzTokens asks SQLite where each token ends and whether it is legal.
// After EXPLAIN QUERY no token but PLAN is allowed, so that SQLite's error
// always quotes the one it met.
func FuzzTokens(f *testing.F) {
	for _, sql := range corpus {
		f.Add(sql)
	}
	db := open(f)
	f.Fuzz(func(t *testing.T, sql string) {
		tokens := sqltext.Tokens(sql)
		end := 0
		for _, tok := range tokens {
			if tok.Start != end || sql[end:tok.End()] != tok.Text {
				t.Fatalf("Tokens(%q): %q is not at %d", sql, tok.Text, end)
			}
			end = tok.End()
		}
		if end != len(sql) {
			t.Fatalf("Tokens(%q) end at %d", sql, end)
		}
		for _, tok := range tokens {
			if tok.Blank() || tok.Is("PLAN") || tok.Is(";") {
				continue
			}
			if tok.Text == "\x00" {
				break // to SQLite the text ends here
			}
			want := fmt.Sprintf("near \"%s\": syntax error", tok.Text)
			if tok.Kind == sqltext.Illegal {
				want = fmt.Sprintf("unrecognized token: \"%s\"", tok.Text)
			}
			got := db.prepare("EXPLAIN QUERY/**/" + sql[tok.Start:])
			if got != want {
				t.Fatalf("token %q of %q: SQLite says %q, want %q", tok.Text, sql, got, want)
			}
		}
	})
}

// FuzzSplit compares with sqlite3_complete: a text is complete when its last
// statement has ended.
func FuzzSplit(f *testing.F) {
	for _, sql := range corpus {
		f.Add(sql)
	}
	db := open(f)
	f.Fuzz(func(t *testing.T, sql string) {
		if strings.IndexByte(sql, 0) >= 0 {
			return
		}
		for _, tok := range sqltext.Tokens(sql) {
			if tok.Kind == sqltext.Illegal || tok.Kind == sqltext.Variable || strings.Contains(tok.Text, "\ufeff") || !closed(tok) {
				return // sqlite3_complete has a coarser tokenizer
			}
		}
		end := 0
		for _, s := range sqltext.Split(sql) {
			if s.Start < end || sql[s.Start:s.End()] != s.Text {
				t.Fatalf("Split(%q): %q is not at %d", sql, s.Text, s.Start)
			}
			end = s.End()
			if complete := db.complete(sql[:end] + ";"); s.Ended && !complete {
				t.Fatalf("Split(%q): sqlite3_complete says that %q is incomplete", sql, sql[:end])
			}
			if !s.Ended && db.complete(sql) {
				t.Fatalf("Split(%q): sqlite3_complete says that the last statement has ended", sql)
			}
		}
	})
}

// closed is false for a block comment that ends with the text.
func closed(tok sqltext.Token) bool {
	return !strings.HasPrefix(tok.Text, "/*") || len(tok.Text) >= 4 && strings.HasSuffix(tok.Text, "*/")
}

// database is a connection through SQLite's C interface.
type database struct {
	tls *libc.TLS
	db  uintptr
}

func open(tb testing.TB) *database {
	tb.Helper()
	tls := libc.NewTLS()
	name, err := libc.CString(":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	defer libc.Xfree(tls, name)
	out := libc.Xmalloc(tls, 8)
	defer libc.Xfree(tls, out)
	if rc := sqlite3.Xsqlite3_open_v2(tls, name, out, sqlite3.SQLITE_OPEN_READWRITE, 0); rc != sqlite3.SQLITE_OK {
		tb.Fatalf("sqlite3_open_v2: %d", rc)
	}
	d := &database{tls: tls, db: libc.AtomicLoadPUintptr(out)}
	tb.Cleanup(func() {
		sqlite3.Xsqlite3_close_v2(tls, d.db)
		tls.Close()
	})
	return d
}

// prepare returns SQLite's error message, "" where it has none.
func (d *database) prepare(sql string) string {
	z, err := libc.CString(sql)
	if err != nil {
		return err.Error()
	}
	defer libc.Xfree(d.tls, z)
	stmt := libc.Xcalloc(d.tls, 1, 8)
	defer libc.Xfree(d.tls, stmt)
	if sqlite3.Xsqlite3_prepare_v2(d.tls, d.db, z, -1, stmt, 0) != sqlite3.SQLITE_OK {
		return libc.GoString(sqlite3.Xsqlite3_errmsg(d.tls, d.db))
	}
	sqlite3.Xsqlite3_finalize(d.tls, libc.AtomicLoadPUintptr(stmt))
	return ""
}

func (d *database) complete(sql string) bool {
	z, err := libc.CString(sql)
	if err != nil {
		return false
	}
	defer libc.Xfree(d.tls, z)
	return sqlite3.Xsqlite3_complete(d.tls, z) == 1
}
