package tenant_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// generator writes random statements over the tables of ddl.
type generator struct {
	*rand.Rand
	aliases int
	ctes    []named
}

// named is something to select from, and its columns.
type named struct {
	name    string
	columns []string
}

var stored = []named{
	{"accounts", []string{"id"}}, {"clicks", []string{"id", "link_id", "n"}},
	{"links", []string{"id", "account_id", "n"}}, {"links", []string{"id", "account_id", "n"}},
	{"tokens", []string{"id", "account_id", "link_id", "n"}}, {"tokens", []string{"id", "account_id", "link_id", "n"}},
	{"live", []string{"id", "owner", "n"}}, {"totals", []string{"account_id", "n"}}, {"lone", []string{"account_id", "n"}},
	{"ranked", []string{"account_id", "place"}}, {"placed", []string{"account_id", "place"}}, {"both", []string{"account_id", "n"}},
	{"counted", []string{"account_id", "n"}}, {"deeper", []string{"owner"}},
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

// column is a column of one of these, most often one that says whose a row is.
func (g *generator) column(of []named) string {
	n := of[g.IntN(len(of))]
	c := n.columns[g.IntN(len(n.columns))]
	for _, tenant := range []string{"account_id", "owner"} {
		if slices.Contains(n.columns, tenant) && g.IntN(3) > 0 {
			c = tenant
		}
	}
	return n.name + "." + c
}

// item is an item of a FROM clause.
func (g *generator) item(depth int, of *[]named) string {
	g.aliases++
	alias := fmt.Sprintf("a%d", g.aliases)
	if depth > 0 && g.IntN(4) == 0 {
		text, columns := g.selects(depth-1, nil)
		*of = append(*of, named{alias, columns})
		return "(" + text + ") AS " + alias
	}
	list := slices.Concat(stored, g.ctes, g.ctes, g.ctes)
	n := list[g.IntN(len(list))]
	*of = append(*of, named{alias, n.columns})
	return n.name + " AS " + alias
}

// condition is one over the columns of these, and of those around.
func (g *generator) condition(depth int, of, outer []named) string {
	all := slices.Concat(of, of, of, outer)
	switch n := g.IntN(20); {
	case n < 7:
		return g.column(all) + " = @t"
	case n < 14:
		return g.column(all) + " = " + g.column(all)
	case n < 15:
		return "(" + g.condition(depth, of, outer) + " OR " + g.condition(depth, of, outer) + ")"
	case n < 16:
		return "NOT (" + g.condition(depth, of, outer) + ")"
	case n < 17:
		return g.column(all) + " > " + g.pick("0", "1", "@t")
	case depth > 0 && n < 19:
		text, _ := g.selects(depth-1, all)
		return g.pick("", "NOT ") + "EXISTS (" + text + ")"
	case depth > 0:
		text, _ := g.selects(depth-1, all)
		return g.column(all) + " IN (SELECT a FROM (" + text + "))"
	}
	return g.column(all) + " = " + g.pick("1", "2")
}

func (g *generator) conditions(depth int, of, outer []named) string {
	text := g.condition(depth, of, outer)
	for g.IntN(2) == 0 {
		text += " AND " + g.condition(depth, of, outer)
	}
	return text
}

// selects is a SELECT of two columns, a and b.
func (g *generator) selects(depth int, outer []named) (string, []string) {
	if depth > 0 && g.IntN(6) == 0 {
		one, _ := g.selects(depth-1, outer)
		two, _ := g.selects(depth-1, outer)
		return one + g.pick(" UNION ALL ", " UNION ", " EXCEPT ", " INTERSECT ") + two, []string{"a", "b"}
	}
	var of []named
	from := g.item(depth, &of)
	for g.IntN(2) == 0 {
		join := g.pick(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ", " JOIN ", ", ")
		from += join + g.item(depth, &of)
		if join != ", " {
			from += " ON " + g.conditions(0, of, nil)
		}
	}
	where := ""
	if g.IntN(4) > 0 {
		where = " WHERE " + g.conditions(depth, of, outer)
	}
	a, b := g.column(of), g.column(of)
	switch g.IntN(8) {
	case 0:
		return "SELECT " + a + " AS a, count(*) AS b FROM " + from + where + " GROUP BY " + g.pick(a, a, b, "1"), []string{"a", "b"}
	case 1:
		return "SELECT " + a + " AS a, max(" + b + ") OVER (PARTITION BY " + g.pick(a, b) + ") AS b FROM " + from + where, []string{"a", "b"}
	case 2:
		return "SELECT max(" + a + ") AS a, count(" + b + ") AS b FROM " + from + where, []string{"a", "b"}
	case 3:
		if depth > 0 {
			inner, _ := g.selects(depth-1, slices.Concat(of, outer))
			return "SELECT " + a + " AS a, (SELECT b FROM (" + inner + ") ORDER BY 1 LIMIT 1) AS b FROM " + from + where, []string{"a", "b"}
		}
	case 4:
		return "SELECT DISTINCT " + a + " AS a, @t AS b FROM " + from + where, []string{"a", "b"}
	}
	return "SELECT " + a + " AS a, " + b + " AS b FROM " + from + where, []string{"a", "b"}
}

func (g *generator) statement() string {
	g.aliases, g.ctes = 0, nil
	with := ""
	for g.IntN(3) == 0 {
		text, columns := g.selects(1, nil)
		name := fmt.Sprintf("c%d", len(g.ctes))
		if with += ", " + name + " AS (" + text + ")"; g.IntN(3) == 0 {
			with = strings.TrimSuffix(with, ")") + " UNION SELECT " + g.pick("links.n, links.account_id FROM links JOIN "+name+" ON links.account_id = "+name+".b",
				"links.account_id, links.n FROM links JOIN "+name+" ON links.id = "+name+".a", name+".b, "+name+".a FROM "+name) + ")"
		}
		g.ctes = append(g.ctes, named{name, columns})
	}
	if with != "" {
		with = "WITH RECURSIVE " + with[2:] + " "
	}
	switch g.IntN(8) {
	case 0:
		text, _ := g.selects(2, nil)
		return with + "INSERT INTO links (account_id, n, slug) " + g.pick(
			"SELECT a, b, 's' || row_number() OVER () FROM ("+text+") WHERE true", "SELECT @t, b, 's' || row_number() OVER () FROM ("+text+") WHERE true",
			"VALUES (@t, 1, 'l1')", "VALUES (@t, 1, 'l2')") +
			g.pick("", " ON CONFLICT DO NOTHING", " ON CONFLICT (slug) DO UPDATE SET n = 9 WHERE links.account_id = excluded.account_id", " ON CONFLICT (slug) DO UPDATE SET n = 9 WHERE links.n = @t") +
			g.pick("", " RETURNING n, account_id", " RETURNING (SELECT count(*) FROM tokens WHERE tokens.account_id = links.account_id)")
	case 1:
		of := []named{{"links", []string{"id", "account_id", "n"}}}
		from := ""
		if g.IntN(2) == 0 {
			from = " FROM " + g.item(1, &of)
		}
		return with + "UPDATE links SET n = " + g.column(of[:1]) + from + " WHERE " + g.conditions(1, of, nil)
	case 2:
		of := []named{{"links", []string{"id", "account_id", "n"}}}
		return with + "DELETE FROM links WHERE " + g.conditions(1, of, nil) + g.pick("", " RETURNING id")
	}
	text, _ := g.selects(2, nil)
	return with + text
}

// fill writes rows of three tenants, or of the first alone.
func fill(tb testing.TB, tx *sql.Tx, r *rand.Rand, alone bool) {
	tb.Helper()
	var b strings.Builder
	b.WriteString("DELETE FROM accounts; DELETE FROM links; DELETE FROM tokens; DELETE FROM clicks; INSERT INTO accounts VALUES (1, 'a'), (2, 'b'), (3, 'c');")
	for id := 1; id <= 6; id++ {
		tenant, n, link := r.IntN(3)+1, r.IntN(4), r.IntN(6)+1
		if id == 2 {
			tenant = 1
		}
		if fmt.Fprintf(&b, "INSERT INTO clicks VALUES (%d, %d, %d);", id, link, n); tenant == 1 || !alone {
			fmt.Fprintf(&b, "INSERT INTO links VALUES (%d, %d, 'l%[1]d', %d); INSERT INTO tokens VALUES (%[1]d, %[2]d, %[4]d, %[1]d);", id, tenant, n, link)
		}
	}
	if _, err := tx.Exec(b.String()); err != nil {
		tb.Fatal(err)
	}
}

// kept is what is stored of the tenant's rows, or of others'.
func kept(tb testing.TB, tx *sql.Tx, theirs string) string {
	tb.Helper()
	text, err := list(tx, strings.ReplaceAll("SELECT 'link', account_id, n, slug FROM links WHERE account_id IS 1 UNION ALL SELECT 'token', account_id, n, link_id FROM tokens WHERE account_id IS 1", "IS", theirs))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func list(tx *sql.Tx, text string, args ...any) (string, error) {
	if !strings.Contains(text, "@t") {
		args = nil
	}
	rows, err := tx.Query(text, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var lines []string
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			return "", err
		}
		lines = append(lines, fmt.Sprint(values...))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), rows.Err()
}

// TestRandom: what an accepted statement gives to a tenant, and leaves of its rows, does not
// depend on the rows of others, and those stay as they are.
func TestRandom(t *testing.T) {
	db, c := open(t)
	seed := rand.Uint64()
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
	valid, accepted, different := 0, 0, 0
	for range 4000 {
		text := g.statement()
		ok := said(c, text) == ""
		var gives, leaves [2]string
		var failed [2]error
		data := g.Uint64()
		for i, alone := range []bool{false, true} {
			tx, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			fill(t, tx, rand.New(rand.NewPCG(data, 1)), alone)
			before := kept(t, tx, "<>")
			gives[i], failed[i] = list(tx, text, sql.Named("t", 1))
			leaves[i] = kept(t, tx, "=")
			if after := kept(t, tx, "<>"); ok && after != before {
				t.Errorf("seed %d: accepted, and it changes others' rows: %s\n%s\n\n%s", seed, text, before, after)
			}
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
		switch {
		case failed[0] != nil && strings.Contains(failed[0].Error(), "UNIQUE"), strings.Contains(text, "ON CONFLICT"): // a key that another has
		case failed[0] != nil && failed[1] != nil:
		case failed != [2]error{} && ok:
			t.Errorf("seed %d: %s: %v", seed, text, failed)
		case gives[0] == gives[1] && leaves[0] == leaves[1]:
			valid++
			if ok {
				accepted++
			}
		case ok:
			t.Errorf("seed %d: accepted, and it tells of others: %s\n%q\n%q", seed, text, gives, leaves)
		default:
			valid++
			different++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("seed %d: of %d statements %d are accepted, and %d others tell of other tenants", seed, valid, accepted, different)
	if accepted < valid/10 || different < valid/10 {
		t.Errorf("too few of %d are accepted, %d, or tell of other tenants, %d", valid, accepted, different)
	}
}
