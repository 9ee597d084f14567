package tenant_test

import (
	"database/sql"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/tenant"
)

const ddl = `
CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE links (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, slug TEXT NOT NULL UNIQUE, n INTEGER NOT NULL);
CREATE TABLE tokens (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, link_id INTEGER, n INTEGER NOT NULL, UNIQUE (account_id, n));
CREATE TABLE codes (account_id TEXT COLLATE NOCASE, code TEXT);
CREATE TABLE clicks (id INTEGER PRIMARY KEY, link_id INTEGER, n INTEGER NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(word);
CREATE VIEW live AS SELECT id, account_id AS owner, slug, n FROM links WHERE n > 0;
CREATE VIEW slugs AS SELECT slug, n FROM links;
CREATE VIEW totals AS SELECT account_id, count(*) AS n FROM links GROUP BY account_id;
CREATE VIEW lone AS SELECT account_id, count(*) AS n FROM links;
CREATE VIEW grouped AS SELECT account_id, count(*) AS n FROM links GROUP BY n;
CREATE VIEW ranked AS SELECT account_id, rank() OVER (PARTITION BY account_id ORDER BY n) AS place FROM links;
CREATE VIEW placed AS SELECT account_id, rank() OVER (ORDER BY n) AS place FROM links;
CREATE VIEW newest AS SELECT account_id, slug FROM links ORDER BY id DESC LIMIT 10;
CREATE VIEW both AS SELECT account_id, n FROM links UNION ALL SELECT account_id, n FROM tokens;
CREATE VIEW crossed AS SELECT account_id, n FROM links UNION ALL SELECT n, account_id FROM tokens;
CREATE VIEW pairs AS SELECT links.account_id, tokens.id FROM links JOIN tokens ON tokens.account_id = links.account_id;
CREATE VIEW unpaired AS SELECT links.account_id, tokens.id FROM links JOIN tokens ON tokens.link_id = links.id;
CREATE VIEW counted AS SELECT account_id, (SELECT count(*) FROM tokens WHERE tokens.account_id = links.account_id) AS n FROM links;
CREATE VIEW miscounted AS SELECT account_id, (SELECT count(*) FROM tokens WHERE tokens.link_id = links.id) AS n FROM links;
CREATE VIEW seen AS SELECT clicks.id, clicks.n FROM clicks;
CREATE VIEW deeper AS SELECT owner, slug FROM live;`

var columns = map[string]string{"links": "account_id", "tokens": "account_id", "codes": "account_id"}

func open(tb testing.TB) (*sql.DB, *tenant.Checker) {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(ddl); err != nil {
		tb.Fatal(err)
	}
	s, err := schema.Read(tb.Context(), db)
	if err != nil {
		tb.Fatal(err)
	}
	return db, tenant.New(s, columns)
}

// A view is like a table with tenants if a column of it is the tenant of all that it reads.
func TestSources(t *testing.T) {
	_, c := open(t)
	want := map[string]string{
		"live": "owner", "slugs": "", "totals": "account_id", "lone": "", "grouped": "", "ranked": "account_id", "placed": "", "newest": "",
		"both": "account_id", "crossed": "", "pairs": "account_id", "unpaired": "", "counted": "account_id", "miscounted": "", "deeper": "owner",
	}
	maps.Copy(want, columns)
	if diff := cmp.Diff(want, c.Sources()); diff != "" {
		t.Error(diff)
	}
}

func TestReplacing(t *testing.T) {
	for ddl, want := range map[string]bool{
		"id INTEGER PRIMARY KEY, account_id INTEGER, slug TEXT UNIQUE":                                                  false,
		"id INTEGER PRIMARY KEY, account_id INTEGER, slug TEXT UNIQUE ON CONFLICT REPLACE":                              true,
		"id INTEGER PRIMARY KEY ON CONFLICT REPLACE, account_id INTEGER":                                                true,
		"id INTEGER, account_id INTEGER, slug TEXT, UNIQUE (id, slug) ON CONFLICT REPLACE":                              true,
		"id INTEGER, account_id INTEGER, slug TEXT, PRIMARY KEY (slug, account_id) ON CONFLICT REPLACE":                 false,
		"account_id INTEGER PRIMARY KEY ON CONFLICT REPLACE, slug TEXT":                                                 false,
		"id INTEGER PRIMARY KEY, account_id INTEGER, slug TEXT NOT NULL ON CONFLICT REPLACE DEFAULT '', CHECK (id > 0)": false,
		"id INTEGER PRIMARY KEY ON CONFLICT IGNORE, account_id INTEGER, slug TEXT UNIQUE ON CONFLICT ROLLBACK":          false,
	} {
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("CREATE TABLE links (" + ddl + ")"); err != nil {
			t.Fatal(err)
		}
		s, err := schema.Read(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		if got := tenant.New(s, map[string]string{"links": "account_id"}).Replacing(); len(got) == 1 != want {
			t.Errorf("%s: %t, want %t", ddl, len(got) == 1, want)
		}
		db.Close()
	}
}

// said is what the checker says of a query.
func said(c *tenant.Checker, text string) string {
	q := query.Query{Name: "Q", File: "q.sql", Text: text, SQLLine: 1, SQLCol: 1}
	if problems := c.Check(&q); len(problems) > 0 {
		return problems.Error()
	}
	return ""
}

func TestBound(t *testing.T) {
	db, c := open(t)
	for _, text := range []string{
		"SELECT * FROM links WHERE account_id = @t",
		"SELECT * FROM links WHERE @t = links.account_id AND n > 1",
		"SELECT * FROM links WHERE (n > 1 OR n < 0) AND (account_id == ?)",
		"SELECT * FROM links WHERE (account_id, slug) = (@t, @s)",
		"SELECT * FROM links WHERE account_id = CAST(@t AS INTEGER)",
		"SELECT * FROM links AS l WHERE l.account_id = @t",
		"SELECT * FROM clicks JOIN links ON links.id = clicks.link_id AND links.account_id = @t",
		"SELECT * FROM links JOIN tokens ON tokens.account_id = links.account_id WHERE links.account_id = @t",
		"SELECT * FROM links, tokens WHERE tokens.account_id = links.account_id AND tokens.account_id = @t",
		"SELECT * FROM links JOIN tokens USING (account_id) WHERE links.account_id = @t",
		"SELECT * FROM links NATURAL JOIN tokens WHERE tokens.account_id = @t",
		"SELECT * FROM accounts JOIN links ON links.account_id = accounts.id WHERE accounts.id = @t",
		"SELECT * FROM links LEFT JOIN tokens ON tokens.account_id = links.account_id WHERE links.account_id = @t",
		"SELECT * FROM accounts LEFT JOIN tokens ON tokens.account_id = @t",
		"SELECT * FROM tokens RIGHT JOIN accounts ON tokens.account_id = @t",
		"SELECT * FROM accounts LEFT JOIN (links JOIN tokens ON tokens.account_id = links.account_id) ON links.account_id = @t",
		"SELECT * FROM links FULL JOIN tokens ON tokens.link_id = links.id WHERE links.account_id = @t AND tokens.account_id = @t",
		"SELECT count(*) FROM links WHERE account_id = @t AND EXISTS (SELECT 1 FROM tokens WHERE tokens.account_id = links.account_id)",
		"SELECT slug, (SELECT count(*) FROM tokens WHERE tokens.account_id = links.account_id) FROM links WHERE account_id = @t",
		"SELECT * FROM clicks WHERE link_id IN (SELECT id FROM links WHERE account_id = @t)",
		"SELECT * FROM (SELECT * FROM links) AS l WHERE l.account_id = @t",
		"SELECT * FROM (SELECT * FROM links WHERE account_id = @t LIMIT 5) AS l JOIN tokens ON tokens.account_id = l.account_id",
		"WITH mine AS (SELECT * FROM links WHERE account_id = @t) SELECT count(*) FROM mine",
		"WITH mine (a, b) AS (SELECT id, account_id FROM links) SELECT count(*) FROM mine WHERE b = @t",
		"WITH links AS (SELECT 1 AS account_id) SELECT * FROM links",
		"WITH unused AS (SELECT count(*) FROM links) SELECT 1",
		"WITH me AS (SELECT @t AS id) SELECT * FROM me JOIN links ON links.account_id = me.id",
		"WITH RECURSIVE tree AS (SELECT id, account_id, n FROM links WHERE account_id = @t UNION SELECT links.id, links.account_id, links.n FROM links JOIN tree ON links.n = tree.id AND links.account_id = tree.account_id) SELECT * FROM tree",
		"WITH RECURSIVE tree AS (SELECT id, account_id, n FROM links UNION SELECT links.id, links.account_id, links.n FROM links JOIN tree ON links.n = tree.id AND links.account_id = tree.account_id) SELECT * FROM tree WHERE account_id = @t",
		"SELECT n FROM links WHERE account_id = @t UNION SELECT n FROM tokens WHERE account_id = @t ORDER BY 1 LIMIT 5",
		"SELECT * FROM live WHERE owner = @t", "SELECT * FROM totals WHERE account_id = @t", "SELECT * FROM both WHERE account_id = @t",
		"SELECT * FROM seen", "SELECT * FROM clicks", "SELECT 1",
		"SELECT links.* FROM words JOIN links ON links.slug = word WHERE words MATCH 'a' AND account_id = @t",
		"SELECT * FROM links, json_each(links.slug) WHERE account_id = @t",
		"UPDATE links SET n = 1 WHERE account_id = @t",
		"UPDATE links SET n = tokens.n FROM tokens WHERE tokens.account_id = links.account_id AND links.account_id = @t",
		"DELETE FROM links WHERE account_id = @t AND id = @id RETURNING *",
		"DELETE FROM links WHERE account_id = @t RETURNING (SELECT count(*) FROM tokens WHERE tokens.account_id = links.account_id)",
		"INSERT INTO links (slug, account_id, n) VALUES (@s, @t, 1)",
		"INSERT INTO links VALUES (1, @t, 'a', 1), (2, @t, 'b', 1)",
		"INSERT INTO links (slug, account_id, n) SELECT 'a', account_id, n FROM tokens WHERE account_id = @t",
		"INSERT INTO links (slug, account_id, n) VALUES (@s, @t, 1) ON CONFLICT DO NOTHING",
		"INSERT INTO links (slug, account_id, n) VALUES (@s, @t, 1) ON CONFLICT (slug) DO UPDATE SET n = excluded.n WHERE links.account_id = excluded.account_id RETURNING *",
		"INSERT INTO links (slug, account_id, n) VALUES (@s, @t, 1) ON CONFLICT (slug) DO UPDATE SET n = 2 WHERE account_id = @t",
		"INSERT INTO tokens (account_id, n) VALUES (@t, 1) ON CONFLICT (account_id, n) DO UPDATE SET link_id = 1",
		"INSERT INTO clicks (link_id, n) SELECT id, n FROM links WHERE account_id = @t",
	} {
		if _, err := db.Prepare(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := said(c, text); got != "" {
			t.Errorf("%s\n%s", text, got)
		}
	}
}

func TestOpen(t *testing.T) {
	db, c := open(t)
	const read = "q.sql:1:15: query Q: rows of links are read without their tenant, so of every account_id\n\tfix: compare links.account_id = @account_id in WHERE, or in the ON of its join; or say above the query why it may: -- drey:allow tenant: reason"
	if got := said(c, "SELECT * FROM links"); got != read {
		t.Errorf("got  %s\nwant %s", got, read)
	}
	for _, tt := range []struct{ text, want string }{
		{"SELECT * FROM links WHERE account_id <> @t", "links"},
		{"SELECT * FROM links WHERE account_id = 1", "links"},
		{"SELECT * FROM links WHERE account_id IS @t", "links"},
		{"SELECT * FROM links WHERE account_id = coalesce(@t, account_id)", "links"},
		{"SELECT * FROM links WHERE account_id = @t OR @all", "links"},
		{"SELECT * FROM links WHERE NOT (account_id = @t)", "links"},
		{"SELECT * FROM links WHERE account_id = n", "links"},
		{"SELECT * FROM links WHERE id = @t", "links"},
		{"SELECT * FROM links WHERE account_id IN (@t, @u)", "links"},
		{"SELECT * FROM links WHERE (account_id = @t) = @yes", "links"},
		{"SELECT * FROM links WHERE CASE WHEN @all THEN 1 ELSE account_id = @t END", "links"},
		{"SELECT count(*) FROM links HAVING account_id = @t", "links"},
		{"SELECT account_id AS a FROM links WHERE a = @t", "links"},
		{"SELECT * FROM clicks JOIN links ON links.id = clicks.link_id", "links"},
		{"SELECT * FROM links JOIN tokens ON tokens.link_id = links.id WHERE links.account_id = @t", "tokens"},
		{"SELECT * FROM links LEFT JOIN tokens ON links.account_id = @t AND tokens.account_id = links.account_id", "links tokens"},
		{"SELECT * FROM links RIGHT JOIN tokens ON links.account_id = @t AND tokens.account_id = @t", "tokens"},
		{"SELECT * FROM links FULL JOIN tokens ON links.account_id = @t AND tokens.account_id = @t", "links tokens"},
		{"SELECT * FROM links LEFT JOIN tokens USING (account_id) WHERE tokens.account_id = @t", "links"},
		{"SELECT * FROM links JOIN links AS other ON other.n = links.n WHERE links.account_id = @t", "links"},
		{"SELECT * FROM links WHERE account_id = @t AND EXISTS (SELECT 1 FROM tokens WHERE tokens.link_id = links.id)", "tokens"},
		{"SELECT * FROM accounts WHERE EXISTS (SELECT 1 FROM tokens WHERE tokens.account_id = accounts.id AND accounts.id = @t)", "tokens"},
		{"SELECT * FROM links WHERE EXISTS (SELECT 1 FROM tokens WHERE tokens.account_id = @t AND tokens.account_id = links.account_id)", "links"},
		{"SELECT * FROM clicks WHERE link_id IN (SELECT id FROM links)", "links"},
		{"SELECT * FROM clicks WHERE (link_id, n) IN slugs", "slugs"},
		{"SELECT (SELECT max(n) FROM links)", "links"},
		{"SELECT * FROM (SELECT slug FROM links) AS l", "links"},
		{"SELECT * FROM (SELECT account_id, max(n) FROM links) AS l WHERE l.account_id = @t", "links"},
		{"SELECT * FROM (SELECT account_id FROM links LIMIT 5) AS l WHERE l.account_id = @t", "links"},
		{"WITH mine AS (SELECT * FROM links) SELECT count(*) FROM mine", "links"},
		{"WITH mine (a, account_id) AS (SELECT account_id, n FROM links) SELECT count(*) FROM mine WHERE account_id = @t", "links"},
		{"WITH RECURSIVE tree AS (SELECT id, account_id, n FROM links WHERE account_id = @t UNION SELECT links.id, links.account_id, links.n FROM links JOIN tree ON links.n = tree.id) SELECT * FROM tree", "links"},
		{"WITH RECURSIVE tree AS (SELECT id, account_id, n FROM links UNION SELECT links.id, tree.account_id, links.n FROM links JOIN tree ON links.n = tree.id) SELECT * FROM tree WHERE account_id = @t", "links links"},
		{"SELECT n FROM links WHERE account_id = @t UNION SELECT n FROM tokens", "tokens"},
		{"SELECT * FROM live", "live"}, {"SELECT * FROM slugs WHERE n = @t", "slugs"}, {"SELECT * FROM lone WHERE account_id = @t", "lone"},
		{"SELECT * FROM placed WHERE account_id = @t", "placed"}, {"SELECT * FROM newest WHERE account_id = @t", "newest"},
		{"SELECT * FROM links JOIN codes ON codes.account_id = links.account_id WHERE links.account_id = @t", "codes"}, // '1' and '01'
		{"UPDATE links SET n = 1", "links"},
		{"UPDATE links SET n = 1 WHERE id = @id", "links"},
		{"UPDATE links SET account_id = @u WHERE account_id = @t", "another account_id"},
		{"UPDATE links SET (n, account_id) = (1, @u) WHERE account_id = @t", "another account_id"},
		{"UPDATE OR REPLACE links SET slug = 'a' WHERE account_id = @t", "OR REPLACE"},
		{"UPDATE clicks SET n = (SELECT max(n) FROM links)", "links"},
		{"UPDATE clicks SET n = 1 FROM links WHERE links.id = clicks.link_id", "links"},
		{"DELETE FROM links WHERE id = @id", "links"},
		{"DELETE FROM clicks WHERE link_id IN (SELECT id FROM links) RETURNING (SELECT max(n) FROM tokens)", "links tokens"},
		{"INSERT INTO links (slug, n) VALUES (@s, 1)", "without their account_id"},
		{"INSERT INTO links DEFAULT VALUES", "without their account_id"},
		{"INSERT INTO links (slug, account_id, n) VALUES (@s, 7, 1)", "not a parameter"},
		{"INSERT INTO links (slug, account_id, n) VALUES ('a', @t, 1), ('b', 7, 1)", "not a parameter"},
		{"INSERT INTO links VALUES (@t, 7, 'a', 1)", "not a parameter"},
		{"INSERT INTO links (slug, account_id, n) SELECT name, id, 1 FROM accounts WHERE name = @t", "not a parameter"},
		{"INSERT INTO links (slug, account_id, n) SELECT 'a', account_id, n FROM tokens", "tokens\nnot a parameter"},
		{"INSERT OR REPLACE INTO links (slug, account_id, n) VALUES (@s, @t, 1)", "OR REPLACE"},
		{"REPLACE INTO links (slug, account_id, n) VALUES (@s, @t, 1)", "OR REPLACE"},
		{"INSERT INTO links (slug, account_id, n) VALUES (@s, @t, 1) ON CONFLICT (slug) DO UPDATE SET n = excluded.n", "DO UPDATE"},
		{"INSERT INTO links (slug, account_id, n) VALUES (@s, @t, 1) ON CONFLICT (slug) DO UPDATE SET n = excluded.n WHERE links.n = excluded.n", "DO UPDATE"},
		{"INSERT INTO links (slug, account_id, n) VALUES (@s, @t, 1) ON CONFLICT (slug) DO UPDATE SET account_id = excluded.account_id WHERE links.account_id = @t", "another account_id"},
		{"INSERT INTO clicks (link_id, n) VALUES (1, 1) RETURNING (SELECT slug FROM links WHERE links.id = clicks.link_id)", "links"},
		{"INSERT INTO clicks (link_id, n) SELECT id, n FROM links WHERE slug = @s", "links"},
	} {
		if _, err := db.Prepare(tt.text); err != nil {
			t.Errorf("%s: %v", tt.text, err)
		}
		got := said(c, tt.text)
		if got == "" {
			t.Errorf("accepted: %s", tt.text)
		}
		parts := strings.Fields(tt.want)
		if strings.Contains(tt.want, "account_id") || strings.ContainsAny(tt.want, "RE") || strings.Contains(tt.want, "parameter") {
			parts = strings.Split(tt.want, "\n")
		}
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s\n%s\nwant %s", tt.text, got, part)
			}
		}
		if n := strings.Count(got, "q.sql:"); n != len(parts) {
			t.Errorf("%s: %d faults, want %d\n%s", tt.text, n, len(parts), got)
		}
	}
}

func TestColumns(t *testing.T) {
	db, _ := open(t)
	if _, err := db.Exec("CREATE TABLE made (id INTEGER, account_id INTEGER AS (id + 1))"); err != nil {
		t.Fatal(err)
	}
	s, err := schema.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		option config.Tenant
		want   map[string]string
		said   string
	}{
		{config.Tenant{Columns: map[string]int{"links.ACCOUNT_ID": 3, "TOKENS.account_id": 3}}, map[string]string{"links": "account_id", "tokens": "account_id"}, ""},
		{config.Tenant{Column: "account_id", Line: 3}, columns, "sqlc.yaml:3: options.drey.tenant: made.account_id is a generated column, which an INSERT cannot set\n\tfix: name a column that is stored"},
		{config.Tenant{Column: "tenant_id", Line: 3}, map[string]string{}, "sqlc.yaml:3: options.drey.tenant: no table has a column tenant_id"},
		{config.Tenant{Columns: map[string]int{"links": 3}}, nil, `sqlc.yaml:3: options.drey.tenant: "links" is not a column of one table`},
		{config.Tenant{Columns: map[string]int{"links.x": 3}}, map[string]string{}, "sqlc.yaml:3: options.drey.tenant: there is no column links.x"},
		{config.Tenant{Columns: map[string]int{"links.n": 3, "links.id": 4}}, map[string]string{"links": "id"}, "sqlc.yaml:3: options.drey.tenant: links has two columns, id and n"},
	} {
		got, problems := tenant.Columns("sqlc.yaml", &tt.option, []*schema.Schema{s})
		if diff := cmp.Diff(tt.want, got[0]); diff != "" {
			t.Errorf("%v: %s", tt.option, diff)
		}
		text := ""
		if len(problems) > 0 {
			text = problems.Error()
		}
		if tt.said == "" && text != "" || !strings.HasPrefix(text, tt.said) {
			t.Errorf("%v: %s", tt.option, text)
		}
	}
}

// The parameters that say a tenant are those that an application must not leave out.
func TestParams(t *testing.T) {
	_, c := open(t)
	for text, want := range map[string]string{
		"SELECT * FROM links WHERE account_id = ?1 AND n = ?2":                                                              "?1",
		"SELECT * FROM links WHERE n > ?1 AND CAST(?2 AS INTEGER) = account_id":                                             "?2",
		"SELECT * FROM links WHERE (n, account_id) = (?1, ?2)":                                                              "?2",
		"SELECT * FROM links JOIN tokens ON tokens.account_id = links.account_id WHERE tokens.account_id = ?1":              "?1",
		"SELECT * FROM links LEFT JOIN tokens ON tokens.account_id = ?1 WHERE links.account_id = ?2":                        "?1 ?2",
		"SELECT * FROM clicks WHERE link_id IN (SELECT id FROM links WHERE account_id = ?2 AND n = ?1)":                     "?2",
		"SELECT * FROM links WHERE account_id > ?1":                                                                         "",
		"SELECT * FROM links WHERE account_id = ?1 OR n = ?2":                                                               "",
		"SELECT * FROM clicks WHERE link_id = ?1":                                                                           "",
		"SELECT * FROM live WHERE owner = ?1 AND n = ?2":                                                                    "?1",
		"WITH mine (a) AS (VALUES (?1)) SELECT * FROM links, mine WHERE account_id = a AND n = ?2":                          "?1",
		"WITH mine AS (SELECT ?1 AS a) SELECT * FROM links JOIN mine ON account_id = a":                                     "?1",
		"INSERT INTO links (n, account_id, slug) VALUES (?1, ?2, ?3)":                                                       "?2",
		"INSERT INTO links (n, account_id, slug) VALUES (?1, ?2, ?3), (?4, ?5, ?6)":                                         "?2 ?5",
		"INSERT INTO links (n, account_id, slug) SELECT n, ?1, ?2 FROM links WHERE account_id = ?3":                         "?1 ?3",
		"INSERT INTO links (n, account_id) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET n = ?3 WHERE account_id = ?4":     "?2 ?4",
		"UPDATE links SET n = ?1 WHERE account_id = ?2 AND id = ?3":                                                         "?2",
		"DELETE FROM links WHERE id = ?1 AND account_id = ?2 RETURNING (SELECT count(*) FROM tokens WHERE account_id = ?3)": "?2 ?3",
	} {
		var got []string
		for _, at := range slices.Sorted(maps.Keys(c.Params(text))) {
			got = append(got, text[at:at+2])
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", text, s, want)
		}
	}
}
