package drey_test

import (
	"context"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
)

// What stays text, of all that Kysely and Drizzle say, and why text says it best:
//
//   - SELECT without FROM does not have rows of a source, so it has no handles that could
//     be checked: it is a query in sql/, or a text.
//   - A WITH clause that is composed at run time has names and columns that no migration
//     and no query in sql/ knows. A CTE that is known when the code is written is a query
//     in sql/, which the dynamic half narrows.
//   - A whole query of one's own: From takes it for the rows of a source, whose columns are
//     checked when it runs, so what is written around it is typed again.
func TestCapabilitiesOfText(t *testing.T) {
	own := func(text string) string {
		return `WITH "squirrel's rows" AS (SELECT "squirrel's rows"."id", "squirrel's rows"."user_id", "squirrel's rows"."slug", "squirrel's rows"."title", ` +
			`"squirrel's rows"."clicks", "squirrel's rows"."score", "squirrel's rows"."created" FROM (` + text + `) AS "squirrel's rows") ` +
			`SELECT "id" FROM "squirrel's rows" AS "links" WHERE "id" < ? ORDER BY "id" ASC`
	}
	id := func(rows squirrel.Sqlizer) *drey.Query[inLinks, int64] {
		return reads(drey.From(links.Where(), rows).Where(links.ID.Lt(4)).OrderBy(links.ID.Asc()), links.ID)
	}
	const busy = "WITH busy AS (SELECT user_id FROM links GROUP BY user_id HAVING count(*) > ?) SELECT links.* FROM links JOIN busy USING (user_id)"
	const text = "SELECT 1 + ?"
	checkCapabilities(t, []capability{
		{"SELECT without FROM", squirrel.Expr(text, 2), text, args{2}, func(ctx context.Context, c *drey.Client) (any, error) {
			var sum int64
			err := c.QueryRowContext(ctx, text, 2).Scan(&sum)
			return sum, err
		}, int64(3)},
		gives("a WITH clause that is composed at run time", id(squirrel.Expr(busy, 0)), own(busy), args{0, int64(4)}, 1, 2, 3),
		gives("a query of one's own", id(squirrel.Select("*").From("links").Where("id % ? = 1", 2)), own("SELECT * FROM links WHERE id % ? = 1"), args{2, int64(4)}, 1, 3),
	})
}
