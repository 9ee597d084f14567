package drey_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// capability is something that SQL can do, and how Go says it: the SQL that it makes,
// what that binds, and what SQLite answers.
type capability struct {
	name string
	made squirrel.Sqlizer
	sql  string
	args []any
	run  func(context.Context, *drey.Client) (any, error)
	want any
}

// args are the values that a capability binds.
type args []any

// gives is a capability of a query, with its rows.
func gives[S, R any](name string, q *drey.Query[S, R], sql string, args args, want ...R) capability {
	return capability{name, q, sql, args, func(ctx context.Context, c *drey.Client) (any, error) { return q.All(ctx, c) }, append([]R{}, want...)}
}

// finds is a capability of a predicate, with the ids of its rows.
func finds(name string, p drey.Predicate[inLinks], sql string, args args, want ...int64) capability {
	return gives(name, reads(links.Where(p).OrderBy(links.ID.Asc()), links.ID),
		`SELECT "id" FROM "links" WHERE `+sql+` ORDER BY "id" ASC`, args, want...)
}

// holds is a capability of an expression, with its values in the first three rows.
func holds[T, V any](name string, h drey.Handle[inLinks, T, V], sql string, args args, want ...V) capability {
	return gives(name, reads(links.OrderBy(links.ID.Asc()).Limit(3), h),
		`SELECT `+sql+` AS "expression 0" FROM "links" ORDER BY "id" ASC LIMIT ?`, append(args, int64(3)), want...)
}

// reads is the query for one column of the rows.
func reads[S, R, T, V any](q *drey.Query[S, R], h drey.Handle[S, T, V]) *drey.Query[S, V] {
	return drey.Select(q, func(p *drey.Projection[S], to *V) { drey.ReadInto(p, h, to) })
}

// checkCapabilities compares what Go makes of each, and what SQLite answers. The
// fixture has twelve rows, slug-0000 to slug-0011 with the ids 1 to 12; of users 1 to
// 10; with 0 to 6 clicks; the title NULL from the first on in each third, the score in
// each second.
func checkCapabilities(t *testing.T, list []capability) {
	for _, a := range list {
		t.Run(a.name, func(t *testing.T) {
			text, args, err := a.made.ToSql()
			if err != nil {
				t.Fatal(err)
			}
			if text != a.sql {
				t.Errorf("SQL\n got %s\nwant %s", text, a.sql)
			}
			if len(args)+len(a.args) > 0 && !cmp.Equal(args, []any(a.args)) {
				t.Errorf("arguments: got %v, want %v", args, a.args)
			}
			c := openFixture(t, 12)
			for range 2 { // rendered, then from the cache
				got, err := a.run(t.Context(), c)
				if diff := cmp.Diff(a.want, got); diff != "" || err != nil {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
			}
		})
	}
}

func some[T any](v T) sql.Null[T] { return sql.Null[T]{V: v, Valid: true} }

// What Kysely and Drizzle say beyond columns and constants.
func TestCapabilities(t *testing.T) {
	type kind struct {
		Slug string
		Kind string
	}
	rank := drey.When(links.Title.IsNull(), int64(0)).When(links.Clicks.Gt(4), 2).Else(1)
	document := drey.Expr[string](&links.Query, `json_object('clicks', clicks, 'at', json_object('day', slug))`)
	checkCapabilities(t, []capability{
		// SELECT
		gives("a computed column", reads(links.Where(links.ID.Eq(2)), drey.Concat(drey.Upper(links.Slug), drey.Of(links.Slug, "!"))),
			`SELECT (upper("slug") || ?) AS "expression 0" FROM "links" WHERE "id" = ?`, args{"!", int64(2)}, "SLUG-0001!"),
		holds("a computed column that may be NULL", drey.NullIf(links.Clicks, 1), `nullif("clicks", ?)`, args{int64(1)},
			some(int64(0)), sql.Null[int64]{}, some(int64(2))),
		holds("a correlated scalar subquery", drey.CountOf(&links.Query, drey.On(links.UserID, links.UserID)),
			`(SELECT COUNT(*) FROM (SELECT "user_id" FROM "links") AS "query's rows" WHERE "query's rows"."user_id" = "links"."user_id")`, nil, 2, 2, 1),
		gives("a constant beside columns", drey.Select(links.Where(links.ID.Lt(3)), func(p *drey.Projection[inLinks], to *kind) {
			drey.ReadInto(p, links.Slug, &to.Slug)
			drey.ReadInto(p, drey.Of(links.Slug, "link"), &to.Kind)
		}), `SELECT "slug", ? AS "expression 1" FROM "links" WHERE "id" < ?`, args{"link", int64(3)},
			kind{"slug-0000", "link"}, kind{"slug-0001", "link"}),
		gives("a column that is not NULL in these rows", reads(links.Where(links.Title.IsNotNull(), links.ID.Lt(4)), drey.NotNull(links.Title)),
			`SELECT "title" AS "expression 0" FROM "links" WHERE "title" IS NOT NULL AND "id" < ?`, args{int64(4)}, "Title 1", "Title 2"),

		// WHERE
		finds("two columns", drey.Gt(links.ID, links.UserID), `("id" > "user_id")`, nil, 11, 12),
		finds("arithmetic", drey.Plus(links.Clicks, links.ID).Gt(15), `("clicks" + "id") > ?`, args{int64(15)}, 12),
		finds("a function", drey.Upper(links.Slug).Eq("SLUG-0003"), `upper("slug") = ?`, args{"SLUG-0003"}, 4),
		finds("a JSON path", drey.JSONPath[int64](document, "$.clicks").Eq(6),
			`json_extract((json_object('clicks', clicks, 'at', json_object('day', slug))), '$.clicks') = ?`, args{int64(6)}, 7),
		finds("the number of what is related", drey.CountOf(&links.Query, drey.On(links.UserID, links.UserID)).Gte(2),
			`(SELECT COUNT(*) FROM (SELECT "user_id" FROM "links") AS "query's rows" WHERE "query's rows"."user_id" = "links"."user_id") >= ?`, args{int64(2)}, 1, 2, 11, 12),
		finds("IS DISTINCT FROM", drey.Distinct(links.Score, drey.Of(drey.Coalesce(links.Score, 0), 0.5)), `("score" IS NOT ?)`, args{0.5},
			1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
		finds("GLOB", drey.Glob(links.Slug, "slug-001[0-9]"), `("slug" GLOB ? AND CASE WHEN instr("slug", char(0)) `+
			`THEN replace(replace(json_quote("slug" || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' GLOB ? ELSE "slug" GLOB ? END)`,
			args{"slug-001*", "slug-001[0-9]", "slug-001[0-9]"}, 11, 12),
		finds("COLLATE", drey.Collate(links.Slug, drey.NoCase).Eq("SLUG-0001"), `("slug" COLLATE "NOCASE") = ?`, args{"SLUG-0001"}, 2),
		finds("SQL", drey.Native(&links.Query, squirrel.Expr("likely(id = ?)", 3)), `(likely(id = ?))`, args{3}, 3),

		// EXPRESSIONS
		holds("CASE, made at run time", rank, `CASE WHEN "title" IS NULL THEN ? WHEN "clicks" > ? THEN ? ELSE ? END`,
			args{int64(0), int64(4), int64(2), int64(1)}, 0, 1, 1),
		holds("COALESCE", drey.Coalesce(links.Title, "none"), `coalesce("title", ?)`, args{"none"}, "none", "Title 1", "Title 2"),
		holds("NULLIF", drey.NullIf(links.Title, "Title 1"), `nullif("title", ?)`, args{"Title 1"}, sql.Null[string]{}, sql.Null[string]{}, some("Title 2")),
		holds("arithmetic read", drey.Minus(drey.Times(links.Clicks, drey.Of(links.Clicks, 10)), links.ID), `(("clicks" * ?) - "id")`, args{int64(10)}, -1, 8, 17),
		holds("strings", drey.Substr(drey.Replace(links.Slug, "slug", "l"), 1, 3), `substr(replace("slug", ?, ?), ?, ?)`, args{"slug", "l", 1, 3}, "l-0", "l-0", "l-0"),
		holds("dates", drey.Part(links.Created, drey.Year), `CAST(strftime('%Y', "created", 'unixepoch') AS INTEGER)`, nil, 2023, 2023, 2023),
		holds("CAST", drey.Cast[string](links.Clicks), `CAST("clicks" AS TEXT)`, nil, some("0"), some("1"), some("2")),
		holds("json_extract", drey.JSONPath[string](document, "$.at.day"),
			`json_extract((json_object('clicks', clicks, 'at', json_object('day', slug))), '$.at.day')`, nil, some("slug-0000"), some("slug-0001"), some("slug-0002")),
		holds("SQL with values", drey.Expr[int64](&links.Query, "max(clicks, ?)", 1), `(max(clicks, ?))`, args{1}, some(int64(1)), some(int64(1)), some(int64(2))),

		// ORDER, PAGES
		gives("ORDER BY an expression", reads(links.OrderBy(drey.Minus(links.Clicks, links.ID).Asc(), links.ID.Desc()).Limit(2), links.ID),
			`SELECT "id" FROM "links" ORDER BY ("clicks" - "id") ASC, "id" DESC LIMIT ?`, args{int64(2)}, 12, 11),
		gives("ORDER BY CASE", reads(links.OrderBy(rank.Desc(), links.ID.Asc()).Limit(3), links.ID),
			`SELECT "id" FROM "links" ORDER BY CASE WHEN "title" IS NULL THEN ? WHEN "clicks" > ? THEN ? ELSE ? END DESC, "id" ASC LIMIT ?`,
			args{int64(0), int64(4), int64(2), int64(1), int64(3)}, 6, 2, 3),

		// RUNNING
		{
			"EXPLAIN", links.Where(links.ID.Eq(1)), `SELECT "id", "user_id", "slug", "title", "clicks", "score", "created" FROM "links" WHERE "id" = ?`, args{int64(1)},
			func(ctx context.Context, c *drey.Client) (any, error) {
				return drey.Explain(ctx, c, links.Where(links.ID.Eq(1)))
			},
			[]string{"SEARCH links USING INTEGER PRIMARY KEY (rowid=?)"},
		},
		{
			"rows and their total", links.Where(links.Clicks.Gt(3)).OrderBy(links.ID.Asc()).Limit(2),
			`SELECT "id", "user_id", "slug", "title", "clicks", "score", "created" FROM "links" WHERE "clicks" > ? ORDER BY "id" ASC LIMIT ?`, args{int64(3), int64(2)},
			func(ctx context.Context, c *drey.Client) (any, error) {
				rows, total, err := drey.AllAndCount(ctx, c, links.Where(links.Clicks.Gt(3)).OrderBy(links.ID.Asc()).Limit(2))
				return []any{ids(rows), total}, err
			},
			[]any{[]int64{5, 6}, int64(4)},
		},
		{
			"a predicate and an order inside of squirrel", squirrel.Select("l.id", "r.id").From("links AS l").Join("links AS r ON r.id = l.id + 1").
				Where(drey.Qualified("l", drey.And(links.Clicks.Gt(4), drey.Exists(links.Where(), drey.On(links.ID, links.Clicks))))).
				OrderByClause(drey.Qualified("r", links.ID.Desc())).Limit(1),
			`SELECT l.id, r.id FROM links AS l JOIN links AS r ON r.id = l.id + 1 WHERE ("l"."clicks" > ? AND ` +
				`EXISTS (SELECT 1 FROM (SELECT "id" FROM "links") AS "query's rows" WHERE "query's rows"."id" = "l"."clicks")) ORDER BY "r"."id" DESC LIMIT 1`, args{int64(4)},
			func(ctx context.Context, c *drey.Client) (any, error) {
				found := reads(drey.From(&links.Query, squirrel.Select("l.*").From("links AS l").Join("links AS r ON r.id = l.id + 1").
					Where(drey.Qualified("l", links.Clicks.Gt(4))).Where(drey.Qualified("r", links.Clicks.Gt(4)))), links.ID)
				return found.All(ctx, c)
			},
			[]int64{6},
		},
	})
}
