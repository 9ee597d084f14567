package studio

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// newProject is a site in a project whose queries these are.
func newProject(t *testing.T, queries string, write bool) *site {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"sqlc.yaml":                 "version: \"2\"\nsql:\n  - engine: sqlite\n    schema: migrations\n    queries: sql\n    gen:\n      go:\n        package: db\n        out: db\n",
		"go.mod":                    "module example.com/shop\n",
		"migrations/00001_shop.sql": "-- +goose Up\n" + shop,
		"sql/orders.sql":            queries,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return newSite(t, shop, write, Options{Hide: regexp.MustCompile(DefaultHide), Project: &Project{Dir: dir, Queries: true}})
}

const shopQueries = `
-- name: Newest :many
SELECT o.id, o.note, c.name FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.customer_id = @customer_id ORDER BY o.id DESC;

-- name: Top :many
SELECT customer_id, sum(total) AS sum FROM orders GROUP BY customer_id ORDER BY sum DESC LIMIT @n;

-- name: Some :many
SELECT id, note FROM orders WHERE id IN (sqlc.slice(ids)) AND (total > sqlc.narg(least) OR sqlc.narg(least) IS NULL);

-- name: Twice :many
SELECT id, id, api_token, upper(api_token) AS shout FROM orders WHERE note LIKE ?;

-- name: Random :many
SELECT note FROM orders ORDER BY length(note), note;

-- name: Vips :many
SELECT * FROM customers WHERE vip = @vip;

-- name: Rename :execrows
UPDATE customers SET name = @name, email = @email WHERE id = @id;

-- name: Drop :exec
DELETE FROM orders WHERE customer_id = @id;

-- name: Add :one
INSERT INTO customers (name) VALUES (@name) RETURNING *;
`

func TestQueries(t *testing.T) {
	w := newProject(t, shopQueries, false)
	w.has("/queries", "sql/orders.sql", "Newest :many @customer_id", "Rename :execrows @name @email @id writes")
	w.has("/table/orders", "Newest", "sql/orders.sql:2")
	w.has("/query/Newest", "customer_id orders.customer_id INTEGER", "WHERE o.customer_id = @customer_id")
	body := w.has("/query/Newest?@customer_id=1&limit=25", "60 rows", "note 120", "note 72", "Next", `WITH "rows of Newest"`, "SEARCH")
	if strings.Contains(body, "note 70<") || strings.Index(body, "note 120") > strings.Index(body, "note 72") {
		t.Error("it is not in the query's order")
	}
	w.has("/query/Newest?@customer_id=1&id=lt.4", "1 row", "note 2")
	w.has("/query/Newest?@customer_id=1&id=lt.9&order=id", "4 rows")
	w.has("/query/Newest?@customer_id=x", "is not a value of the parameter customer_id")
	w.has("/query/Newest?@customer_id=", "is not a value of the parameter customer_id")
	w.has("/query/Top?@n=1", "1 row", "5490.0")
	w.has("/query/Top?@n=2&sum=lt.5480", "1 row", "5400.0")
	w.has("/query/Some?@ids=1,2,77&@least=2", "2 rows", "note 77")
	w.has("/query/Some?@ids=1,2,77&@@null=least", "3 rows")
	w.has("/query/Some?@ids=&@@null=least", "0 rows")
	w.has("/query/Twice?@1=note+1", "id:1", "Hidden: api_token, shout")
	w.has("/query/Random?limit=25", "note 9", "no further pages")
	w.has("/query/Random?limit=25&order=note.desc", "note 99")
	w.has("/query/Vips?@vip=1", "Ada", "<option selected>1</option>")
	w.has("/query/Newest?@customer_id=1&"+adviceMark+"=", "Nothing to say")
	w.has("/query/Twice?@1=x&"+adviceMark+"=", "orders is scanned")
	w.has("/query/Rename", "start studio with --write")
	if status, _ := w.get("/query/Nothing"); status != 404 {
		t.Error(status)
	}
	if status, body := w.get("/query/Newest?@customer_id=1&nothing=eq.1"); status != 400 {
		t.Errorf("%d %s", status, plain(body))
	}
}

// Pages of a query lead through all of its rows in its own order.
func TestQueryPages(t *testing.T) {
	w := newProject(t, shopQueries, false)
	path, n := "/query/Newest?@customer_id=1&limit=25", 0
	for path != "" {
		body := w.page(path)
		for i, m := range noteRow.FindAllStringSubmatch(body, -1) {
			n++
			if i == 0 && n == 26 && m[1] != "70" {
				t.Errorf("the second page begins with %s", m[1])
			}
		}
		path = ""
		if m := next.FindStringSubmatch(body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if n != 60 {
		t.Errorf("%d rows", n)
	}
}

// A query that writes is tried, then confirmed as it was tried, and can be undone.
func TestRunQuery(t *testing.T) {
	w := newProject(t, shopQueries, true)
	before := w.all("customers") + w.all("orders")
	fields := map[string]string{"@name": "Zoe", "@@null": "email", "@id": "1"}
	status, body, _ := w.post("/run/Rename", fields, "")
	if status != 200 || !strings.Contains(plain(body), "It would write 1 row. Nothing has been written yet.") || w.all("customers")+w.all("orders") != before {
		t.Fatalf("%d %s", status, plain(body))
	}
	_, seal, _ := strings.Cut(body, `name="confirm" value="`)
	fields["confirm"], _, _ = strings.Cut(seal, `"`)
	fields["@id"] = "2"
	if _, body, _ := w.post("/run/Rename", fields, ""); !strings.Contains(plain(body), "It would write 1 row") {
		t.Error("another run is confirmed than was tried")
	}
	fields["@id"] = "1"
	if _, body, _ := w.post("/run/Rename", fields, ""); !strings.Contains(plain(body), "It has written 1 row.") || !strings.Contains(w.all("customers"), `[1,"Zoe",null,`) {
		t.Error(plain(body))
	}
	if status, body, _ := w.post("/undo", nil, ""); status != 303 || w.all("customers")+w.all("orders") != before {
		t.Error(plain(body))
	}
	if _, body, _ := w.post("/run/Drop", map[string]string{"@id": "2"}, ""); !strings.Contains(plain(body), "It would write 60 rows.") {
		t.Error(plain(body))
	}
	if _, body, _ := w.post("/run/Add", map[string]string{"@name": "Yan"}, ""); !strings.Contains(plain(body), "It would write 1 row.") || !strings.Contains(body, "Yan") {
		t.Error(plain(body))
	}
	if _, body, _ := w.post("/run/Rename", map[string]string{"@name": "x", "@email": "ada@example.com", "@id": "2"}, ""); !strings.Contains(plain(body), "UNIQUE constraint failed") {
		t.Error(plain(body))
	}
	if w.all("customers")+w.all("orders") != before {
		t.Error("it has been written")
	}
}
