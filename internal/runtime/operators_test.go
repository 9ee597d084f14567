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

func ptr[T any](v T) *T { return &v }

// qualify puts the table in front of each column of the fixture, as a predicate has it
// that stands by itself.
func qualify(sql string) string {
	for _, column := range linksRelation.Columns {
		sql = strings.ReplaceAll(sql, column, linksRelation.Name+"."+column)
	}
	return sql
}

// Every operator: the SQL that squirrel makes of it, the values that it binds,
// and the number of rows that SQLite finds among twelve.
func TestPredicates(t *testing.T) {
	c := openFixture(t, 12) // slug-0000 to slug-0011, title NULL where i%3 == 0, score NULL where i is even
	for _, test := range []struct {
		name  string
		where drey.Predicate[inLinks]
		sql   string
		args  []any
		rows  int64
	}{
		{"Eq", links.Slug.Eq("slug-0003"), `"slug" = ?`, []any{"slug-0003"}, 1},
		{"NotEq leaves NULL out", links.Title.NotEq("Title 1"), `"title" <> ?`, []any{"Title 1"}, 7},
		{"Gt", links.ID.Gt(10), `"id" > ?`, []any{int64(10)}, 2},
		{"Gte", links.ID.Gte(10), `"id" >= ?`, []any{int64(10)}, 3},
		{"Lt", links.ID.Lt(3), `"id" < ?`, []any{int64(3)}, 2},
		{"Lte", links.ID.Lte(3), `"id" <= ?`, []any{int64(3)}, 3},
		{"Between", links.ID.Between(2, 4), `"id" BETWEEN ? AND ?`, []any{int64(2), int64(4)}, 3},
		{"In", links.ID.In(2, 4, 99), `"id" IN (?,?,?)`, []any{int64(2), int64(4), int64(99)}, 2},
		{"In of nothing", links.ID.In(), `(1=0)`, nil, 0},
		{"NotIn", links.ID.NotIn(2, 4), `"id" NOT IN (?,?)`, []any{int64(2), int64(4)}, 10},
		{"IsNull", links.Title.IsNull(), `"title" IS NULL`, nil, 4},
		{"IsNotNull", links.Score.IsNotNull(), `"score" IS NOT NULL`, nil, 6},
		{"Like", links.Slug.Like("slug-001_"), `("slug" LIKE ? ESCAPE '\' AND CASE WHEN instr("slug", char(0)) ` +
			`THEN replace(replace(json_quote("slug" || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' LIKE ? ELSE "slug" LIKE ? END)`,
			[]any{"slug-001%", "slug-001_", "slug-001_"}, 2},
		{"Like from a wildcard on", links.Slug.Like("%-001_"), `CASE WHEN instr("slug", char(0)) ` +
			`THEN replace(replace(json_quote("slug" || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' LIKE ? ELSE "slug" LIKE ? END`,
			[]any{"%-001_", "%-001_"}, 2},
		{"Contains", links.Slug.Contains("-001"), `instr(lower("slug"), lower(?)) > 0`, []any{"-001"}, 2},
		{"Contains takes a pattern for text", links.Slug.Contains(`%_\`), `instr(lower("slug"), lower(?)) > 0`, []any{`%_\`}, 0},
		{"HasPrefix", links.Slug.HasPrefix("slug-00"), `("slug" LIKE ? ESCAPE '\' AND instr(lower("slug"), lower(?)) = 1)`, []any{"slug-00%", "slug-00"}, 12},
		{"HasPrefix takes a pattern for text", links.Slug.HasPrefix(`slug_`), `("slug" LIKE ? ESCAPE '\' AND instr(lower("slug"), lower(?)) = 1)`, []any{`slug\_%`, "slug_"}, 0},
		{"HasPrefix of a text that is not ASCII", links.Slug.HasPrefix("é"), `instr(lower("slug"), lower(?)) = 1`, []any{"é"}, 0},
		{"HasSuffix", links.Slug.HasSuffix("1"), `(length(CAST("slug" AS BLOB)) > 0 AND ` +
			`lower(CAST(substr(CAST("slug" AS BLOB), -length(CAST(? AS BLOB))) AS TEXT)) = lower(?))`, []any{"1", "1"}, 2},
		{"HasSuffix of nothing", links.Slug.HasSuffix(""), `instr(lower("slug"), lower(?)) = 1`, []any{""}, 12},
		{"Glob", drey.Glob(links.Slug, "slug-00[0-1]1"), `("slug" GLOB ? AND CASE WHEN instr("slug", char(0)) ` +
			`THEN replace(replace(json_quote("slug" || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' GLOB ? ELSE "slug" GLOB ? END)`,
			[]any{"slug-00*", "slug-00[0-1]1", "slug-00[0-1]1"}, 2},
		{"Glob tells cases apart", drey.Glob(links.Slug, "SLUG*"), `("slug" GLOB ? AND CASE WHEN instr("slug", char(0)) ` +
			`THEN replace(replace(json_quote("slug" || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' GLOB ? ELSE "slug" GLOB ? END)`,
			[]any{"SLUG*", "SLUG*", "SLUG*"}, 0},
		{"Glob from a wildcard on", drey.Glob(links.Title, "*1"), `CASE WHEN instr("title", char(0)) ` +
			`THEN replace(replace(json_quote("title" || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' GLOB ? ELSE "title" GLOB ? END`,
			[]any{"*1", "*1"}, 2},
		{"a value of the row's type", links.Created.Lt(drey.UnixTime{}), `"created" < ?`, []any{drey.UnixTime{}}, 0},
		{"And", drey.And(links.ID.Gt(2), links.ID.Lt(5)), `("id" > ? AND "id" < ?)`, []any{int64(2), int64(5)}, 2},
		{"Or", drey.Or(links.ID.Eq(2), links.ID.Eq(5)), `("id" = ? OR "id" = ?)`, []any{int64(2), int64(5)}, 2},
		{"Not", drey.Not(links.ID.Eq(2)), `(NOT "id" = ?)`, []any{int64(2)}, 11},
		{"groups are parenthesised", drey.And(drey.Or(links.ID.Eq(1), links.ID.Eq(2)), drey.Not(drey.Or(links.ID.Eq(2)))),
			`(("id" = ? OR "id" = ?) AND (NOT ("id" = ?)))`, []any{int64(1), int64(2), int64(2)}, 1},
		{"absent operands are left out", drey.And(drey.Opt(nil, links.ID.Eq), drey.Or(drey.Opt(nil, links.Slug.Eq), links.ID.Eq(3))),
			`(("id" = ?))`, []any{int64(3)}, 1},
		{"Opt", drey.Opt(ptr("slug-0003"), links.Slug.Eq), `"slug" = ?`, []any{"slug-0003"}, 1},
		{"absent", drey.Opt(nil, links.Slug.Eq), ``, nil, 12},
		{"OptIn", drey.OptIn([]string{"slug-0003"}, links.Slug.In), `"slug" IN (?)`, []any{"slug-0003"}, 1},
		{"OptIn of none", drey.OptIn(nil, links.Slug.In), ``, nil, 12},
		{"OptIn of none with NotIn", drey.OptIn(nil, links.Slug.NotIn), ``, nil, 12},
		{"And of nothing", drey.And[inLinks](), ``, nil, 12},
		{"Not of an absent one", drey.Not(drey.Opt(nil, links.Slug.Eq)), ``, nil, 12},
		{"Native", drey.Native(&links.Query, squirrel.Expr("id % ? = 0 OR id = ?", 6, 1)), `(id % ? = 0 OR id = ?)`, []any{6, 1}, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			sql, args, err := test.where.ToSql()
			if err != nil {
				t.Fatal(err)
			}
			if want := qualify(test.sql); sql != want {
				t.Errorf("SQL\n got %s\nwant %s", sql, want)
			}
			if len(args)+len(test.args) > 0 && !cmp.Equal(args, test.args) {
				t.Errorf("arguments: got %v, want %v", args, test.args)
			}
			for range 2 { // rendered, then from the cache
				n, err := links.Where(test.where).Count(context.Background(), c)
				if err != nil {
					t.Fatal(err)
				}
				if n != test.rows {
					t.Errorf("found %d rows, want %d", n, test.rows)
				}
			}
		})
	}
}

// A whole query, its SQL and the rows in their order.
func TestQueries(t *testing.T) {
	c := openFixture(t, 12)
	const columns = `SELECT "id", "user_id", "slug", "title", "clicks", "score", "created" FROM "links"`
	for _, test := range []struct {
		name  string
		query *drey.Query[inLinks, link]
		sql   string
		ids   []int64
	}{
		{"two Where", links.Where(links.ID.Gt(3)).Where(links.ID.Lt(6)), ` WHERE "id" > ? AND "id" < ?`, []int64{4, 5}},
		{"absent predicates", links.Where(drey.Opt(nil, links.ID.Gt), links.ID.Lt(2)), ` WHERE "id" < ?`, []int64{1}},
		{"Asc and Limit", links.OrderBy(links.ID.Asc()).Limit(2), ` ORDER BY "id" ASC LIMIT ?`, []int64{1, 2}},
		{"Desc and Offset", links.OrderBy(links.ID.Desc()).Offset(9), ` ORDER BY "id" DESC LIMIT -1 OFFSET ?`, []int64{3, 2, 1}},
		{"Limit and Offset", links.OrderBy(links.ID.Asc()).Limit(2).Offset(3), ` ORDER BY "id" ASC LIMIT ? OFFSET ?`, []int64{4, 5}},
		{"the last Limit counts", links.OrderBy(links.ID.Asc()).Limit(9).Limit(1), ` ORDER BY "id" ASC LIMIT ?`, []int64{1}},
		{"Limit 0", links.OrderBy(links.ID.Asc()).Limit(0), ` ORDER BY "id" ASC LIMIT ?`, []int64{}},
		{"two OrderBy", links.Where(links.ID.Lte(4)).OrderBy(links.Score.Desc().NullsFirst()).OrderBy(links.ID.Desc()),
			` WHERE "id" <= ? ORDER BY "score" DESC NULLS FIRST, "id" DESC`, []int64{3, 1, 4, 2}},
		{"NullsLast", links.Where(links.ID.Lte(4)).OrderBy(links.Score.Asc().NullsLast(), links.ID.Asc()),
			` WHERE "id" <= ? ORDER BY "score" ASC NULLS LAST, "id" ASC`, []int64{2, 4, 1, 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sql, _, err := test.query.ToSql()
			if err != nil {
				t.Fatal(err)
			}
			if sql != columns+test.sql {
				t.Errorf("SQL\n got %s\nwant %s", sql, columns+test.sql)
			}
			for range 2 {
				rows, err := test.query.All(context.Background(), c)
				if err != nil {
					t.Fatal(err)
				}
				ids := []int64{}
				for _, l := range rows {
					ids = append(ids, l.ID)
				}
				if !cmp.Equal(ids, test.ids) {
					t.Errorf("found %v, want %v", ids, test.ids)
				}
			}
		})
	}
}

// A query that would be silently wrong is an error, before SQLite sees anything.
func TestInvalid(t *testing.T) {
	c := openFixture(t, 1)
	many := make([]int64, 32_767)
	for _, test := range []struct {
		name  string
		query *drey.Query[inLinks, link]
		want  error
	}{
		{"NotIn of nothing", links.Where(links.ID.NotIn()), drey.ErrEmptyNotIn},
		{"Not of an empty In", links.Where(drey.Not(links.ID.In())), drey.ErrEmptyNotIn},
		{"Or of nothing", links.Where(drey.Or[inLinks]()), drey.ErrEmptyOr},
		{"Or of absent ones", links.Where(drey.And(links.ID.Eq(1), drey.Or(drey.Opt(nil, links.ID.Eq)))), drey.ErrEmptyOr},
		{"Not of an error", links.Where(drey.Not(drey.Or[inLinks]())), drey.ErrEmptyOr},
		{"negative Limit", links.Limit(-1), drey.ErrNegativeLimit},
		{"negative Offset", links.Offset(-1), drey.ErrNegativeLimit},
		{"too many values", links.Where(links.ID.In(many...)), drey.ErrTooManyParameters},
		{"too many values, natively", links.Where(drey.Native(&links.Query, squirrel.Eq{"id": many})), drey.ErrTooManyParameters},
		{"a Query without a source", &drey.Query[inLinks, link]{}, drey.ErrNoSource},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := test.query.All(context.Background(), c); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// A query that is refined in two ways gives two queries.
func TestQueriesAreValues(t *testing.T) {
	c := openFixture(t, 12)
	base := links.Where(links.ID.Gt(2)).Where(links.ID.Lt(9)).OrderBy(links.ID.Asc())
	a, b := base.Where(links.ID.Lt(5)), base.Where(links.ID.Gt(6))
	for _, test := range []struct {
		query *drey.Query[inLinks, link]
		want  int64
	}{{a, 2}, {b, 2}, {base, 6}} {
		if n, err := test.query.Count(context.Background(), c); err != nil || n != test.want {
			t.Errorf("got %d, %v, want %d", n, err, test.want)
		}
	}
}

func TestWhen(t *testing.T) {
	newest := func(q *drey.Query[inLinks, link]) *drey.Query[inLinks, link] {
		return q.OrderBy(links.ID.Desc()).Limit(1)
	}
	for condition, want := range map[bool]string{true: ` ORDER BY "id" DESC LIMIT ?`, false: ""} {
		text, _, err := links.Where(links.Clicks.Gt(1)).When(condition, newest).ToSql()
		if _, rest, _ := strings.Cut(text, `"clicks" > ?`); err != nil || rest != want {
			t.Errorf("%v: %s, %v", condition, text, err)
		}
	}
}
