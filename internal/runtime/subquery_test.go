package drey_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// A SELECT of squirrel's that has the source's columns, in any order, is one
// more source of its rows. What lacks a column is refused before the first row.
func TestFrom(t *testing.T) {
	c, ctx := openFixture(t, 6), context.Background()
	native := squirrel.Select("created", "clicks + 100 AS clicks", "slug", "title", "user_id", "id", "score", "'more' AS more").
		From("links").Where("id > ?", 2)
	q := drey.From(links.Where(links.Clicks.Gt(103)), native).OrderBy(links.ID.Desc()).Limit(5)
	rows, err := q.All(ctx, c)
	if err != nil || len(rows) != 2 || rows[0].ID != 6 || rows[0].Clicks != 105 || rows[0].Slug != "slug-0005" {
		t.Errorf("%+v, %v", rows, err)
	}
	if n, err := q.Count(ctx, c); n != 2 || err != nil {
		t.Errorf("Count: %d, %v", n, err)
	}
	if found, err := links.Where(drey.InQuery(links.Clicks, drey.From(links.Where(), native), links.ID)).Count(ctx, c); err != nil || found != 3 {
		t.Errorf("InQuery: %d, %v", found, err)
	}
	twice := squirrel.Select("a.*").From("links a, links b")
	if _, err := drey.From(links.Where(links.ID.Eq(1)), twice).One(ctx, c); !errors.Is(err, drey.ErrManyRows) {
		t.Errorf("One of a row that is selected twice: %v", err)
	}
	for name, lacking := range map[string]squirrel.Sqlizer{
		"a missing column": squirrel.Select("id", "slug").From("links"),
		"a misspelt one":   squirrel.Select("created", "clicks", "slugg", "title", "user_id", "id", "score").From("links"),
	} {
		if _, err := drey.From(links.Where(), lacking).All(ctx, c); err == nil || !strings.Contains(err.Error(), "no such column") {
			t.Errorf("%s: %v", name, err)
		}
		if n, err := drey.From(links.Where(), lacking).Count(ctx, c); err == nil {
			t.Errorf("%s: Count is %d", name, n)
		}
	}
}

// A match reaches the inner table's index, the table itself included.
func TestSubqueryPlans(t *testing.T) {
	c := openFixture(t, 50)
	for name, q := range map[string]*drey.Query[inLinks, link]{
		"Exists":            links.Where(drey.Exists(links.Where(links.Clicks.Gt(3)), drey.On(links.Slug, links.Title))),
		"InQuery":           links.Where(drey.InQuery(links.ID, links.Where(links.Clicks.Gt(3)), links.UserID)),
		"Exists in Exists":  links.Where(drey.Exists(links.Where(drey.Exists(links.Where(), drey.On(links.Slug, links.Title))), drey.On(links.Slug, links.Title))),
		"a query's columns": links.Where(drey.Exists(withPopular(1, []int64{1, 2}), drey.On(popular.ID, links.ID)), links.ID.Gt(2)),
	} {
		text, args, err := q.ToSql()
		if err != nil {
			t.Fatal(err)
		}
		if plan := explain(t, c, text, args); !strings.Contains(plan, "SEARCH links") {
			t.Errorf("%s:\n%s\nhas the plan\n%s", name, text, plan)
		}
	}
}

// explain is SQLite's plan for a query, a step a line.
func explain(t *testing.T, c *drey.Client, text string, args []any) string {
	t.Helper()
	rows, err := c.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return strings.Join(plan, "\n")
}

// The parameters of a query source count by position wherever it stands.
func TestQuerySourceInSubquery(t *testing.T) {
	c, ctx := openFixture(t, 70), context.Background() // user i%10+1, clicks i%7
	inner := withPopular(5, []int64{1, 2, 3}).Where(popular.Popular.Eq(true))
	want, err := drey.Pluck(ctx, c, inner, popular.ID)
	if err != nil || len(want) == 0 {
		t.Fatal(want, err)
	}
	q := links.Where(links.Clicks.Gte(0), drey.InQuery(links.ID, inner, popular.ID), links.ID.Lte(70)).OrderBy(links.ID.Asc())
	for range 2 { // rendered, then from the cache
		got, err := drey.Pluck(ctx, c, q, links.ID)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}
