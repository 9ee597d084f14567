package studio

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// series is a query of the numbers from 1 on, for scripts.
const series = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < `

const shop = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, vip BOOLEAN NOT NULL DEFAULT 0 CHECK (vip IN (0, 1)));
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE, at DATETIME, total REAL, note TEXT, api_token TEXT);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE VIEW rich AS SELECT o.id, c.name, o.total FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 100;
CREATE VIEW totals AS SELECT customer_id, sum(total) AS sum FROM orders GROUP BY customer_id;
CREATE VIEW notes AS SELECT note FROM orders;
INSERT INTO customers (id, name, email, vip) VALUES (1, 'Ada', 'ada@example.com', 1), (2, 'Bob', NULL, 0), (3, '<script>alert(1)</script>', 'x', 0);
` + series + `120) INSERT INTO orders (id, customer_id, at, total, note, api_token)
SELECT i, 1 + i % 2, '2026-01-01 00:00:00', i * 1.5, 'note ' || i, 's3cr3t' FROM n;
`

func TestRows(t *testing.T) {
	w := newSite(t, shop, false, Options{})
	w.has("/", "customers", "orders", "rich")
	body := w.has("/rows/customers", "Ada", "Bob", "3 rows", "&lt;script&gt;alert(1)", "NULL")
	if strings.Contains(body, "<script>alert") {
		t.Error("a script is in the page")
	}
	w.has("/rows/orders", "120 rows", "note 50", "Next", "2026-01-01 00:00:00")
	w.has("/rows/orders?total=gte.170&order=total.desc", "note 120", "total gte 170", "7 rows", `"total" >= ?`, "USE TEMP B-TREE FOR ORDER BY")
	w.has("/rows/orders?note=like.*99&select=note,id", "note 99", "1 row", "4 columns are not shown")
	w.has("/rows/orders?or=(id.eq.1,and(id.gt.118,note.not.is.null))", "3 rows", "note 119")
	w.has("/rows/orders?customer_id=in.(1)&limit=25", "60 rows")
	w.has("/rows/totals?customer_id=eq.2", "1 row")
	for path, want := range map[string]string{
		"/rows/nothing":                  "There is no table",
		"/rows/orders?nothing=eq.1":      "there is no such column",
		"/rows/orders?id=eq.one":         "not a number",
		"/rows/orders?order=nothing":     "is no column",
		"/rows/orders?offset=10":         "pages go by their cursor",
		"/rows/notes?offset=10":          "pages go by their cursor",
		"/rows/notes?limit=0":            "it is a number from 1 to 500",
		"/rows/orders?limit=501":         "is no number from 0 to 500",
		"/rows/orders?cursor=AAAA":       "cursor",
		"/rows/orders?select=id,nothing": "there is no column",
		"/nothing":                       "There is no such page",
	} {
		if status, body := w.get(path); status < 400 || status > 422 || !strings.Contains(plain(body), want) {
			t.Errorf("%s: %d %s", path, status, plain(body))
		}
	}
}

var (
	next    = regexp.MustCompile(`<a class="button" href="([^"]*)" rel="next"`)
	prev    = regexp.MustCompile(`<a class="button" href="([^"]*)" rel="prev"`)
	noteRow = regexp.MustCompile(`<bdi>note (\d+)</bdi>`)
)

// Pages lead through all rows and back, in any order, of tables and views; a cursor goes on
// where the same database is served anew.
func TestPages(t *testing.T) {
	w := newSite(t, shop, false, Options{})
	for path, n := range map[string]int{
		"/rows/orders?limit=25": 120, "/rows/orders?limit=25&order=customer_id,at.desc": 120, "/rows/orders?limit=50&order=note.desc&customer_id=eq.1": 60,
	} {
		seen := map[string]int{}
		turn := func(path string, by *regexp.Regexp) (last string, pages int) {
			for path != "" {
				body := w.page(path)
				for _, m := range noteRow.FindAllStringSubmatch(body, -1) {
					seen[m[1]]++
				}
				last, path = path, ""
				if m := by.FindStringSubmatch(body); m != nil {
					path = html.UnescapeString(m[1])
				}
				pages++
			}
			return last, pages
		}
		last, there := turn(path, next)
		w = serve(t, w.path, false, Options{})
		if _, back := turn(last, prev); back != there {
			t.Errorf("%s: %d pages there and %d back", path, there, back)
		}
		if len(seen) != n {
			t.Errorf("%s: %d rows of %d", path, len(seen), n)
		}
		for id, times := range seen {
			if times != 2 {
				t.Errorf("%s: row %s comes %d times", path, id, times)
			}
		}
	}
	if body := w.has("/rows/rich?limit=25", "Next"); !next.MatchString(body) {
		t.Error("the view's rows do not have pages")
	}
	w.has("/rows/notes", "no further pages")
}
