package drey_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

var linkFilters = drey.NewFilters(links.ID, links.Slug, links.Title, links.Clicks, links.Score, links.Created)

// Every operator: from the query string to the SQL, its values, and the rows
// that SQLite finds among twelve.
func TestFilters(t *testing.T) {
	c, ctx := openFixture(t, 12), context.Background()
	const likeAny = `CASE WHEN instr("slug", char(0)) ` +
		`THEN replace(replace(json_quote("slug" || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' LIKE ? ESCAPE '\' ELSE "slug" LIKE ? ESCAPE '\' END`
	const likeFrom = `("slug" LIKE ? ESCAPE '\' AND ` + likeAny + ")"
	const all = `SELECT "id", "user_id", "slug", "title", "clicks", "score", "created" FROM "links"`
	for _, test := range []struct {
		query string
		sql   string
		args  []any // before the limit
		rows  int
	}{
		{"", " LIMIT ?", nil, 12},
		{"id=eq.3", ` WHERE "id" = ? LIMIT ?`, []any{int64(3)}, 1},
		{"id=neq.3", ` WHERE "id" <> ? LIMIT ?`, []any{int64(3)}, 11},
		{"id=gt.3", ` WHERE "id" > ? LIMIT ?`, []any{int64(3)}, 9},
		{"id=gte.3", ` WHERE "id" >= ? LIMIT ?`, []any{int64(3)}, 10},
		{"id=lt.3&id=gt.1", ` WHERE "id" < ? AND "id" > ? LIMIT ?`, []any{int64(3), int64(1)}, 1},
		{"id=lte.3", ` WHERE "id" <= ? LIMIT ?`, []any{int64(3)}, 3},
		{"id=in.(1,2,99)", ` WHERE "id" IN (?,?,?) LIMIT ?`, []any{int64(1), int64(2), int64(99)}, 2},
		{"id=not.in.(1,2)", ` WHERE (NOT "id" IN (?,?)) LIMIT ?`, []any{int64(1), int64(2)}, 10},
		{"title=is.null", ` WHERE "title" IS NULL LIMIT ?`, nil, 4},
		{"title=not.is.null", ` WHERE (NOT "title" IS NULL) LIMIT ?`, nil, 8},
		{"slug=like.slug-001*", " WHERE " + likeFrom + " LIMIT ?", []any{"slug-001%", "slug-001%", "slug-001%"}, 2},
		{"slug=ilike.*0011", " WHERE " + likeAny + " LIMIT ?", []any{"%0011", "%0011"}, 1},
		{`slug=like.*\*\_\\0*`, " WHERE " + likeAny + " LIMIT ?", []any{`%*\_\\0%`, `%*\_\\0%`}, 0},
		{`slug=like.slug\-0001`, " WHERE " + likeFrom + " LIMIT ?", []any{"slug%", `slug\\-0001`, `slug\\-0001`}, 0},
		{"id=in.()", " WHERE (1=0) LIMIT ?", nil, 0},
		{"or=(id.in.(),id.eq.2)", ` WHERE ((1=0) OR "id" = ?) LIMIT ?`, []any{int64(2)}, 1},
		{"title=isdistinct.Title 1", ` WHERE "title" IS NOT ? LIMIT ?`, []any{"Title 1"}, 11},
		{"title=not.isdistinct.Title 1", ` WHERE (NOT "title" IS NOT ?) LIMIT ?`, []any{"Title 1"}, 1},
		{"name=eq.TITLE 1", ` WHERE upper("title") = ? LIMIT ?`, []any{"TITLE 1"}, 1},
		{"slug=eq.a,b)(", ` WHERE "slug" = ? LIMIT ?`, []any{"a,b)("}, 0},
		{`slug=in.("a,b","c\"d)",)`, ` WHERE "slug" IN (?,?,?) LIMIT ?`, []any{"a,b", `c"d)`, ""}, 0},
		{"score=gte.2.5", ` WHERE "score" >= ? LIMIT ?`, []any{2.5}, 4},
		{"created=lt.2023-11-14T22:13:22Z", ` WHERE "created" < ? LIMIT ?`, []any{drey.Unix(fixtureTime(2))}, 2},
		{"or=(id.eq.1,id.eq.2)", ` WHERE ("id" = ? OR "id" = ?) LIMIT ?`, []any{int64(1), int64(2)}, 2},
		{"or=(id.eq.1,and(id.gt.2,slug.not.like.*5,title.is.null))",
			` WHERE ("id" = ? OR ("id" > ? AND (NOT ` + likeAny + `) AND "title" IS NULL)) LIMIT ?`, []any{int64(1), int64(2), "%5", "%5"}, 4},
		{"not.or=(id.lt.3,id.gt.9)", ` WHERE (NOT ("id" < ? OR "id" > ?)) LIMIT ?`, []any{int64(3), int64(9)}, 7},
		{"and=(not.and(id.gt.1,id.lt.12),id.in.(1,5))", ` WHERE ((NOT ("id" > ? AND "id" < ?)) AND "id" IN (?,?)) LIMIT ?`, []any{int64(1), int64(12), int64(1), int64(5)}, 1},
		{`or=(slug.eq."x,y)",id.eq.1)`, ` WHERE ("slug" = ? OR "id" = ?) LIMIT ?`, []any{"x,y)", int64(1)}, 1},
		{"order=clicks.desc,id", ` ORDER BY "clicks" DESC, "id" ASC LIMIT ?`, nil, 12},
		{"order=title.desc.nullslast,score.nullsfirst&limit=5", ` ORDER BY "title" DESC NULLS LAST, "score" ASC NULLS FIRST LIMIT ?`, nil, 5},
		{"limit=0", ` LIMIT ?`, nil, 0},
		{"limit=5&offset=10", ` LIMIT ? OFFSET ?`, nil, 2},
	} {
		t.Run(test.query, func(t *testing.T) {
			q, err := drey.ApplyFilters(links.Where(), linkFilters.As("name", drey.Upper(links.Title)), parseQuery(t, test.query))
			if err != nil {
				t.Fatal(err)
			}
			sql, args, err := q.ToSql()
			if err != nil {
				t.Fatal(err)
			}
			if sql != all+test.sql {
				t.Errorf("SQL\n got %s\nwant %s", strings.TrimPrefix(sql, all), test.sql)
			}
			if diff := cmp.Diff(test.args, args[:len(test.args):len(test.args)], cmp.AllowUnexported()); len(test.args) > 0 && diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if rows, err := q.All(ctx, c); err != nil || len(rows) != test.rows {
				t.Errorf("%d rows, %v, want %d", len(rows), err, test.rows)
			}
		})
	}
}

func panics(f func()) (said string) {
	defer func() { said = fmt.Sprint(recover()) }()
	f()
	return ""
}

func parseQuery(t *testing.T, query string) url.Values {
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// Errors name what would be right, and all of them come at once.
func TestFilterErrors(t *testing.T) {
	f := drey.NewFilters(links.ID, links.Title, links.Score).
		Bounded(drey.FilterBounds{Predicates: 3, List: 2, Depth: 2, MaxLimit: 20, MaxOffset: 30, Bytes: 120})
	for query, want := range map[string]string{
		"slug=eq.x":                              "slug: there is no such column; there are id, score, title",
		"id=x":                                   `id: "x" is no operator of column id; there are eq, gt, gte, in, isdistinct, lt, lte, neq`,
		"id=like.x":                              `id: "like" is no operator of column id; there are eq, gt, gte, in, isdistinct, lt, lte, neq`,
		"id=eq.x":                                `id: "x" is no value of column id: invalid syntax`,
		"id=eq.9223372036854775808":              `id: "9223372036854775808" is no value of column id: value out of range`,
		"id=is.null":                             `id: "is" is no operator of column id; there are eq, gt, gte, in, isdistinct, lt, lte, neq`,
		"score=eq.NaN":                           `score: "NaN" is no value of column score: it is no finite number`,
		"title=is.true":                          `title: "true" is nothing that column title can be; there are null`,
		"id=not.in.()":                           "id: a list of nothing cannot be negated",
		"id=in.(1,2,3)":                          "id: the list has 3 values, and may have 2",
		"id=in.1":                                "id: a list stands in parentheses",
		"id=in.(1,2":                             "id: a parenthesis is not closed",
		"id=in.(1)x":                             `id: "x" follows the list`,
		`title=in.("a)`:                          "title: a quote is not closed",
		"id=eq.1&id=eq.1&id=eq.1&id=eq.1":        "id: there are more than 3 conditions",
		"or=(id.eq.1":                            "or: a parenthesis is not closed",
		"or=(id.eq.1)x":                          `or: "x" follows the last parenthesis`,
		"or=()":                                  `or: ")" does not begin with a column, and( or or(; there are id, score, title`,
		"or=id.eq.1":                             `or: its conditions stand in parentheses, separated by commas`,
		"or=(and(or(id.eq.1)))":                  "or: and and or are more than 2 deep",
		"order=slug":                             `order: "slug" is no column; there are id, score, title`,
		"order=id.up":                            `order: "up" is no order of column id; there are asc, desc, nullsfirst, nullslast`,
		"order=id,id":                            "order: column id is there twice",
		"order=id&order=title":                   "order: it is there twice",
		"limit=20&offset=30&id=eq.x":             `id: "x" is no value of column id: invalid syntax`,
		"limit=21":                               `limit: "21" is no number from 0 to 20`,
		"limit=-1":                               `limit: "-1" is no number from 0 to 20`,
		"offset=31":                              `offset: "31" is no number from 0 to 30`,
		"limit=1&limit=2":                        "limit: it is there twice",
		"select=id":                              "select: columns cannot be selected",
		"title=eq." + strings.Repeat("x", 120):   "query: it has 128 bytes, and may have 120",
		"id=eq.x&limit=x":                        "id: \"x\" is no value of column id: invalid syntax\nlimit: \"x\" is no number from 0 to 20",
		"not.and=(id.eq.1,title.not.is.nothing)": `not.and: "nothing" is nothing that column title can be; there are null`,
	} {
		_, err := drey.ApplyFilters(links.Where(), f, parseQuery(t, query))
		var structured drey.FilterErrors
		if !errors.As(err, &structured) || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", query, err, want)
		}
	}
	_, err := drey.ApplyFilters(links.Where(), f, url.Values{"slug": {"eq.x"}})
	data, _ := json.Marshal(err)
	if want := `[{"parameter":"slug","problem":"there is no such column","valid":["id","score","title"]}]`; string(data) != want {
		t.Errorf("got %s, want %s", data, want)
	}
	if said := panics(func() { f.As("order", links.Slug) }); !strings.Contains(said, drey.ErrReservedName.Error()) {
		t.Errorf("a reserved name: %s", said)
	}
	q, err := drey.ApplyFilters(links.Where(), f.As("s.l", links.Slug), url.Values{"s.l": {"eq.x"}, "or": {"(s.l.eq.y,id.eq.1)"}, "order": {"s.l.desc"}})
	if err != nil {
		t.Fatal(err)
	}
	if text, _, _ := q.ToSql(); !strings.HasSuffix(text, `WHERE ("slug" = ? OR "id" = ?) AND "slug" = ? ORDER BY "slug" DESC LIMIT ?`) {
		t.Error(text)
	}
}

// Whatever the query string is, what comes of it is a FilterErrors, or a query
// of a known shape that SQLite takes, and nothing of the input is in its text.
func FuzzFilters(f *testing.F) {
	for _, query := range []string{
		"id=eq.1", "slug=like.go*&clicks=gte.10", "or=(id.eq.1,and(slug.in.(a,\"b\"),title.is.null))&order=created.desc.nullslast&limit=3&offset=1",
		"not.or=(score.lt.1.5)&select=x", "select=title,id,score&order=id", "select=*", "select=id,id", "slug='; DROP TABLE links", "and=(((", "id=in.(1,2",
	} {
		f.Add(query)
	}
	c, ctx := openFixture(f, 3), context.Background()
	known := map[string]bool{}
	for _, word := range append(strings.Fields(`SELECT FROM WHERE AND OR NOT IN IS NULL LIKE ORDER BY ASC DESC NULLS FIRST LAST LIMIT OFFSET
		( ) , ? = < > <= >= <> 1 0 -1 - ESCAPE CASE WHEN THEN ELSE END instr char replace json_quote || ->> 65535
		'\' '\\' '' '$' '\u005c' '\u0000'`), append(linksRelation.Columns, linksRelation.Name)...) {
		known[word] = true
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		records, selectErr := drey.SelectFiltered(links.Where(), linkFilters, values)
		q, err := drey.ApplyFilters(links.Where(), linkFilters, values)
		if (selectErr == nil) != (err == nil) && !values.Has("select") {
			t.Fatalf("with columns %v, without %v", selectErr, err)
		}
		if selectErr == nil {
			selects(t, c, records, values, known)
		}
		if err != nil {
			var structured drey.FilterErrors
			if !errors.As(err, &structured) {
				t.Fatal(err)
			}
			return
		}
		text, _, err := q.ToSql()
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range sqltext.Significant(text) {
			if !known[token.Text] {
				t.Fatalf("%s has %q", text, token.Text)
			}
		}
		if _, ok := drey.ShapeOf(q, drey.ModeRows); !ok {
			t.Fatalf("%s has no shape", text)
		}
		if _, err := q.All(ctx, c); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	})
}

// selects checks the columns that a caller has named.
func selects(t *testing.T, c *drey.Client, q *drey.Query[inLinks, drey.Record], values url.Values, known map[string]bool) {
	text, _, err := q.ToSql()
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range sqltext.Significant(text) {
		if !known[token.Text] {
			t.Fatalf("%s has %q", text, token.Text)
		}
	}
	found, err := q.All(context.Background(), c)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	allowed := []string{"clicks", "created", "id", "score", "slug", "title"}
	if names, ok := values["select"]; ok {
		allowed = strings.Split(names[0], ",")
	}
	for _, r := range found {
		names := []string{}
		for name := range r.All() {
			names = append(names, name)
		}
		if diff := cmp.Diff(allowed, names); diff != "" {
			t.Fatal(diff)
		}
	}
}

// A page of what passes the filters, and the pages after it by its cursor.
func TestPageFiltered(t *testing.T) {
	c, ctx := openFixture(t, 40), context.Background()
	f := drey.NewFilters(links.ID, links.Clicks, links.Title).Paged()
	mine := links.Where(links.UserID.Gt(2))
	given := url.Values{"clicks": {"gte.2"}, "order": {"clicks.desc"}, "limit": {"5"}}
	want, err := mine.Where(links.Clicks.Gte(2)).OrderBy(links.Clicks.Desc(), links.ID.Desc()).All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	var got []link
	for {
		page, err := drey.PageFiltered(ctx, c, mine, f, given)
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, page.Rows...); page.Next == "" {
			break
		}
		given.Set("cursor", page.Next)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 15 {
		t.Errorf("%d rows (-want +got):\n%s", len(want), diff)
	}
	for query, problem := range map[string]string{
		"limit=0":            "limit: a page has a row at least",
		"offset=3":           "offset: pages go by their cursor",
		"cursor=a&cursor=b":  "cursor: it is there twice",
		"cursor=a":           "cursor: it does not belong to these filters and this order",
		"slug=eq.x&cursor=a": "slug: there is no such column; there are clicks, id, title",
		"clicks=gte.1&limit=5&order=clicks.desc&cursor=" + given.Get("cursor"): "cursor: it does not belong to these filters and this order",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = drey.PageFiltered(ctx, c, mine, f, values)
		var wrong drey.FilterErrors
		if !errors.As(err, &wrong) || err.Error() != problem {
			t.Errorf("%s: %v, want %s", query, err, problem)
		}
	}
}

// A source without a key fails where the filters are made, not at a request.
func TestPaged(t *testing.T) {
	relation := *linksRelation
	relation.Key = nil
	keyless := drey.Number(&relation)
	id, title := drey.NewNumberColumn[inLinks, int64](keyless, 0), drey.NewNullTextColumn[inLinks](keyless, 3)
	paged := func(f *drey.FilterSet[inLinks], key ...drey.AnyColumn[inLinks]) (p *drey.PageFilters[inLinks], failure any) {
		defer func() { failure = recover() }()
		return f.Paged(key...), nil
	}
	for _, tt := range []struct {
		name string
		f    *drey.FilterSet[inLinks]
		key  []drey.AnyColumn[inLinks]
		want error
	}{
		{"no key", drey.NewFilters(id), nil, drey.ErrNoKey},
		{"a key that may be NULL", drey.NewFilters(id), []drey.AnyColumn[inLinks]{id, title}, drey.ErrNoKey},
		{"a key of a table that may be NULL", drey.NewFilters(links.ID), []drey.AnyColumn[inLinks]{links.Title}, drey.ErrNoKey},
		{"a column called cursor", drey.NewFilters(id).As("cursor", title), []drey.AnyColumn[inLinks]{id}, drey.ErrReservedName},
	} {
		if _, failure := paged(tt.f, tt.key...); !strings.Contains(fmt.Sprint(failure), tt.want.Error()) {
			t.Errorf("%s: %v", tt.name, failure)
		}
	}
	c, ctx := openFixture(t, 3), context.Background()
	for name, q := range map[string]*drey.Query[inLinks, link]{"a table": links.Where(), "a source without a key": drey.NewQuery[inLinks](keyless, linkFields)} {
		f := drey.NewFilters(links.ID).Paged(links.ID)
		page, err := drey.PageFiltered(ctx, c, q, f, url.Values{"id": {"gt.1"}})
		if err != nil || len(page.Rows) != 2 {
			t.Errorf("%s: %v, %v", name, page, err)
		}
	}
}

// A filter that is of no column does not have a key.
func TestPagedByConstants(t *testing.T) {
	always := drey.When(links.ID.Gt(0), "yes").Else("no")
	pages := drey.NewFilters[inLinks]().As("always", always).Paged()
	p, err := drey.PageFiltered(t.Context(), openFixture(t, 3), links.Where(), pages, parseQuery(t, "always=eq.yes&order=always"))
	if err != nil || len(p.Rows) != 3 {
		t.Error(p, err)
	}
	constant := drey.NewFilters[inLinks]().As("id", drey.CountOf[inLinks](links.Where()))
	if said := panics(func() { constant.Paged() }); !strings.Contains(said, "no key") {
		t.Error(said)
	}
}

// Filters alone are a predicate, of rows and of measures.
func TestFiltersWhere(t *testing.T) {
	c, ctx := openFixture(t, 12), context.Background()
	set := drey.NewFilters(links.ID, links.Title)
	p, err := set.Where(url.Values{"id": {"gt.4"}, "or": {"(title.is.null,id.lt.9)"}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := drey.Aggregate(ctx, c, &links.Query, drey.CountRows[inLinks]().Filter(p))
	below, counted := links.Where(p).Count(ctx, c)
	if n != below || n == 0 || n == 12 || err != nil || counted != nil {
		t.Errorf("%d, %d, %v, %v", n, below, err, counted)
	}
	if p, err := set.Where(nil); err != nil || second(links.Where(p).Count(ctx, c)) != nil {
		t.Errorf("no filters: %v", err)
	}
	for _, name := range []string{"limit", "offset", "order", "slug", "select"} {
		_, err := set.Where(url.Values{name: {"1"}})
		if wrong := (drey.FilterErrors)(nil); !errors.As(err, &wrong) || wrong[len(wrong)-1].Parameter != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}
