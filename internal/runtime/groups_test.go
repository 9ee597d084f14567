package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

var rowsOfLinks = drey.CountRows[inLinks]()

// readN reads a key and the number of rows.
func readN(p *drey.Projection[inGroups], to *drey.Counted[int64]) {
	drey.ReadInto(p, drey.Key(links.UserID), &to.Value)
	drey.ReadInto(p, rowsOfLinks, &to.Count)
}

// Aggregates of no rows, and of the rows within a limit.
func TestAggregates(t *testing.T) {
	c, ctx := openFixture(t, 12), context.Background() // clicks i%7, score i/2 where i is odd
	none := links.Where(links.ID.Lt(0))
	if n, err := drey.Aggregate(ctx, c, none, drey.Sum(links.Score)); n != 0 || err != nil {
		t.Errorf("Sum of nothing: %v, %v", n, err)
	}
	if v, err := drey.Aggregate(ctx, c, none, drey.Avg(links.Score)); v.Valid || err != nil {
		t.Errorf("Avg of nothing: %v, %v", v, err)
	}
	if v, err := drey.Aggregate(ctx, c, none, drey.Min(links.Created)); v.Valid || err != nil {
		t.Errorf("Min of nothing: %v, %v", v, err)
	}
	last := links.OrderBy(links.ID.Desc()).Limit(2)
	if n, err := drey.Aggregate(ctx, c, last, drey.Sum(links.ID)); n != 23 || err != nil {
		t.Errorf("Sum of the last two: %v, %v", n, err)
	}
	if v, err := drey.Aggregate(ctx, c, last, drey.Avg(links.ID)); !v.Valid || v.V != 11.5 || err != nil {
		t.Errorf("Avg of the last two: %v, %v", v, err)
	}
	if v, err := drey.Aggregate(ctx, c, links.Where(), drey.Max(links.Created)); !v.V.Time.Equal(time.Unix(1_700_000_011, 0)) || err != nil {
		t.Errorf("Max of a time: %v, %v", v, err)
	}
	counts, err := drey.CountBy(last, links.Clicks).OrderBy(drey.Key(links.Clicks).Desc()).All(ctx, c)
	if diff := cmp.Diff([]drey.Counted[int64]{{Value: 4, Count: 1}, {Value: 3, Count: 1}}, counts); diff != "" || err != nil {
		t.Errorf("CountBy: %v\n%s", err, diff)
	}
}

// Each measure of all rows, of some, and of none.
func TestMeasures(t *testing.T) {
	c, ctx := openFixture(t, 12), context.Background() // clicks i%7, score i/2 where i is odd
	some, none := links.Where(links.ID.Lte(4)), links.Where(links.ID.Lt(0))
	value := func(name string, got, want any, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	for _, test := range []struct {
		name       string
		ask        func(q *drey.Query[inLinks, link]) (any, error)
		some, none any
	}{
		{"CountRows", ask(c, drey.CountRows[inLinks]()), int64(4), int64(0)},
		{"Count", ask(c, drey.Count(links.Score)), int64(2), int64(0)},
		{"CountDistinct", ask(c, drey.CountDistinct(drey.Times(links.Clicks, drey.Of(links.Clicks, 0)))), int64(1), int64(0)},
		{"Sum", ask(c, drey.Sum(links.Clicks)), int64(6), int64(0)},
		{"Sum of NULLs", ask(c, drey.Sum(links.Score)), 2.0, 0.0},
		{"Avg", ask(c, drey.Avg(links.Clicks)), sql.Null[float64]{V: 1.5, Valid: true}, sql.Null[float64]{}},
		{"Min", ask(c, drey.Min(links.Slug)), sql.Null[string]{V: "slug-0000", Valid: true}, sql.Null[string]{}},
		{"Max", ask(c, drey.Max(links.Created)), sql.Null[drey.UnixTime]{V: drey.Unix(time.Unix(1_700_000_003, 0)), Valid: true}, sql.Null[drey.UnixTime]{}},
		{"Filter", ask(c, drey.Sum(links.Clicks).Filter(links.ID.NotEq(4))), int64(3), int64(0)},
		{"Filter of an absent predicate", ask(c, drey.Max(links.ID).Filter(drey.Opt(nil, links.ID.Eq))), sql.Null[int64]{V: 4, Valid: true}, sql.Null[int64]{}},
		{"GroupConcat", ask(c, drey.GroupConcat(links.Slug, ", ").Filter(links.ID.In(2))), sql.Null[string]{V: "slug-0001", Valid: true}, sql.Null[string]{}},
	} {
		got, err := test.ask(some)
		value(test.name, got, test.some, err)
		got, err = test.ask(none)
		value(test.name+" of none", got, test.none, err)
	}
	// A constant is one value of one group, even of no rows.
	constant := drey.Of(rowsOfLinks, 7)
	for _, q := range []*drey.Query[inLinks, link]{some, none} {
		got, err := drey.Pluck(ctx, c, drey.GroupBy(q), constant)
		value("a constant", got, []int64{7}, err)
		n, err := drey.GroupBy(q).Count(ctx, c)
		value("the number of groups without keys", n, int64(1), err)
		found, err := drey.GroupBy(q).Exists(ctx, c)
		value("whether there is a group", found, true, err)
	}
	// Of squirrel's rows, and of those of a query with arguments.
	native := drey.From(&links.Query, squirrel.Select("*").From("links").Where("id < ?", 4))
	found, err := drey.CountBy(native, links.UserID).OrderBy(drey.Key(links.UserID).Asc()).Limit(1).All(ctx, c)
	value("squirrel's rows", found, []drey.Counted[int64]{{Value: 1, Count: 1}}, err)
	flags, err := drey.CountBy(withPopular(3, []int64{1, 2, 3}).Where(popular.ID.Lte(4)), popular.Popular).OrderBy(drey.Key(popular.Popular).Asc()).All(ctx, c)
	value("a query's rows", flags, []drey.Counted[bool]{{Value: false, Count: 3}}, err)
}

func ask[T, V any](c *drey.Client, m drey.Measure[inLinks, T, V]) func(*drey.Query[inLinks, link]) (any, error) {
	return func(q *drey.Query[inLinks, link]) (any, error) { return drey.Aggregate(context.Background(), c, q, m) }
}

// A query of groups is one like others: what asks a query for something takes it.
func TestGroupsInQueries(t *testing.T) {
	c, ctx := openFixture(t, 25), context.Background() // user i%10+1
	busy := drey.GroupBy(&links.Query, links.UserID).Where(rowsOfLinks.Gte(3))
	ids, err := drey.Pluck(ctx, c, links.Where(drey.InQuery(links.ID, busy, drey.Key(links.UserID))).OrderBy(links.ID.Asc()), links.ID)
	if diff := cmp.Diff([]int64{1, 2, 3, 4, 5}, ids); diff != "" || err != nil {
		t.Errorf("InQuery: %v\n%s", err, diff)
	}
	n, err := links.Where(drey.Exists(busy, drey.On(drey.Key(links.UserID), links.UserID))).Count(ctx, c)
	if n != 15 || err != nil {
		t.Errorf("Exists: %d, %v", n, err)
	}
	per := drey.Scalar(rowsOfLinks, drey.GroupBy(&links.Query, links.UserID), drey.On(drey.Key(links.UserID), links.ID))
	counts, err := drey.Pluck(ctx, c, links.OrderBy(links.ID.Desc()).Limit(20).Offset(14), drey.Coalesce(per, 0))
	if diff := cmp.Diff([]int64{0, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3}, counts); diff != "" || err != nil {
		t.Errorf("Scalar: %v\n%s", err, diff)
	}
	filters := drey.NewFilters[inGroups]().As("user", drey.Key(links.UserID)).As("links", rowsOfLinks)
	q, err := drey.ApplyFilters(drey.Select(drey.GroupBy(&links.Query, links.UserID), readN), filters, map[string][]string{"links": {"gt.2"}, "order": {"user.desc"}, "limit": {"2"}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := q.All(ctx, c)
	if diff := cmp.Diff([]drey.Counted[int64]{{Value: 5, Count: 3}, {Value: 4, Count: 3}}, found); diff != "" || err != nil {
		t.Errorf("ApplyFilters: %v\n%s", err, diff)
	}
}

// What groups cannot be asked for.
func TestGroupsFail(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	groups := drey.GroupBy(&links.Query, links.UserID)
	one := func(h drey.Handle[inGroups, int64, int64]) *drey.Query[inGroups, int64] {
		return drey.Select(groups, func(p *drey.Projection[inGroups], to *int64) { drey.ReadInto(p, h, to) })
	}
	for name, test := range map[string]struct {
		q    *drey.Query[inGroups, int64]
		want string
	}{
		"another key":            {one(drey.Key(links.ID)), `it is not a key of the groups: "id"`},
		"in an expression":       {one(drey.Plus(rowsOfLinks, drey.Key(links.ID))), `it is not a key of the groups: "id"`},
		"in HAVING":              {one(rowsOfLinks).Where(drey.Key(links.Title).Eq("")), `it is not a key of the groups: "title"`},
		"in a group of those":    {one(rowsOfLinks).Where(drey.Not(drey.And(drey.Key(links.ID).In(1, 2)))), `it is not a key of the groups: "id"`},
		"in ORDER BY":            {one(rowsOfLinks).OrderBy(drey.Key(drey.Abs(links.UserID)).Asc()), `it is not a key of the groups: abs("user_id")`},
		"another constant in it": {one(drey.Key(drey.Plus(links.UserID, drey.Of(links.UserID, 2)))), `it is not a key of the groups`},
		"a negative limit":       {drey.Select(drey.GroupBy(links.Limit(-1), links.UserID), func(p *drey.Projection[inGroups], to *int64) { drey.ReadInto(p, rowsOfLinks, to) }), drey.ErrNegativeLimit.Error()},
	} {
		_, err := test.q.All(ctx, c)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Two keys that differ in a value have one shape, so a statement is known already.
	bySlug := drey.GroupBy(&links.Query, drey.Substr(links.Slug, 1, 3))
	if _, err := drey.Pluck(ctx, c, bySlug, drey.Key(drey.Substr(links.Slug, 1, 3))); err != nil {
		t.Error(err)
	}
	if _, err := drey.Pluck(ctx, c, bySlug, drey.Key(drey.Substr(links.Slug, 2, 3))); err == nil || !strings.Contains(err.Error(), "it is not a key of the groups") {
		t.Errorf("a key with another value: %v", err)
	}
	if _, err := groups.All(ctx, c); err == nil || !strings.Contains(err.Error(), "at least one column") {
		t.Errorf("nothing is read: %v", err)
	}
	if _, err := drey.GroupBy(groups, rowsOfLinks).Count(ctx, c); err == nil || !strings.Contains(err.Error(), "groups have no groups") {
		t.Errorf("groups of groups: %v", err)
	}
	if _, err := drey.Pluck(ctx, c, drey.GroupBy(&links.Query).Limit(-1), rowsOfLinks); !errors.Is(err, drey.ErrNegativeLimit) {
		t.Errorf("a negative limit: %v", err)
	}
	if _, err := drey.Select(drey.GroupBy(&links.Query), func(p *drey.Projection[inGroups], to *int64) { drey.ReadInto(p, rowsOfLinks, to) }).Page(ctx, c, "", 1); !errors.Is(err, drey.ErrNoKey) {
		t.Errorf("a page of one group: %v", err)
	}
}

// Groups are what an INSERT selects.
func TestInsertGroups(t *testing.T) {
	c, ctx := openFixture(t, 25), context.Background() // user i%10+1
	user := drey.Key(links.UserID)
	nameOfUser := drey.Concat(drey.Of(links.Slug, "user-"), drey.Coalesce(drey.Cast[string](links.UserID), ""))
	for name, q := range map[string]*drey.Query[inGroups, struct{}]{
		"all rows":            drey.GroupBy(links.Where(links.ID.Lte(25)), links.UserID, nameOfUser),
		"those within limits": drey.GroupBy(links.Where(links.ID.Lte(25)).OrderBy(links.ID.Asc()).Limit(25), links.UserID, nameOfUser),
	} {
		n, err := drey.InsertSelect(links.Insert().OrUpdate(drey.NewKey[inLinks](2)), q.Where(rowsOfLinks.Gt(2)),
			drey.SetFrom(links.UserID, user), drey.SetFrom(links.Slug, drey.Key(nameOfUser)), drey.SetFrom(links.Clicks, rowsOfLinks),
			drey.SetFrom(links.Created, drey.NotNull(drey.Max(links.Created)))).Exec(ctx, c)
		if n != 5 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	got, err := links.Where(links.Slug.HasPrefix("user-")).OrderBy(links.UserID.Asc()).All(ctx, c)
	if err != nil || len(got) != 5 || got[4].Slug != "user-5" || got[4].Clicks != 3 || !got[4].Created.Equal(time.Unix(1_700_000_024, 0)) {
		t.Errorf("%+v, %v", got, err)
	}
}
