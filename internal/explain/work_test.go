package explain_test

import (
	"slices"
	"testing"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dreysql/drey/internal/explain"
	"github.com/dreysql/drey/internal/project/query"
)

// filled are 20,000 links of 1,000 users, and two clicks on each.
const filled = `
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
CREATE TABLE links (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), slug TEXT NOT NULL, url TEXT NOT NULL, clicks INTEGER NOT NULL);
CREATE TABLE clicks (id INTEGER PRIMARY KEY, link_id INTEGER NOT NULL, country TEXT NOT NULL, referrer TEXT NOT NULL);
CREATE VIEW countries AS SELECT country AS land, link_id FROM clicks;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) INSERT INTO users SELECT i, 'u' || i || '@example.com' FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO links SELECT i, i % 1000 + 1, 's' || (i * 7919 % 20011), 'https://example.com/a/page/of/some/length/' || i, i * 31 % 1009 FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
INSERT INTO clicks SELECT i, i % 20000 + 1, 'c' || i % 150, 'https://example.org/where/it/came/from/' || i % 3000 FROM n;
`

// TestHelps has SQLite count what statements do on a filled database, without the indexes
// that are reported for them and with them: the steps of its virtual machine, which are
// proportional to the rows that are read and put in order, and those of full scans.
func TestHelps(t *testing.T) {
	m, s := migrated(t, filled)
	e, err := explain.New(m, s, nil)
	must(t, err)
	defer e.Close()
	for _, sql := range []string{
		"SELECT * FROM links WHERE slug = 's7'",
		"SELECT * FROM links WHERE clicks > 1007",
		"SELECT * FROM users JOIN links ON links.user_id = users.id WHERE users.id = 7",
		"SELECT u.email, (SELECT COUNT(*) FROM links AS l WHERE l.user_id = u.id) AS n FROM users AS u WHERE u.id < 20",
		"SELECT * FROM links ORDER BY clicks DESC LIMIT 10",
		"SELECT * FROM links WHERE user_id = 7 ORDER BY clicks LIMIT 10",
		"SELECT * FROM countries WHERE land = 'c7'",
		"SELECT email, slug FROM users JOIN links ON links.url = users.email",
		"SELECT * FROM links WHERE lower(slug) = 's7'",
		"SELECT MAX(clicks) AS most FROM links",
		"DELETE FROM users WHERE id = 1001",
		"UPDATE links SET clicks = 0 WHERE slug = 's7'",
	} {
		path := t.TempDir() + "/filled.db"
		must(t, m.Save(path))
		queries, err := query.Parse("q.sql", []byte("-- name: Find :many\n"+sql+";"))
		must(t, err)
		found, err := e.Query(queries[0])
		must(t, err)
		before := work(t, path, sql)
		if found.Reports == nil {
			t.Errorf("%s: nothing is reported", sql)
		}
		for i, f := range found.Findings {
			if f.Index != nil && !slices.ContainsFunc(found.Findings[:i], func(o explain.Finding) bool { return o.Index != nil && o.Index.SQL == f.Index.SQL }) {
				work(t, path, f.Index.SQL)
			}
		}
		after := work(t, path, sql)
		t.Logf("%9d steps, %7d of full scans → %7d, %7d: %s", before.steps, before.scanned, after.steps, after.scanned, sql)
		if after.steps*5 > before.steps {
			t.Errorf("%s: %d steps without the index, %d with it", sql, before.steps, after.steps)
		}
	}
}

// counters are what SQLite counts of a statement (https://www.sqlite.org/c3ref/c_stmtstatus_counter.html).
type counters struct{ steps, scanned int32 }

// work runs a statement on a database.
func work(t *testing.T, path, sql string) counters {
	t.Helper()
	tls := libc.NewTLS()
	defer tls.Close()
	text := func(s string) uintptr {
		p, err := libc.CString(s)
		must(t, err)
		return p
	}
	name, statement, out := text(path), text(sql), libc.Xcalloc(tls, 2, 8)
	defer libc.Xfree(tls, name)
	defer libc.Xfree(tls, statement)
	defer libc.Xfree(tls, out)
	if rc := sqlite3.Xsqlite3_open_v2(tls, name, out, sqlite3.SQLITE_OPEN_READWRITE, 0); rc != sqlite3.SQLITE_OK {
		t.Fatalf("open: result code %d", rc)
	}
	db := libc.AtomicLoadPUintptr(out)
	defer sqlite3.Xsqlite3_close_v2(tls, db)
	args := libc.NewVaList(int32(1), uintptr(0))
	defer libc.Xfree(tls, args)
	sqlite3.Xsqlite3_db_config(tls, db, sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY, args)
	if rc := sqlite3.Xsqlite3_prepare_v2(tls, db, statement, -1, out, 0); rc != sqlite3.SQLITE_OK {
		t.Fatalf("%s: %s", sql, libc.GoString(sqlite3.Xsqlite3_errmsg(tls, db)))
	}
	stmt := libc.AtomicLoadPUintptr(out)
	defer sqlite3.Xsqlite3_finalize(tls, stmt)
	rc := int32(sqlite3.SQLITE_ROW)
	for rc == sqlite3.SQLITE_ROW {
		rc = sqlite3.Xsqlite3_step(tls, stmt)
	}
	if rc != sqlite3.SQLITE_DONE {
		t.Fatalf("%s: %s", sql, libc.GoString(sqlite3.Xsqlite3_errmsg(tls, db)))
	}
	return counters{
		sqlite3.Xsqlite3_stmt_status(tls, stmt, sqlite3.SQLITE_STMTSTATUS_VM_STEP, 0),
		sqlite3.Xsqlite3_stmt_status(tls, stmt, sqlite3.SQLITE_STMTSTATUS_FULLSCAN_STEP, 0),
	}
}
