package drey_test

import (
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
)

// What stands in a join of squirrel's names its table, so that it is not ambiguous.
func TestQualified(t *testing.T) {
	c := openFixture(t, 12)
	nested := drey.InQuery(links.ID, links.Where(links.Clicks.Gt(2)), links.UserID)
	last := drey.Scalar(links.Slug, links.OrderBy(links.Clicks.Desc()), drey.On(links.UserID, links.UserID))
	for _, test := range []struct {
		name        string
		part        drey.Qualifiable
		alone, as   string
		order, text bool // it is an ordering; there is text of the caller's in it
	}{
		{name: "predicate", part: links.Clicks.Gt(2), alone: `"links"."clicks" > ?`, as: `"l"."clicks" > ?`},
		{name: "group", part: drey.Or(links.Title.IsNull(), drey.Not(links.ID.In(1, 2))), alone: `("links"."title" IS NULL OR (NOT "links"."id" IN (?,?)))`, as: `("l"."title" IS NULL OR (NOT "l"."id" IN (?,?)))`},
		{name: "expression", part: drey.Eq(drey.Plus(links.ID, links.Clicks), links.UserID), alone: `(("links"."id" + "links"."clicks") = "links"."user_id")`, as: `(("l"."id" + "l"."clicks") = "l"."user_id")`},
		{name: "text", part: links.Slug.Contains("-"), alone: `instr(lower("links"."slug"), lower(?)) > 0`, as: `instr(lower("l"."slug"), lower(?)) > 0`},
		{
			name: "query", part: nested,
			alone: `"links"."id" IN (SELECT "user_id" FROM (SELECT "user_id" FROM "links" WHERE "clicks" > ?) AS rows WHERE "user_id" IS NOT NULL)`,
			as:    `"l"."id" IN (SELECT "user_id" FROM (SELECT "user_id" FROM "links" WHERE "clicks" > ?) AS rows WHERE "user_id" IS NOT NULL)`,
		},
		{
			name: "correlated query", part: drey.Exists(links.Where(), drey.On(links.ID, links.Clicks)),
			alone: `EXISTS (SELECT 1 FROM (SELECT "id" FROM "links") AS "query's rows" WHERE "query's rows"."id" = "links"."clicks")`,
			as:    `EXISTS (SELECT 1 FROM (SELECT "id" FROM "links") AS "query's rows" WHERE "query's rows"."id" = "l"."clicks")`,
		},
		{name: "native", part: drey.Native(&links.Query, squirrel.Expr("links.id > ?", 1)), alone: `(links.id > ?)`, text: true},
		{name: "SQL", part: drey.Expr[int64](&links.Query, "links.id + ?", 1).Gt(2), alone: `(links.id + ?) > ?`, text: true},
		{name: "order", part: links.Clicks.Desc().NullsLast(), alone: `"links"."clicks" DESC NULLS LAST`, as: `"l"."clicks" DESC NULLS LAST`, order: true},
		{
			name: "order by a query", part: last.Asc(), order: true,
			alone: `(SELECT "query's rows"."slug" FROM (SELECT "slug", "user_id", "clicks" FROM "links") AS "query's rows" WHERE "query's rows"."user_id" = "links"."user_id" ORDER BY "query's rows"."clicks" DESC LIMIT 1) ASC`,
			as:    `(SELECT "query's rows"."slug" FROM (SELECT "slug", "user_id", "clicks" FROM "links") AS "query's rows" WHERE "query's rows"."user_id" = "l"."user_id" ORDER BY "query's rows"."clicks" DESC LIMIT 1) ASC`,
		},
		{name: "column", part: links.Slug, as: `"l"."slug"`},
		{name: "computed column", part: drey.Upper(links.Slug), as: `upper("l"."slug")`},
	} {
		t.Run(test.name, func(t *testing.T) {
			run := func(part squirrel.Sqlizer, want, from string) {
				t.Helper()
				text, _, err := part.ToSql()
				if err != nil || text != want {
					t.Errorf("%v\n got %s\nwant %s", err, text, want)
				}
				sel := squirrel.Select("r.id").From(from).Join("links AS r ON r.id = r.id")
				if test.order {
					sel = sel.OrderByClause(part)
				} else {
					sel = sel.Column(part).Where(part)
				}
				text, values, err := sel.ToSql()
				if err != nil {
					t.Fatal(err)
				}
				result, err := c.QueryContext(t.Context(), text, values...)
				if err != nil {
					t.Fatalf("%s\n%v", text, err)
				}
				if err := result.Close(); err != nil {
					t.Error(err)
				}
			}
			if alone, ok := test.part.(squirrel.Sqlizer); ok {
				run(alone, test.alone, "links")
			}
			as := drey.Qualified("l", test.part)
			if !test.text {
				run(as, test.as, "links AS l")
			} else if _, _, err := as.ToSql(); err == nil || !strings.Contains(err.Error(), "alias") {
				t.Errorf("text of the caller's: %v", err)
			}
		})
	}
	if text, _, err := drey.Qualified(`a"b`, links.ID).ToSql(); err != nil || text != `"a""b"."id"` {
		t.Error(text, err)
	}
}
