package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

const (
	allColumns = `"id", "user_id", "slug", "title", "clicks", "score", "created"`
	allOfLinks = `SELECT ` + allColumns + ` FROM "links"`
)

// named are links of a query source with a parameter, whose rows are those of the table.
type inNamed struct{}

var (
	namedRelation = drey.Number(&drey.Relation{
		Name: `"Named"`, Columns: linksRelation.Columns, Nullable: linksRelation.Nullable, With: `SELECT * FROM links WHERE slug GLOB ?`,
	})
	named = func(glob string) *drey.Query[inNamed, link] {
		return drey.NewQuery[inNamed](namedRelation, linkFields, glob)
	}
	namedID = drey.NewNumberColumn[inNamed, int64](namedRelation, 0)
)

func TestSets(t *testing.T) {
	few := links.Where(links.ID.Lte(3))
	top := links.OrderBy(links.ID.Desc()).Limit(2)
	users := reads(links.Where(links.ID.Lte(11)), links.UserID)
	const nestedTop = `SELECT * FROM (` + allOfLinks + ` ORDER BY "id" DESC LIMIT ?) AS rows`
	byID := func(q *drey.Query[inLinks, link]) *drey.Query[inLinks, int64] {
		return reads(q.OrderBy(links.ID.Asc()), links.ID)
	}
	set := func(sets string) string { return `SELECT "id" FROM (` + sets + `) AS "links" ORDER BY "id" ASC` }
	checkCapabilities(t, []capability{
		gives("SELECT DISTINCT", users.Distinct().OrderBy(links.UserID.Desc()).Limit(2),
			`SELECT DISTINCT "user_id" FROM "links" WHERE "id" <= ? ORDER BY "user_id" DESC LIMIT ?`, args{int64(11), int64(2)}, 10, 9),
		gives("SELECT DISTINCT of an expression, and ordered by it", reads(links.Distinct(), drey.Substr(links.Slug, 9, 1)).OrderBy(drey.Substr(links.Slug, 9, 1).Desc()).Limit(2),
			`SELECT DISTINCT substr("slug", ?, ?) AS "expression 0" FROM "links" ORDER BY "expression 0" DESC LIMIT ?`, args{9, 1, int64(2)}, "9", "8"),
		gives("UNION", byID(drey.Union(few, links.Where(links.ID.Between(2, 5)))),
			set(allOfLinks+` WHERE "id" <= ? UNION `+allOfLinks+` WHERE "id" BETWEEN ? AND ?`), args{int64(3), int64(2), int64(5)}, 1, 2, 3, 4, 5),
		gives("UNION ALL", byID(drey.UnionAll(few, links.Where(links.ID.Between(2, 5)))),
			set(allOfLinks+` WHERE "id" <= ? UNION ALL `+allOfLinks+` WHERE "id" BETWEEN ? AND ?`), args{int64(3), int64(2), int64(5)}, 1, 2, 2, 3, 3, 4, 5),
		gives("INTERSECT", byID(drey.Intersect(few, links.Where(links.ID.Between(2, 5)))),
			set(allOfLinks+` WHERE "id" <= ? INTERSECT `+allOfLinks+` WHERE "id" BETWEEN ? AND ?`), args{int64(3), int64(2), int64(5)}, 2, 3),
		gives("EXCEPT of several", byID(drey.Except(links.Where(), few, top, links.Where(links.UserID.Gt(5)))),
			set(allOfLinks+` EXCEPT `+allOfLinks+` WHERE "id" <= ? EXCEPT `+nestedTop+` EXCEPT `+allOfLinks+` WHERE "user_id" > ?`), args{int64(3), int64(2), int64(5)}, 4, 5),
		gives("a limited union of limited queries, filtered", byID(drey.Union(few, top)).Where(links.ID.NotEq(2)).Limit(3).Offset(1),
			`SELECT "id" FROM (`+allOfLinks+` WHERE "id" <= ? UNION `+nestedTop+`) AS "links" WHERE "id" <> ? ORDER BY "id" ASC LIMIT ? OFFSET ?`,
			args{int64(3), int64(2), int64(2), int64(3), int64(1)}, 3, 11, 12),
		gives("sets of sets keep their grouping", byID(drey.Except(links.Where(), drey.Except(links.Where(), few))),
			set(allOfLinks+` EXCEPT SELECT `+allColumns+` FROM (`+allOfLinks+` EXCEPT `+allOfLinks+` WHERE "id" <= ?) AS "links"`), args{int64(3)}, 1, 2, 3),
		gives("a union of two sources", byID(drey.Union(few, named("slug-001*"))),
			set(allOfLinks+` WHERE "id" <= ? UNION SELECT * FROM (WITH "Named" (`+allColumns+`) AS (`+"\n"+`SELECT * FROM links WHERE slug GLOB ?`+"\n"+`) `+
				`SELECT `+allColumns+` FROM "Named") AS rows`), args{int64(3), "slug-001*"}, 1, 2, 3, 11, 12),
		gives("a union of two sources, the other way round", reads(drey.Union(named("slug-001*"), few).OrderBy(namedID.Desc()).Limit(3), namedID),
			`SELECT "id" FROM (SELECT * FROM (WITH "Named" (`+allColumns+`) AS (`+"\n"+`SELECT * FROM links WHERE slug GLOB ?`+"\n"+`) `+
				`SELECT `+allColumns+` FROM "Named") AS rows UNION `+allOfLinks+` WHERE "id" <= ?) AS "Named" ORDER BY "id" DESC LIMIT ?`,
			args{"slug-001*", int64(3), int64(3)}, 12, 11, 3),
		gives("a union of a SELECT of squirrel's", byID(drey.Union(few, drey.From(&links.Query, squirrel.Select("*").From("links").Where("id = ?", 7)))),
			set(allOfLinks+` WHERE "id" <= ? UNION SELECT * FROM (WITH "squirrel's rows" AS (SELECT "squirrel's rows"."id", "squirrel's rows"."user_id", `+
				`"squirrel's rows"."slug", "squirrel's rows"."title", "squirrel's rows"."clicks", "squirrel's rows"."score", "squirrel's rows"."created" `+
				`FROM (SELECT * FROM links WHERE id = ?) AS "squirrel's rows") SELECT `+allColumns+` FROM "squirrel's rows" AS "links") AS rows`),
			args{int64(3), 7}, 1, 2, 3, 7),
		gives("a union of projections", drey.Union(reads(few, drey.Upper(links.Slug)), reads(top, drey.Upper(links.Slug))).OrderBy(drey.Upper(links.Slug).Desc()).Limit(3),
			`SELECT "links"."expression 0" AS "expression 0" FROM (SELECT upper("slug") AS "expression 0" FROM "links" WHERE "id" <= ? UNION `+
				`SELECT * FROM (SELECT upper("slug") AS "expression 0" FROM "links" ORDER BY "id" DESC LIMIT ?) AS rows) AS "links" ORDER BY "links"."expression 0" DESC LIMIT ?`,
			args{int64(3), int64(2), int64(3)}, "SLUG-0011", "SLUG-0010", "SLUG-0002"),
		finds("a set in a predicate", drey.InQuery(links.ID, drey.Union(few, top), links.UserID),
			`"id" IN (SELECT "user_id" FROM (SELECT "user_id" FROM (`+allOfLinks+` WHERE "id" <= ? UNION `+nestedTop+`) AS "links") AS rows WHERE "user_id" IS NOT NULL)`,
			args{int64(3), int64(2)}, 1, 2, 3),
		finds("distinct rows in a predicate", drey.InQuery(links.ID, users.Distinct().OrderBy(links.UserID.Asc()).Limit(2), links.UserID),
			`"id" IN (SELECT "user_id" FROM (SELECT "links"."user_id" FROM (SELECT DISTINCT "user_id" FROM "links" WHERE "id" <= ? ORDER BY "user_id" ASC LIMIT ?) AS "links") AS rows WHERE "user_id" IS NOT NULL)`,
			args{int64(11), int64(2)}, 1, 2),
	})
}

// What is asked of distinct rows, and of sets, is of their rows.
func TestAskedOfSets(t *testing.T) {
	c, ctx := openFixture(t, 12), t.Context()
	distinct := reads(links.Distinct(), links.Title).Where(links.ID.In(1, 2, 4, 7, 8))
	union := drey.UnionAll(links.Where(links.ID.Lte(4)), links.Where(links.ID.Lte(2)))
	both := drey.Union(reads(links.Where(links.ID.Lte(4)), links.Title), reads(links.Where(links.ID.Lte(7)), links.Title))
	for range 2 { // rendered, then from the cache
		for name, test := range map[string]struct {
			got  func() (any, error)
			want any
		}{
			"count":              {func() (any, error) { return distinct.Count(ctx, c) }, int64(3)},
			"count in a limit":   {func() (any, error) { return distinct.OrderBy(links.Title.Asc()).Limit(2).Count(ctx, c) }, int64(2)},
			"count past a limit": {func() (any, error) { return distinct.Offset(1).Count(ctx, c) }, int64(2)},
			"exists":             {func() (any, error) { return distinct.Offset(2).Exists(ctx, c) }, true},
			"does not exist":     {func() (any, error) { return distinct.Offset(3).Exists(ctx, c) }, false},
			"aggregate":          {func() (any, error) { return drey.Aggregate(ctx, c, distinct, drey.Count(links.Title)) }, int64(2)},
			"all rows":           {func() (any, error) { return links.Distinct().Count(ctx, c) }, int64(12)},
			"count of union":     {func() (any, error) { return union.Count(ctx, c) }, int64(6)},
			"sum of union":       {func() (any, error) { return drey.Aggregate(ctx, c, union, drey.Sum(links.ID)) }, int64(13)},
			"sum of a part": {func() (any, error) {
				return drey.Aggregate(ctx, c, union.OrderBy(links.ID.Desc()).Limit(2), drey.Sum(links.ID))
			}, int64(7)},
			"groups": {func() (any, error) {
				return drey.CountBy(union, links.ID).Where(drey.CountRows[inLinks]().Gt(1)).OrderBy(drey.Key(links.ID).Asc()).All(ctx, c)
			}, []drey.Counted[int64]{{1, 2}, {2, 2}}},
			"union of groups": {func() (any, error) {
				day := drey.Key(links.UserID)
				return drey.Union(drey.CountBy(union, links.UserID), drey.CountBy(links.Where(links.ID.Gt(10)), links.UserID)).OrderBy(day.Desc(), drey.CountRows[inLinks]().Asc()).All(ctx, c)
			}, []drey.Counted[int64]{{4, 1}, {3, 1}, {2, 1}, {2, 2}, {1, 1}, {1, 2}}},
			"distinct of groups": {func() (any, error) {
				return reads(drey.GroupBy(&links.Query, links.UserID), drey.CountRows[inLinks]()).Distinct().OrderBy(drey.CountRows[inLinks]().Asc()).All(ctx, c)
			}, []int64{1, 2}},
			"one of several": {func() (any, error) {
				_, err := union.Where(links.ID.Eq(1)).One(ctx, c)
				return errors.Is(err, drey.ErrManyRows), nil
			}, true},
			"pluck": {func() (any, error) {
				return drey.Pluck(ctx, c, union.Distinct().OrderBy(links.UserID.Desc()), links.UserID)
			}, []int64{4, 3, 2, 1}},
			"where it was": {func() (any, error) { return both.Where(links.Title.Like("%3")).Count(ctx, c) }, int64(0)},
			"scalar": {func() (any, error) {
				return drey.Pluck(ctx, c, links.Where(links.ID.Lte(3)), drey.CountOf(union, drey.On(links.UserID, links.ID)))
			}, []int64{2, 2, 1}},
			"rows and their total": {func() (any, error) {
				rows, total, err := drey.AllAndCount(ctx, c, union.OrderBy(links.ID.Asc()).Limit(3))
				return []any{ids(rows), total}, err
			}, []any{[]int64{1, 1, 2}, int64(6)}},
			"distinct rows and their total": {func() (any, error) {
				rows, total, err := drey.AllAndCount(ctx, c, distinct.OrderBy(links.Title.Asc()).Limit(2))
				return []any{rows, total}, err
			}, []any{[]sql.Null[string]{{}, some("Title 1")}, int64(3)}},
			"groups and their total": {func() (any, error) {
				rows, total, err := drey.AllAndCount(ctx, c, drey.CountBy(&links.Query, links.UserID).OrderBy(drey.CountRows[inLinks]().Desc(), drey.Key(links.UserID).Desc()).Limit(1))
				return []any{rows, total}, err
			}, []any{[]drey.Counted[int64]{{2, 2}}, int64(10)}},
			"iter": {func() (any, error) {
				var list []int64
				for l, err := range union.OrderBy(links.ID.Asc()).Iter(ctx, c) {
					if err != nil {
						return nil, err
					}
					list = append(list, l.ID)
				}
				return list, nil
			}, []int64{1, 1, 2, 2, 3, 4}},
		} {
			got, err := test.got()
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
	}
}

// walk reads all pages forwards, and those backwards.
func walk[S, R any](t *testing.T, c *drey.Client, q *drey.Query[S, R], size int) []R {
	t.Helper()
	var there, back []R
	var last *drey.PageOf[R]
	for cursor := ""; last == nil || cursor != ""; cursor = last.Next {
		page, err := q.Page(t.Context(), c, cursor, size)
		if err != nil {
			t.Fatal(err)
		}
		there, last = append(there, page.Rows...), page
	}
	back = slices.Clone(last.Rows)
	for cursor := last.Prev; cursor != ""; {
		page, err := q.Page(t.Context(), c, cursor, size)
		if err != nil {
			t.Fatal(err)
		}
		back, cursor = append(slices.Clone(page.Rows), back...), page.Prev
	}
	if diff := cmp.Diff(there, back); diff != "" {
		t.Errorf("the pages backwards (-there +back):\n%s", diff)
	}
	return there
}

// Pages of projections, of distinct rows and of sets have each of their rows once, in
// their order, with NULLs and orders that are not read.
func TestPagesOfSets(t *testing.T) {
	c := openFixture(t, 12)
	titles := links.Where(links.ID.Lte(7))
	check := func(name string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for size := range 4 {
		size++
		byExpression := links.OrderBy(drey.Minus(links.Clicks, links.ID).Desc(), links.Score.Asc().NullsLast())
		rows, err := byExpression.OrderBy(links.ID.Asc()).All(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		var users []int64
		for _, r := range rows {
			users = append(users, r.UserID)
		}
		check("by expressions that are not read, with duplicates", walk(t, c, reads(byExpression, links.UserID), size), users)
		none := sql.Null[string]{}
		check("distinct", walk(t, c, reads(titles, drey.NullIf(links.Title, "Title 2")).Distinct(), size), []sql.Null[string]{none, some("Title 1"), some("Title 4"), some("Title 5")})
		byTitle := drey.NullIf(links.Title, "Title 2")
		check("distinct, ordered", walk(t, c, reads(titles, byTitle).Distinct().OrderBy(byTitle.Desc().NullsFirst()), size),
			[]sql.Null[string]{none, some("Title 5"), some("Title 4"), some("Title 1")})
		union := drey.Union(links.Where(links.ID.Lte(3)), links.OrderBy(links.ID.Desc()).Limit(2))
		check("union", ids(walk(t, c, union.OrderBy(links.UserID.Asc()), size)), []int64{1, 11, 2, 12, 3})
		check("except", ids(walk(t, c, drey.Except(union, links.Where(links.ID.Eq(2))).OrderBy(links.ID.Desc()), size)), []int64{12, 11, 3, 1})
		check("keyed", ids(walk(t, c, drey.Keyed(drey.UnionAll(links.Where(links.ID.Lte(3)), links.Where(links.ID.Gt(11))), links.ID), size)), []int64{1, 2, 3, 12})
		check("sources", ids(walk(t, c, drey.Union(named("*1"), links.Where(links.ID.Lte(2))), size)), []int64{1, 2, 12})
		check("groups", walk(t, c, drey.Union(drey.CountBy(links.Where(links.ID.Lte(2)), links.UserID), drey.CountBy(links.Where(links.ID.Eq(11)), links.UserID)).OrderBy(drey.Key(links.UserID).Desc()), size), []drey.Counted[int64]{{2, 1}, {1, 1}})
	}
}

// What cannot be right is an error, which says so.
func TestSetsFail(t *testing.T) {
	c, ctx := openFixture(t, 12), t.Context()
	type places struct{ A, B string }
	one := drey.Select(&links.Query, func(p *drey.Projection[inLinks], to *places) {
		drey.ReadInto(p, links.Slug, &to.A)
		drey.ReadInto(p, drey.Upper(links.Slug), &to.B)
	})
	two := drey.Select(&links.Query, func(p *drey.Projection[inLinks], to *places) {
		drey.ReadInto(p, links.Slug, &to.B)
		drey.ReadInto(p, drey.Upper(links.Slug), &to.A)
	})
	less := drey.Select(&links.Query, func(p *drey.Projection[inLinks], to *places) { drey.ReadInto(p, links.Slug, &to.A) })
	var none drey.Query[inLinks, link]
	users := reads(links.Distinct(), links.UserID)
	union := drey.Union(reads(links.Where(), links.UserID), reads(links.Where(), links.UserID))
	if _, err := drey.Union(links.Where(), links.OrderBy(links.ID.Asc()).Limit(2)).All(ctx, c); err != nil { // keeps the statement
		t.Fatal(err)
	}
	if _, err := links.Where(drey.InQuery(links.ID, links.Limit(2), links.ID)).All(ctx, c); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"other places":                          {second(drey.Union(one, two).All(ctx, c)), "the same columns"},
		"other columns":                         {second(drey.Except(one, less).Count(ctx, c)), "the same columns"},
		"of no source":                          {second(drey.Union(&none, links.Where()).All(ctx, c)), "made from a source"},
		"with none of a source":                 {second(drey.Union(links.Where(), &none).All(ctx, c)), "made from a source"},
		"a negative limit within":               {second(drey.Union(links.Where(), links.OrderBy(links.ID.Asc()).Limit(-1)).All(ctx, c)), "negative"},
		"a negative limit in a predicate":       {second(links.Where(drey.InQuery(links.ID, links.Limit(-2), links.ID)).All(ctx, c)), "negative"},
		"a page of rows that repeat":            {second(drey.UnionAll(links.Where(), links.Where()).Page(ctx, c, "", 2)), "no key"},
		"distinct, ordered by something else":   {second(users.OrderBy(links.ID.Asc()).All(ctx, c)), `not among what is read of the rows, which are distinct or those of a set: "id"`},
		"distinct, ordered by another value":    {second(reads(links.Distinct(), drey.Substr(links.Slug, 1, 2)).OrderBy(drey.Substr(links.Slug, 2, 2).Asc()).All(ctx, c)), `not among what is read`},
		"distinct, paged by something else":     {second(users.OrderBy(links.ID.Asc()).Page(ctx, c, "", 2)), "not among what is read"},
		"distinct, of which others are counted": {second(drey.Aggregate(ctx, c, users, drey.Sum(links.Clicks))), "not among what is read"},
		"distinct, ordered by text":             {second(users.OrderBy(drey.Expr[int64](&links.Query, "user_id + 1").Asc()).All(ctx, c)), "SQL text of the caller's"},
		"a union narrowed by something else":    {second(union.Where(links.Clicks.Gt(1)).All(ctx, c)), `not among what is read of the rows, which are distinct or those of a set: "clicks"`},
		"a union read for something else":       {second(reads(union, links.Clicks).All(ctx, c)), "not among what is read"},
		"a union grouped by something else":     {second(drey.CountBy(union, links.Clicks).All(ctx, c)), "not among what is read"},
		"a union matched by something else":     {second(links.Where(drey.Exists(union, drey.On(links.ID, links.ID))).All(ctx, c)), "not among what is read"},
		"a union narrowed by text":              {second(union.Where(drey.Native(&links.Query, squirrel.Expr("user_id > 1"))).All(ctx, c)), "SQL text of the caller's"},
		"no source, distinct, counted":          {second(none.Distinct().Count(ctx, c)), "made from a source"},
		"no source, distinct, paged":            {second(none.Distinct().Page(ctx, c, "", 1)), "made from a source"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, test.err, test.want)
		}
	}
}

// stamp is a type of the caller's that takes what the driver makes of a column alone.
type stamp struct{ time.Time }

func (s *stamp) Scan(src any) error {
	at, ok := src.(time.Time)
	if s.Time = at; !ok {
		return fmt.Errorf("a stamp is a time, not %T", src)
	}
	return nil
}

// thing is a row with a column of each kind that loses something without its declared type.
type thing struct {
	ID    int64
	At    time.Time
	Maybe *time.Time
	Day   time.Time
	On    bool
	Off   *bool
	Doc   drey.JSON
	Blob  []byte
	Real  float64
	Any   any
	Stamp stamp
}

type inThings struct{}

var (
	thingsRelation = drey.Number(&drey.Relation{
		Name:    `"things"`,
		Columns: []string{`"id"`, `"at"`, `"maybe"`, `"day"`, `"on"`, `"off"`, `"doc"`, `"blob"`, `"real"`, `"any"`, `"stamp"`},
		Unique:  [][]uint16{{0}}, Key: []uint16{0}, Nullable: []uint16{2, 5, 6, 7, 9}, Dates: []uint16{3}, Times: []uint16{1, 2, 10},
	})
	things = drey.NewQuery[inThings](thingsRelation, func(r *thing, to []any) []any {
		return append(to, &r.ID, &r.At, &r.Maybe, &r.Day, &r.On, &r.Off, &r.Doc, &r.Blob, &r.Real, &r.Any, &r.Stamp)
	})
	thingID = drey.NewNumberColumn[inThings, int64](thingsRelation, 0)
	thingAt = drey.NewOrderedColumn[inThings, time.Time](thingsRelation, 1)
	thingOn = drey.NewColumn[inThings, bool](thingsRelation, 4)
)

// Values of every kind come back from a set as from a table, whatever its arms are.
func TestTypesOfSets(t *testing.T) {
	c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_things.sql", Up: []string{
		`CREATE TABLE things (id INTEGER PRIMARY KEY, at DATETIME NOT NULL, maybe TIMESTAMP, day DATE NOT NULL, "on" BOOLEAN NOT NULL, off BOOLEAN,
			doc JSON, blob BLOB, real REAL NOT NULL, "any", stamp DATETIME NOT NULL)`,
		`INSERT INTO things VALUES
			(1, '2026-01-02 03:04:05', '2026-01-02 03:04:05.5', '2026-01-02', 1, 0, '{"a":1}', x'00ff', 1, 'text', '2026-01-02 00:00:00'),
			(2, '2026-02-03 00:00:00', NULL, '2026-02-03', 0, NULL, NULL, NULL, 2.5, NULL, '2026-02-03 01:00:00'),
			(3, '2026-02-03 00:00:01', '2026-02-03 00:00:00', '2026-02-04', 0, 1, '12', x'', -0.5, 7, '2026-02-03 01:00:00')`,
	}}}, sqlite.Options{})
	ctx := context.Background()
	want, err := things.OrderBy(thingID.Asc()).All(ctx, c)
	if err != nil || len(want) != 3 {
		t.Fatal(want, err)
	}
	first, rest := things.Where(thingID.Lte(1)), things.Where(thingID.Gt(1))
	limited := things.OrderBy(thingID.Desc()).Limit(2)
	from := drey.From(things, squirrel.Select("*").From("things"))
	for name, q := range map[string]*drey.Query[inThings, thing]{
		"distinct":           things.Distinct(),
		"union":              drey.Union(first, rest),
		"union all":          drey.UnionAll(rest, first),
		"of limited ones":    drey.Union(limited, limited, first),
		"limited at the end": drey.Union(first, limited),
		"intersect":          drey.Intersect(things, drey.Union(rest, first)),
		"except":             drey.Except(things, things.Where(thingID.Lt(0))),
		"of squirrel's":      drey.Union(first, from),
		"after squirrel's":   drey.Union(from, rest),
		"of sets":            drey.Union(drey.Except(things, rest), drey.Intersect(limited, things)),
	} {
		got, err := q.OrderBy(thingID.Asc()).All(ctx, c)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		n, err := q.Where(thingAt.Eq(want[1].At), thingOn.Eq(false)).Count(ctx, c)
		if n != 1 || err != nil {
			t.Errorf("%s: %d rows at a time, %v", name, n, err)
		}
		page, err := q.OrderBy(thingAt.Desc()).Page(ctx, c, "", 2)
		if name == "union all" {
			if !errors.Is(err, drey.ErrNoKey) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		next, err := q.OrderBy(thingAt.Desc()).Page(ctx, c, page.Next, 2)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got = append(page.Rows, next.Rows...)
		slices.Reverse(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s in pages (-want +got):\n%s", name, diff)
		}
	}
	// A column beside what is computed from one.
	computed := drey.Choose(thingOn.Eq(true), thingAt, thingAt)
	times, err := drey.Union(reads(first, thingAt), reads(rest, computed)).OrderBy(thingAt.Asc()).All(ctx, c)
	if diff := cmp.Diff([]time.Time{want[0].At, want[1].At, want[2].At}, times); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	times, err = drey.Union(reads(rest, computed), reads(first, thingAt)).OrderBy(computed.Asc()).All(ctx, c)
	if diff := cmp.Diff([]time.Time{want[0].At, want[1].At, want[2].At}, times); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	day := drey.NewOrderedColumn[inThings, time.Time](thingsRelation, 3)
	if _, err := drey.Union(reads(things, thingAt), reads(things, day)).All(ctx, c); err == nil {
		t.Error("dates are united with times")
	}
}
