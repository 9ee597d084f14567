package drey_test

import (
	"database/sql"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// What Kysely and Drizzle say of aggregates.
func TestCapabilitiesOfGroups(t *testing.T) {
	type all struct {
		Rows, Users, Clicks int64
		Mean                sql.Null[float64]
		Least, Most         sql.Null[string]
	}
	type counted = drey.Counted[int64]
	type pair struct {
		Untitled, User, Rows int64
	}
	n, clicks := rowsOfLinks, drey.Sum(links.Clicks)
	user := drey.Key(links.UserID)
	untitled := drey.Choose(links.Title.IsNull(), drey.Of(links.ID, 1), drey.Of(links.ID, 0))
	minute := drey.Truncate(links.Created, drey.Minute)
	by := func(q *drey.Query[inLinks, link]) *drey.Query[inGroups, counted] {
		return drey.Select(drey.GroupBy(q, links.UserID), readN)
	}
	// A key that is chosen at run time.
	keyed := func(name string) *drey.Query[inGroups, counted] {
		keys := map[string]drey.Expression[inLinks, int64, int64]{"clicks": drey.Abs(links.Clicks), "titles": untitled}
		return drey.CountBy(&links.Query, keys[name]).OrderBy(drey.Key(keys[name]).Asc()).Limit(2)
	}
	checkCapabilities(t, []capability{
		gives("several aggregates of one filter", drey.Select(drey.GroupBy(links.Where(links.ID.Gt(2))), func(p *drey.Projection[inGroups], to *all) {
			drey.ReadInto(p, n, &to.Rows)
			drey.ReadInto(p, drey.CountDistinct(links.UserID), &to.Users)
			drey.ReadInto(p, clicks, &to.Clicks)
			drey.ReadInto(p, drey.Avg(links.Score), &to.Mean)
			drey.ReadInto(p, drey.Min(links.Slug), &to.Least)
			drey.ReadInto(p, drey.Max(links.Title), &to.Most)
		}), `SELECT count(*) AS "expression 0", count(DISTINCT "user_id") AS "expression 1", coalesce(sum("clicks"), 0) AS "expression 2", `+
			`avg("score") AS "expression 3", min("slug") AS "expression 4", max("title") AS "expression 5" FROM "links" WHERE "id" > ?`,
			args{int64(2)}, all{10, 10, 30, some(3.5), some("slug-0002"), some("Title 8")}),
		gives("any filters below, HAVING and an order by measures above", by(links.Where(links.ID.Gt(1), links.Clicks.In(0, 1, 2, 3, 4))).
			Where(n.Gte(2), user.NotEq(3)).OrderBy(clicks.Desc(), user.Asc()).Limit(1).Offset(0),
			`SELECT "user_id" AS "expression 0", count(*) AS "expression 1" FROM "links" WHERE "id" > ? AND "clicks" IN (?,?,?,?,?) GROUP BY "user_id" `+
				`HAVING (count(*) >= ? AND "user_id" <> ?) ORDER BY coalesce(sum("clicks"), 0) DESC , "user_id" ASC LIMIT ? OFFSET ?`,
			args{int64(1), int64(0), int64(1), int64(2), int64(3), int64(4), int64(2), int64(3), int64(1), int64(0)}, counted{Value: 2, Count: 2}),
		gives("of the rows within a limit", by(links.OrderBy(links.ID.Desc()).Limit(3)).OrderBy(user.Asc()),
			`SELECT "user_id" AS "expression 0", count(*) AS "expression 1" FROM (SELECT "id", "user_id", "slug", "title", "clicks", "score", "created" `+
				`FROM "links" ORDER BY "id" DESC LIMIT ?) AS "links" GROUP BY "user_id" ORDER BY "user_id" ASC`,
			args{int64(3)}, counted{Value: 1, Count: 1}, counted{Value: 2, Count: 1}, counted{Value: 10, Count: 1}),
		gives("two keys, one of them an expression", drey.Select(drey.GroupBy(links.Where(links.UserID.Lte(2)), untitled, links.UserID), func(p *drey.Projection[inGroups], to *pair) {
			drey.ReadInto(p, drey.Key(untitled), &to.Untitled)
			drey.ReadInto(p, user, &to.User)
			drey.ReadInto(p, n, &to.Rows)
		}).OrderBy(user.Asc(), drey.Key(untitled).Asc()), `SELECT CASE WHEN "title" IS NULL THEN ? ELSE ? END AS "expression 0", "user_id" AS "expression 1", count(*) AS "expression 2" `+
			`FROM "links" WHERE "user_id" <= ? GROUP BY CASE WHEN "title" IS NULL THEN ? ELSE ? END , "user_id" ORDER BY "user_id" ASC , CASE WHEN "title" IS NULL THEN ? ELSE ? END ASC`,
			args{int64(1), int64(0), int64(2), int64(1), int64(0), int64(1), int64(0)}, pair{0, 1, 1}, pair{1, 1, 1}, pair{0, 2, 2}),
		gives("a key that is chosen at run time", keyed("clicks"),
			`SELECT abs("clicks") AS "expression 0", count(*) AS "expression 1" FROM "links" GROUP BY abs("clicks") ORDER BY abs("clicks") ASC LIMIT ?`,
			args{int64(2)}, counted{Value: 0, Count: 2}, counted{Value: 1, Count: 2}),
		gives("another key", keyed("titles"),
			`SELECT CASE WHEN "title" IS NULL THEN ? ELSE ? END AS "expression 0", count(*) AS "expression 1" FROM "links" `+
				`GROUP BY CASE WHEN "title" IS NULL THEN ? ELSE ? END ORDER BY CASE WHEN "title" IS NULL THEN ? ELSE ? END ASC LIMIT ?`,
			args{int64(1), int64(0), int64(1), int64(0), int64(1), int64(0), int64(2)}, counted{Value: 0, Count: 8}, counted{Value: 1, Count: 4}),
		gives("by a unit of time", reads(drey.GroupBy(&links.Query, minute).OrderBy(drey.Key(minute).Asc()), n),
			`SELECT count(*) AS "expression 0" FROM "links" GROUP BY ("created" - ("created" % 60 + 60) % 60) ORDER BY ("created" - ("created" % 60 + 60) % 60) ASC`, nil, 12),
		gives("each with a filter of its own", reads(drey.GroupBy(&links.Query), drey.Minus(n.Filter(links.Title.IsNull()), clicks.Filter(links.ID.Lt(4)).Filter(links.ID.Gt(1)))),
			`SELECT (count(*) FILTER (WHERE ("title" IS NULL)) - coalesce(sum("clicks") FILTER (WHERE (("id" < ?) AND "id" > ?)), 0)) AS "expression 0" FROM "links"`,
			args{int64(4), int64(1)}, 1),
		gives("group_concat", reads(drey.GroupBy(links.Where(links.ID.Eq(7))), drey.GroupConcat(links.Slug, "; ")),
			`SELECT group_concat("slug", ?) AS "expression 0" FROM "links" WHERE "id" = ?`, args{"; ", int64(7)}, some("slug-0006")),
		gives("a rate", reads(drey.GroupBy(&links.Query), drey.Over(drey.Times(drey.Count(links.Score), drey.Of(n, 100)), n)),
			`SELECT ((count("score") * ?) / count(*)) AS "expression 0" FROM "links"`, args{int64(100)}, some(int64(50))),
		gives("HAVING of one group", reads(drey.GroupBy(&links.Query).Where(n.Gt(12)), clicks),
			`SELECT coalesce(sum("clicks"), 0) AS "expression 0" FROM "links" HAVING (count(*) > ?)`, args{int64(12)}),
		gives("among the keys of groups", reads(links.Where(drey.InQuery(links.ID, drey.GroupBy(&links.Query, links.UserID).Where(n.Gte(2)), user)).OrderBy(links.ID.Asc()), links.ID),
			`SELECT "id" FROM "links" WHERE "id" IN (SELECT "expression 0" FROM (SELECT "user_id" AS "expression 0" FROM "links" GROUP BY "user_id" HAVING (count(*) >= ?)) AS rows `+
				`WHERE "expression 0" IS NOT NULL) ORDER BY "id" ASC`, args{int64(2)}, 1, 2),
	})
}
