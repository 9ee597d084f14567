package drey_test

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// Each function, its SQL, and what it makes of the second of the fixture's rows: link 2
// of user 2, slug-0001, "Title 1", 1 click, a score of 0.5.
func TestExpressions(t *testing.T) {
	c := openFixture(t, 3)
	second := links.Where(links.ID.Eq(2))
	clicks := func(n int64) drey.Correlation[inLinks, inLinks] {
		return drey.On(links.ID, drey.Plus(links.Clicks, drey.Of(links.Clicks, n)))
	}
	for _, test := range []struct {
		name string
		computed
	}{
		{"plus", computes(drey.Plus(links.Clicks, drey.Of(links.Clicks, 2)), `("clicks" + ?)`, int64(3))},
		{"minus", computes(drey.Minus(links.Clicks, drey.Of(links.Clicks, 2)), `("clicks" - ?)`, int64(-1))},
		{"times", computes(drey.Times(links.Score, drey.Of(links.Score, 3)), `("score" * ?)`, null(1.5))},
		{"over", computes(drey.Over(links.Clicks, drey.Of(links.Clicks, 2)), `("clicks" / ?)`, null(int64(0)))},
		{"over zero", computes(drey.Over(links.Clicks, drey.Of(links.Clicks, 0)), `("clicks" / ?)`, sql.Null[int64]{})},
		{"over of floats", computes(drey.Over(links.Score, drey.Of(links.Score, 2)), `("score" / CAST(? AS REAL))`, null(0.25))},
		{"abs", computes(drey.Abs(drey.Minus(links.Clicks, drey.Of(links.Clicks, 5))), `abs(("clicks" - ?))`, int64(4))},
		{"round", computes(drey.Round(drey.Times(links.Score, drey.Of(links.Score, 0.5)), 1), `round(("score" * ?), ?)`, null(0.3))},
		{"round of an integer", computes(drey.Round(links.Clicks, 0), `CAST(round("clicks", ?) AS INTEGER)`, int64(1))},
		{"plus of two", computes(drey.Plus(links.ID, links.Clicks), `("id" + "clicks")`, int64(3))},
		{"minus of two", computes(drey.Minus(links.ID, links.Clicks), `("id" - "clicks")`, int64(1))},
		{"times of two", computes(drey.Times(links.ID, drey.Plus(links.Clicks, drey.Of(links.Clicks, 1))), `("id" * ("clicks" + ?))`, int64(4))},
		{"over of two", computes(drey.Over(links.ID, links.Clicks), `("id" / "clicks")`, null(int64(2)))},
		{"lower", computes(drey.Lower(links.Title), `lower("title")`, null("title 1"))},
		{"upper", computes(drey.Upper(links.Slug), `upper("slug")`, "SLUG-0001")},
		{"trim", computes(drey.Trim(drey.Concat(links.Slug, drey.Of(links.Slug, "  "))), `trim(("slug" || ?))`, "slug-0001")},
		{"length", computes(drey.Length(links.Slug), `length("slug")`, int64(9))},
		{"length of what may be NULL", computes(drey.Nullable(drey.Length(drey.NotNull(links.Title))), `length("title")`, null(int64(7)))},
		{"substr", computes(drey.Substr(links.Slug, -4, 2), `substr("slug", ?, ?)`, "00")},
		{"replace", computes(drey.Replace(links.Slug, "0", "o"), `replace("slug", ?, ?)`, "slug-ooo1")},
		{"concat", computes(drey.Concat(links.Slug, links.Slug), `("slug" || "slug")`, "slug-0001slug-0001")},
		{"concat with what may be NULL", computes(drey.Concat(links.Title, drey.Nullable(links.Slug)), `("title" || "slug")`, null("Title 1slug-0001"))},
		{"collate", computes(drey.Collate(links.Slug, drey.NoCase), `("slug" COLLATE "NOCASE")`, "slug-0001")},
		{"cast to a text", computes(drey.Cast[string](links.Score), `CAST("score" AS TEXT)`, null("0.5"))},
		{"cast to an integer", computes(drey.Cast[int8](links.Score), `CAST("score" AS INTEGER)`, null(int8(0)))},
		{"cast to a number", computes(drey.Cast[float64](drey.Substr(links.Slug, 7, 9)), `CAST(substr("slug", ?, ?) AS REAL)`, null(1.0))},
		{"coalesce", computes(drey.Coalesce(drey.NullIf(links.Title, "Title 1"), "none"), `coalesce(nullif("title", ?), ?)`, "none")},
		{"coalesce of two", computes(drey.IfNull(drey.NullIf(links.Title, "Title 1"), links.Slug), `coalesce(nullif("title", ?), "slug")`, "slug-0001")},
		{"nullif", computes(drey.NullIf(links.ID, 2), `nullif("id", ?)`, sql.Null[int64]{})},
		{"choose", computes(drey.Choose(links.Clicks.Gt(0), links.Slug, drey.Upper(links.Slug)), `CASE WHEN "clicks" > ? THEN "slug" ELSE upper("slug") END`, "slug-0001")},
		{
			"case", computes(drey.When(links.Clicks.Gt(1), "many").When(links.Clicks.Eq(1), "one").Else("none"),
				`CASE WHEN "clicks" > ? THEN ? WHEN "clicks" = ? THEN ? ELSE ? END`, "one"),
		},
		{"case without else", computes(drey.When(links.Clicks.Gt(1), "many").End(), `CASE WHEN "clicks" > ? THEN ? END`, sql.Null[string]{})},
		{"truncate to a day", computes(drey.Truncate(links.Created, drey.Day), `(1 * unixepoch("created", 'unixepoch', 'start of day'))`, drey.Unix(time.Date(2023, 11, 14, 0, 0, 0, 0, time.UTC)))},
		{"part", computes(drey.Part(links.Created, drey.Hour), `CAST(strftime('%H', "created", 'unixepoch') AS INTEGER)`, int64(22))},
		{"SQL", computes(drey.Expr[int64](&links.Query, "instr(slug, ?)", "-"), `(instr(slug, ?))`, null(int64(5)))},
		{"JSON", computes(drey.JSONPath[string](drey.Expr[string](&links.Query, `'{"a": {"b''s": "c"}}'`), "$.a.b's"), `json_extract(('{"a": {"b''s": "c"}}'), '$.a.b''s')`, null("c"))},
		{
			"scalar", computes(drey.Scalar[inLinks](links.Slug, links.OrderBy(links.ID.Desc())),
				`(SELECT "query's rows"."slug" FROM (SELECT "slug", "id" FROM "links") AS "query's rows" ORDER BY "query's rows"."id" DESC LIMIT 1)`, null("slug-0002")),
		},
		{
			"scalar of what matches", computes(drey.Scalar(drey.Upper(links.Slug), links.OrderBy(drey.Times(links.Clicks, drey.Of(links.Clicks, -1)).Asc()), clicks(2)),
				`(SELECT "query's rows"."expression 0" FROM (SELECT upper("slug") AS "expression 0", "id", ("clicks" * ?) AS "expression 2" FROM "links") AS "query's rows" `+
					`WHERE "query's rows"."id" = ("links"."clicks" + ?) ORDER BY "query's rows"."expression 2" ASC LIMIT 1)`, null("SLUG-0002")),
		},
		{"count", computes(drey.CountOf(links.Where(links.Clicks.Gte(0)), clicks(2)),
			`(SELECT COUNT(*) FROM (SELECT "id" FROM "links" WHERE "clicks" >= ?) AS "query's rows" WHERE "query's rows"."id" = ("links"."clicks" + ?))`, int64(1))},
	} {
		t.Run(test.name, func(t *testing.T) {
			if text := test.sql; text != test.want {
				t.Errorf("SQL is\n%s\nwant\n%s", text, test.want)
			}
			test.check(t, c, second)
		})
	}
}

func null[T any](v T) sql.Null[T] { return sql.Null[T]{V: v, Valid: true} }

// computed is an expression with its SQL.
type computed struct {
	sql, want string
	check     func(*testing.T, drey.Conn, *drey.Query[inLinks, link])
}

// computes expects the SQL of an expression, and its value in a row, wherever it stands.
func computes[T, V any](h drey.Handle[inLinks, T, V], text string, want V) computed {
	return computed{drey.SQLOf(h), text, func(t *testing.T, c drey.Conn, row *drey.Query[inLinks, link]) {
		ctx := t.Context()
		got, err := drey.Pluck(ctx, c, row, h)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]V{want}, got); diff != "" {
			t.Error(diff)
		}
		type box struct{ v V }
		boxes, err := drey.Select(row, func(p *drey.Projection[inLinks], to *box) { drey.ReadInto(p, h, &to.v) }).All(ctx, c)
		if err != nil || len(boxes) != 1 {
			t.Fatal(boxes, err)
		}
		if diff := cmp.Diff(want, boxes[0].v); diff != "" {
			t.Error(diff)
		}
		found, err := row.Where(drey.Not(drey.Distinct(h, h))).Count(ctx, c)
		if err != nil || found != 1 {
			t.Error("the value is not itself:", found, err)
		}
	}}
}

// decimal is bound as text, and kept as a number.
type decimal string

func (d decimal) Value() (driver.Value, error) { return string(d), nil }

// SQLite makes numbers of texts beside a column of numbers, and not beside an
// expression. The values of both are the same.
func TestNumbersBoundAsText(t *testing.T) {
	type item struct {
		ID    int64
		Price *float64
	}
	type inItems struct{}
	rel := drey.Number(&drey.Relation{Name: `"items"`, Columns: []string{`"id"`, `"price"`}, Key: []uint16{0}, Nullable: []uint16{1}, Numeric: []uint16{1}})
	items := drey.NewQuery[inItems](rel, func(r *item, to []any) []any { return append(to, &r.ID, &r.Price) })
	price := drey.NewNullOrderedColumn[inItems, decimal](rel, 1)
	c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_items.sql", Up: []string{
		"CREATE TABLE items (id INTEGER PRIMARY KEY, price NUMERIC)", "INSERT INTO items VALUES (1, '1.50'), (2, '20'), (3, NULL), (4, 3e2)",
	}}}, sqlite.Options{})
	e := drey.Coalesce(price, "7.0")
	for _, test := range []struct {
		where drey.Predicate[inItems]
		want  []int64
	}{
		{price.Eq("1.5"), []int64{1}},
		{e.Eq("1.500"), []int64{1}},
		{e.Eq("7"), []int64{3}},
		{e.Gt("10"), []int64{2, 4}},
		{e.In("20.0", "300"), []int64{2, 4}},
		{e.Between("2", "10"), []int64{3}},
		{drey.Nullable(e).NotEq("7"), []int64{1, 2, 4}},
		{drey.IsNull(drey.NullIf(price, "20.00")), []int64{2, 3}},
		{drey.Eq(drey.Of(price, "300.0"), price), []int64{4}},
	} {
		rows, err := items.Where(test.where).All(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range rows {
			got = append(got, r.ID)
		}
		if text, args, _ := test.where.ToSql(); !slices.Equal(got, test.want) {
			t.Errorf("%s, %v: %v, want %v", text, args, got, test.want)
		}
	}
}

// An expression of the text that an index has is looked up in the index.
func TestIndexOnExpression(t *testing.T) {
	c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_links.sql", Up: []string{
		fixture.Schema, `CREATE INDEX links_city ON links (json_extract(title, '$.city'))`, `CREATE INDEX links_lower ON links (lower(slug))`,
	}}}, sqlite.Options{})
	titled := link{ID: 1, Slug: "A", Title: ptr(`{"city": "Rome", "open": true}`)}
	if _, err := links.Insert().Exec(t.Context(), c, titled); err != nil {
		t.Fatal(err)
	}
	for _, q := range []*drey.Query[inLinks, link]{
		links.Where(drey.JSONPath[string](links.Title, "$.city").Eq("Rome")),
		links.Where(drey.Lower(links.Slug).Eq("a")),
	} {
		text, args, err := q.ToSql()
		if err != nil {
			t.Fatal(err)
		}
		var id, parent, unused int
		var plan string
		if err := static(c).QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if n, err := q.Count(t.Context(), c); err != nil || n != 1 || !strings.Contains(plan, "USING INDEX links_") {
			t.Errorf("%s\n%s, %d rows, %v", text, plan, n, err)
		}
	}
	open, err := drey.Pluck(t.Context(), c, links.Where(), drey.JSONPath[bool](links.Title, "$.open"))
	if err != nil || len(open) != 1 || open[0] != null(true) {
		t.Error(open, err)
	}
}
