package studio

import (
	"database/sql"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var wide = func() string {
	var columns []string
	for i := range 200 {
		columns = append(columns, fmt.Sprintf(`"column %d" INTEGER DEFAULT %d`, i, i))
	}
	return "CREATE TABLE wide (" + strings.Join(columns, ", ") + "); INSERT INTO wide DEFAULT VALUES; INSERT INTO wide DEFAULT VALUES;"
}()

// hostile are tables that nobody would make, and somebody has.
var hostile = wide + `
CREATE TABLE "a ""quoted"" 'table' /?#%&+;" ("order" TEXT, "limit" INTEGER, "select" TEXT, "and" TEXT, "a.b" TEXT, "x?y" TEXT, "@p" TEXT, "say ""hi""" TEXT, "" TEXT, "desc" TEXT, "cursor" TEXT, "ünï" TEXT);
INSERT INTO "a ""quoted"" 'table' /?#%&+;" VALUES ('o', 1, 's', 'a', 'ab', 'xy', 'p', 'hi', 'empty', 'd', 'c', 'u'), ('o2', 2, '<script>boom()</script>', 'a,b', '"q"', 'x%y', '(p)', 'a\b', '*', '_', '.', 'ü');
CREATE TABLE ".." (v TEXT); INSERT INTO ".." VALUES ('dots');
CREATE TABLE "~x" (v TEXT); INSERT INTO "~x" VALUES ('tilde');
CREATE TABLE "" (v TEXT); INSERT INTO "" VALUES ('nameless');
CREATE TABLE "a/b" (v TEXT); INSERT INTO "a/b" VALUES ('slash');
CREATE TABLE "<script>boom()</script>" ("<img src=x onerror=boom()>" TEXT DEFAULT '<script>boom()</script>' CHECK ("<img src=x onerror=boom()>" <> '<script>boom()</script>x'));
INSERT INTO "<script>boom()</script>" DEFAULT VALUES;
CREATE TABLE taken (rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO taken VALUES ('a', 'b', 'c'), ('d', 'e', 'f');
CREATE TABLE half (rowid TEXT, v TEXT); INSERT INTO half VALUES ('a', 'b'), ('d', 'e');
CREATE TABLE blobs (k BLOB PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO blobs VALUES (x'', 1), (x'00ff', 2), ('text', 3), ('it''s', 4), (7, 5), (-7, 6), (1.5, 7), (x'6162', 8), ('6162', 9);
CREATE TABLE untyped (k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO untyped VALUES (x'', 1), (x'00ff', 2), ('text', 3), ('it''s', 4), (7, 5), ('7', 6), (1.5, 7), ('x''00ff''', 8), ('''q''', 9), ('1e5', 10), (100000.0, 11), ('', 12);
CREATE TABLE texts (k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
INSERT INTO texts VALUES ('', 1), ('a b', 2), ('a,b', 3), ('a.b', 4), ('eq.x', 5), ('ü', 6), ('a&b=c', 7), ('a+b', 8), ('%41', 9), ('null', 10), ('<b>', 11), (char(10), 12), ('1', 13);
CREATE TABLE pairs (a INTEGER, b TEXT, v TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO pairs VALUES (1, 'x', 'one'), (1, 'y', 'two'), (2, 'x', 'three');
CREATE TABLE mixed (id INTEGER PRIMARY KEY, v INTEGER); INSERT INTO mixed VALUES (1, NULL), (2, 'text'), (3, x'00'), (4, 1.5), (5, 9223372036854775807), (6, -9223372036854775808), (7, 1e999), (8, ''), (9, NULL), (10, 3), (11, 3);
CREATE TABLE odd (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO odd VALUES (1, 'nul' || char(0) || 'after'), (2, CAST(x'ff80' AS TEXT)), (3, 'tab' || char(9) || 'line' || char(10) || 'bell' || char(7)), (4, char(8238) || 'txt.exe'), (5, '{"a": [1, 2, {"b": "<script>boom()</script>"}]}'), (6, '[broken');
INSERT INTO odd SELECT 7, hex(zeroblob(524288));
INSERT INTO odd SELECT 8, hex(zeroblob(100)) || '</textarea><script>boom()</script>';
CREATE TABLE dates (id INTEGER PRIMARY KEY, d DATE, t DATETIME, ts TIMESTAMP, b BOOLEAN);
INSERT INTO dates VALUES (1, '2026-01-02', '2026-01-02 03:04:05', '2026-01-02T03:04:05.123+02:00', 1), (2, 1767323045, 1767323045000, 'never', 'true'), (3, NULL, NULL, NULL, NULL);
CREATE TABLE strict_ (id INTEGER PRIMARY KEY, a ANY, n INT) STRICT; INSERT INTO strict_ VALUES (1, '1', 1), (2, 1, 2), (3, x'01', 3);
CREATE TABLE computed (id INTEGER PRIMARY KEY, a INTEGER, twice INTEGER AS (a * 2), kept TEXT AS ('k' || a) STORED); INSERT INTO computed (a) VALUES (1), (2);
CREATE TABLE self (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES self); INSERT INTO self VALUES (1, NULL), (2, 1), (3, 2);
CREATE TABLE orphan (id INTEGER PRIMARY KEY, gone INTEGER REFERENCES nowhere (id)); INSERT INTO orphan VALUES (1, 5);
CREATE TABLE composite (x INTEGER, y TEXT, FOREIGN KEY (x, y) REFERENCES pairs (a, b)); INSERT INTO composite VALUES (1, 'y'), (9, 'z'), (NULL, 'x');
CREATE VIRTUAL TABLE search USING fts5(title, body); INSERT INTO search VALUES ('hello', 'world'), ('goodbye', 'moon');
CREATE VIEW joined AS SELECT c.rowid AS r, c.x, p.v FROM composite c LEFT JOIN pairs p ON p.a = c.x AND p.b = c.y;
CREATE VIEW unioned AS SELECT k FROM texts UNION ALL SELECT k FROM texts;
CREATE TABLE gone (v TEXT);
CREATE VIEW broken AS SELECT v FROM gone;
DROP TABLE gone;
CREATE TABLE empty (v TEXT);
`

var (
	anchors = regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)
	opens   = regexp.MustCompile(`<td class="open">(?:<a href="([^"]*)")?`)
)

// Every page that leads on from the first is there, runs no script of a value, and is of this
// site; every row has a page of its own.
func TestHostile(t *testing.T) {
	for _, write := range []bool{false, true} {
		w := newSite(t, hostile, write, Options{})
		seen, todo := map[string]bool{}, []string{"/", "/schema"}
		rows := map[string]int{}
		for len(todo) > 0 {
			path := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if seen[path] {
				continue
			}
			seen[path] = true
			status, body := w.get(path)
			if strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/cell/") {
				if status != 200 {
					t.Errorf("%s: %d", path, status)
				}
				continue
			}
			if want := 200; status != want && !strings.Contains(body, "broken cannot be read") {
				t.Errorf("%s: %d %s", path, status, plain(body))
			}
			lower := strings.ToLower(body)
			for _, bad := range []string{"<script>", "<img src=x", " onerror=\"", "javascript:", "<b></bdi>"} {
				if strings.Contains(lower, bad) {
					t.Errorf("%s has %s", path, bad)
				}
			}
			for _, m := range opens.FindAllStringSubmatch(body, -1) {
				if base, _, _ := strings.Cut(path, "?"); m[1] != "" {
					rows[base+" "+m[1]]++
				} else if !strings.Contains(body, `badge">view`) && !strings.HasPrefix(path, "/rows/taken") {
					t.Errorf("%s has a row without a page", path)
				}
			}
			for _, m := range anchors.FindAllStringSubmatch(body, -1) {
				to := html.UnescapeString(m[1])
				if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
					if to != "#main" {
						t.Errorf("%s leads to %s", path, to)
					}
					continue
				}
				for _, form := range []string{"/add/", "/insert/", "/update/", "/remove/", "/undo"} {
					if strings.HasPrefix(to, form) {
						to = ""
						break
					}
				}
				// Orders and sizes of a page are many.
				if to != "" && !strings.Contains(to, "limit=") && strings.Count(to, "order=") <= 1 && !(strings.Contains(to, "order=") && strings.HasPrefix(to, "/rows/wide")) && len(seen) < 3000 {
					todo = append(todo, to)
				}
			}
		}
		// blobs, pairs, texts and so on: as many pages as rows
		for table, n := range map[string]int{"blobs": 9, "untyped": 12, "texts": 13, "pairs": 3, "mixed": 11, "half": 2, "taken": 0, "search": 2, "wide": 2, "~": 1, "~..": 1, "~~x": 1, "a%2Fb": 1} {
			of := 0
			for key := range rows {
				if strings.HasPrefix(key, "/rows/"+table+" ") {
					of++
				}
			}
			if of != n && table != "taken" {
				t.Errorf("%s: %d rows have pages, of %d", table, of, n)
			}
		}
		t.Logf("%d pages", len(seen))
	}
}

// Every cell of a column leads, as a filter of its value, to a list with its row.
func TestValues(t *testing.T) {
	w := newSite(t, hostile, false, Options{})
	db := openDB(t, w.path)
	for _, tt := range []struct{ table, column string }{
		{"blobs", "k"}, {"untyped", "k"}, {"texts", "k"}, {"mixed", "v"}, {"dates", "d"}, {"dates", "t"}, {"dates", "ts"}, {"dates", "b"}, {"strict_", "a"}, {"odd", "v"},
	} {
		table := w.mustCatalog().table(tt.table)
		rows, err := db.Query("SELECT +" + tt.column + ", count(*) OVER (PARTITION BY " + tt.column + ") FROM " + tt.table + " WHERE length(" + tt.column + ") < 1000")
		if err != nil {
			t.Fatal(err)
		}
		type found struct {
			v any
			n int
		}
		var list []found
		for rows.Next() {
			var f found
			if err := rows.Scan(&f.v, &f.n); err != nil {
				t.Fatal(err)
			}
			list = append(list, f)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
		for _, f := range list {
			values, ok := table.address([]string{tt.column}, []any{f.v})
			if !ok {
				if s, isText := f.v.(string); tt.table != "mixed" && isText && s != "true" {
					t.Errorf("%s.%s: %q has no address", tt.table, tt.column, f.v)
				}
				continue
			}
			if status, body := w.get(link("rows", tt.table, values)); status != 200 && !strings.Contains(body, "not valid UTF-8") || status == 200 && !strings.Contains(plain(body), plural(int64(f.n), "row")) {
				t.Errorf("%s.%s: %T %#v: %s", tt.table, tt.column, f.v, f.v, plain(body))
			}
		}
	}
}

func (w *site) mustCatalog() *catalog {
	w.Helper()
	w.page("/")
	return w.catalog
}

// Pages go through all rows of a column that has values of every kind, in both directions.
func TestMixedPages(t *testing.T) {
	w := newSite(t, hostile, false, Options{})
	for _, order := range []string{"v", "v.desc", "v.nullslast", "v.desc.nullsfirst,id.desc"} {
		path, n := "/rows/mixed?limit=2&order="+order, 0
		for path != "" && n < 100 {
			body := w.page(path)
			n += len(opens.FindAllString(body, -1))
			path = ""
			if m := next.FindStringSubmatch(body); m != nil {
				path = html.UnescapeString(m[1])
			}
		}
		if n != 11 {
			t.Errorf("%s: %d rows", order, n)
		}
	}
}

// A long text is cut, shown whole where that is asked for, and sent as it is.
func TestLongText(t *testing.T) {
	w := newSite(t, hostile, false, Options{})
	if body := w.page("/rows/odd"); len(body) > 60<<10 || !strings.Contains(body, "1.0 MB") {
		t.Errorf("the list has %d bytes", len(body))
	}
	body := w.has("/row/odd?id=eq.7", "1.0 MB", "Show all")
	if len(body) > 40<<10 {
		t.Errorf("the row has %d bytes", len(body))
	}
	if body := w.page("/row/odd?id=eq.7&" + wholeMark + "="); !strings.Contains(body, strings.Repeat("0", 1<<20)) {
		t.Error("it is not whole")
	}
	if body := w.page("/cell/odd?id=eq.7&" + cellMark + "=v"); body != strings.Repeat("0", 1<<20) {
		t.Errorf("the file has %d bytes", len(body))
	}
	if status, body := w.get("/rows/odd?order=v&limit=1"); status != 422 || !strings.Contains(plain(body), "too long for a page's address") {
		t.Errorf("%d %s", status, plain(body))
	}
	w.has("/row/odd?id=eq.5", "{\n  &#34;a&#34;: [")
	w.has("/row/odd?id=eq.1&"+wholeMark+"=", "nul␀after")
	w.has("/row/odd?id=eq.2", `\xff\x80`)
	w.has("/row/odd?id=eq.4", `\u202etxt.exe`)
}

// The database may change under studio: rows, and what tables there are.
func TestChanges(t *testing.T) {
	w := newSite(t, shop, false, Options{})
	db := openDB(t, w.path)
	w.has("/rows/customers", "3 rows")
	exec(t, db, "INSERT INTO customers (name) VALUES ('Dan'); ALTER TABLE orders ADD COLUMN added TEXT DEFAULT 'yes'; CREATE TABLE later (v TEXT)")
	w.has("/rows/customers", "4 rows", "Dan")
	w.has("/rows/orders?added=eq.yes", "120 rows")
	w.has("/rows/later", "No rows")
	exec(t, db, "DROP TABLE later")
	if status, body := w.get("/rows/later"); status != 404 || !strings.Contains(plain(body), "dropped or renamed") {
		t.Errorf("%d %s", status, plain(body))
	}
}

func exec(t testing.TB, db *sql.DB, text string) {
	t.Helper()
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
}

// A lock of another process is told, and over when it is.
func TestLocked(t *testing.T) {
	w := newSite(t, shop, true, Options{})
	db := openDB(t, w.path)
	w.page("/rows/customers")
	exec(t, db, "BEGIN EXCLUSIVE")
	if status, body := w.get("/rows/customers"); status != 503 || !strings.Contains(plain(body), "The database is locked") {
		t.Errorf("%d %s", status, plain(body))
	}
	exec(t, db, "COMMIT")
	w.has("/rows/customers", "3 rows")
	fields := w.form("/edit/customers?id=eq.1")
	fields["value.1"] = "Locked"
	exec(t, db, "BEGIN IMMEDIATE")
	if status, body, _ := w.post("/update/customers?id=eq.1", fields, ""); status != 422 || !strings.Contains(plain(body), "database is locked") {
		t.Errorf("%d %s", status, plain(body))
	}
	exec(t, db, "COMMIT")
	if status, body, _ := w.post("/update/customers?id=eq.1", fields, ""); status != 303 {
		t.Errorf("%d %s", status, plain(body))
	}
}

// What is damaged, or not a database, is told; the pages that can be read are there.
func TestCorrupt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "not.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is not a database ", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	w := serve(t, path, false, Options{})
	if status, body := w.get("/"); status != 500 || !strings.Contains(plain(body), "The database is damaged") {
		t.Errorf("%d %s", status, plain(body))
	}
	w = newSite(t, shop+"CREATE TABLE fine (v TEXT); INSERT INTO fine VALUES ('fine')", false, Options{})
	db := openDB(t, w.path)
	var page int
	if err := db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'").Scan(&page); err != nil {
		t.Fatal(err)
	}
	db.Close()
	f, err := os.OpenFile(w.path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("x", 4096)), int64(page-1)*4096); err != nil {
		t.Fatal(err)
	}
	f.Close()
	w = serve(t, w.path, false, Options{})
	if status, body := w.get("/rows/orders"); status != 500 || !strings.Contains(plain(body), "The database is damaged") {
		t.Errorf("%d %s", status, plain(body))
	}
	w.has("/rows/fine", "fine")
}

// A statement that would read for long is stopped, and studio goes on.
func TestLimit(t *testing.T) {
	w := newSite(t, "CREATE TABLE t (v INTEGER); "+series+"300) INSERT INTO t SELECT i FROM n; CREATE VIEW slow AS SELECT a.v, b.v AS w, c.v AS x, d.v AS y FROM t a, t b, t c, t d;", false, Options{Limit: 300 * time.Millisecond})
	for _, path := range []string{"/rows/slow?order=v.desc,w,x,y.desc", "/rows/slow?v=eq.-1"} {
		start := time.Now()
		if status, body := w.get(path); status != 503 || !strings.Contains(plain(body), "Stopped after 300ms") {
			t.Errorf("%s: %d %s", path, status, plain(body))
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: it took %s", path, took)
		}
	}
	w.has("/rows/slow", "rows")
	w.has("/rows/t?v=lt.3", "2 rows")
}
