package conformance

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// many are links for the dynamic half, 40 of them.
func many() []db.Link {
	links := make([]db.Link, 40)
	for i := range links {
		n := int64(i)
		links[i] = db.Link{
			ID: 100 + n, UserID: 1 + 2*(n%2), Slug: fmt.Sprintf("many-%02d", i), URL: fmt.Sprintf("https://h%d.example/%d", i%4, i),
			IsActive: i%3 != 0, ClickCount: n * n, CreatedAt: at(i / 4),
		}
		if i%5 > 0 {
			title := fmt.Sprintf("100%% title_%d Ä", i)
			links[i].Title = &title
		}
		if i%7 == 0 {
			links[i].MaxClicks, links[i].ExpiresAt = &n, later(i)
			*links[i].MaxClicks++
			links[i].Metadata = db.JSON(fmt.Sprintf(`{"n":%d}`, i))
		}
	}
	return links
}

var all = db.Links.Where(db.Links.ID.Gte(100))

var linkColumns = []drey.AnyTarget[db.LinksSource]{
	db.Links.ID, db.Links.UserID, db.Links.Slug, db.Links.URL, db.Links.Title, db.Links.Metadata, db.Links.IsActive,
	db.Links.MaxClicks, db.Links.ClickCount, db.Links.ExpiresAt, db.Links.CreatedAt,
}

func filters() *drey.FilterSet[db.LinksSource] {
	columns := make([]drey.AnyColumn[db.LinksSource], len(linkColumns))
	for i, column := range linkColumns {
		columns[i] = column
	}
	return drey.NewFilters(columns...)
}

// hours are the hours in which links were made.
var (
	hour  = drey.Truncate(db.Links.CreatedAt, drey.Hour)
	hours = drey.Select(all, func(p *drey.Projection[db.LinksSource], to *db.UnixTime) { drey.ReadInto(p, hour, to) })
)

type expiring struct {
	At     sql.Null[db.UnixTime]
	Active bool
}

var dynamic = []Case{
	// 40 rows of 11 values: five statements on D1.
	{"Insert many", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Insert(linkColumns...).Exec(ctx, c, many()...)
	}},
	rows("all", db.Links.OrderBy(db.Links.ID.Asc())),
	asJSON("all as JSON", db.Links.OrderBy(db.Links.ID.Asc())),
	asJSON("users as JSON", db.Users.OrderBy(db.Users.ID.Asc())),
	asJSON("none as JSON", db.Links.Where(db.Links.ID.Eq(-1))),

	rows("Eq", all.Where(db.Links.Slug.Eq("many-03"))),
	rows("Eq of a bool", all.Where(db.Links.IsActive.Eq(false))),
	rows("NotEq", all.Where(db.Links.UserID.NotEq(1))),
	rows("In", all.Where(db.Links.ID.In(101, 105, 999))),
	rows("In of none", all.Where(db.Links.ID.In())),
	rows("NotIn", all.Where(db.Links.Slug.NotIn("many-00", "many-01"))),
	rows("NotIn of none", all.Where(db.Links.Slug.NotIn())),
	rows("Gt", all.Where(db.Links.ClickCount.Gt(900))),
	rows("Gte", all.Where(db.Links.ClickCount.Gte(900))),
	rows("Lt", all.Where(db.Links.CreatedAt.Lt(at(2)))),
	rows("Lte", all.Where(db.Links.CreatedAt.Lte(at(2)))),
	rows("Between", all.Where(db.Links.ID.Between(110, 112))),
	rows("Like", all.Where(db.Links.Slug.Like("%-1_"))),
	rows("Contains", all.Where(db.Links.Title.Contains("0% title_1"))),
	rows("HasPrefix", all.Where(db.Links.Host.HasPrefix("H1"))),
	rows("HasSuffix", all.Where(db.Links.Title.HasSuffix("9 Ä"))),
	rows("IsNull", all.Where(db.Links.Title.IsNull())),
	rows("IsNotNull", all.Where(db.Links.MaxClicks.IsNotNull())),
	rows("And, Or, Not", all.Where(drey.Or(drey.And(db.Links.ID.Lt(103), db.Links.UserID.Eq(1)), drey.Not(db.Links.ID.Lt(138))))),
	rows("Or of none", all.Where(drey.Or[db.LinksSource]())),
	rows("Opt", all.Where(drey.Opt[db.LinksSource](nil, db.Links.ID.Eq), drey.Opt(new(int64(104)), db.Links.ID.Eq))),
	// Text is compared with a number as text: a CAST's affinity would find the row.
	rows("Native", all.Where(drey.Native(&db.Links.Query, squirrel.Expr("substr(slug, 6) = ?", 3)))),
	rows("Native of text", all.Where(drey.Native(&db.Links.Query, squirrel.Expr("'0' || substr(slug, 7) = ?", "03")))),
	rows("OrderBy, Limit, Offset", all.OrderBy(db.Links.Title.Desc().NullsFirst(), db.Links.ID.Asc()).Limit(5).Offset(6)),
	rows("Desc, NullsLast", all.OrderBy(db.Links.MaxClicks.Asc().NullsLast(), db.Links.ID.Desc()).Limit(8)),
	rows("InQuery", all.Where(drey.InQuery(db.Links.UserID, db.Users.Where(db.Users.Name.Eq("")), db.Users.ID)).Limit(2)),
	rows("NotInQuery", all.Where(drey.NotInQuery(db.Links.UserID, db.Users.Where(db.Users.ID.Eq(1)), db.Users.ID)).Limit(2)),
	rows("Exists", db.Links.Where(drey.Exists(&db.Clicks.Query, drey.On(db.Clicks.LinkID, db.Links.ID)))),
	rows("Exists by a relation", all.Where(drey.Exists(db.Clicks.Where(db.Clicks.IsBot.Eq(false)), db.LinkToClicks))),
	rows("Exists by relations below one another", db.Users.Where(drey.Exists(db.Links.Where(
		drey.Not(drey.Exists(db.Tags.Where(db.Tags.Name.Eq("news")), db.LinkToTags))), db.UserToLinks)).OrderBy(db.Users.ID.Asc())),
	rows("CountOf by a relation", all.Where(drey.CountOf(&db.Tags.Query, db.LinkToTags).Gte(1)).
		OrderBy(drey.CountOf(&db.Clicks.Query, db.LinkToClicks).Desc(), db.Links.ID.Asc())),
	rows("Scalar by a relation", all.OrderBy(drey.Scalar(db.Users.Email, &db.Users.Query, db.LinkToUser).Desc(), db.Links.ID.Asc()).Limit(5)),
	rows("From", drey.From(&db.Users.Query, squirrel.Select("*").From("users").Where("id < ?", 3))),

	rows("a view", db.LiveLinks.OrderBy(db.LiveLinks.ID.Asc()).Limit(3)),
	rows("a query", db.LinkStats.With(at(0)).Where(db.LinkStats.Clicks.Gte(1))),
	rows("a query with WITH", db.Trending.With(db.TrendingParams{Since: at(0), Middle: at(10)}).OrderBy(db.Trending.Gain.Desc())),
	rows("a query with a window", db.RankedLinks.Where(db.RankedLinks.Place.Lte(2)).OrderBy(db.RankedLinks.ID.Asc())),
	rows("a query of a join", db.TagNames.Where(db.TagNames.LinkID.Eq(1), db.TagNames.Name.Eq("news"))),
	rows("a query of text", db.TaggedLinks.With("news").Where(db.TaggedLinks.IsActive.Eq(true))),
	rows("below a window", db.RankedLinks.Below(db.RankedLinks.WhereLinks(db.Links.ClickCount.Gt(0), db.Links.Slug.NotIn("a", "b"))).
		Where(db.RankedLinks.Place.Lte(2)).OrderBy(db.RankedLinks.ID.Asc())),
	rows("below an aggregate", db.Trending.With(db.TrendingParams{Since: at(0), Middle: at(10)}).
		Below(db.Trending.WhereClicks(drey.InQuery(db.Clicks.LinkID, db.Links.Where(db.Links.ID.Lte(2)), db.Links.ID))).
		OrderBy(db.Trending.ID.Asc())),

	rows("groups by day", drey.CountBy(db.Clicks.Where(db.Clicks.LinkID.Eq(1)), clickDay).OrderBy(drey.Key(clickDay).Asc())),
	rows("groups by a column and a boolean", drey.Select(drey.GroupBy(&db.Clicks.Query, db.Clicks.Country, db.Clicks.IsBot), readMeasures).
		Where(drey.CountRows[db.ClicksSource]().Gte(1)).OrderBy(drey.Key(db.Clicks.Country).Asc(), drey.Key(db.Clicks.IsBot).Asc())),
	rows("groups of rows within a limit", drey.CountBy(all.Limit(5), db.Links.IsActive).OrderBy(drey.CountRows[db.LinksSource]().Desc()).Limit(1)),
	rows("groups of a query", drey.CountBy(db.LinkStats.With(at(0)), db.LinkStats.Visitors).OrderBy(drey.Key(db.LinkStats.Visitors).Asc())),
	rows("one group of nothing", drey.Select(drey.GroupBy(db.Clicks.Where(db.Clicks.ID.Lt(0))), readTotal)),

	{"LoadOne", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.LoadOne(ctx, c, many(), db.LinkToUser, &db.Users.Query)
	}},
	{"LoadMany", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.LoadMany(ctx, c, many(), db.LinkToTags, db.Tags.OrderBy(db.Tags.Name.Asc()))
	}},
	{"LoadMany, the first of each", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.LoadMany(ctx, c, []db.User{{ID: 1}, {ID: 2}, {ID: 3}}, db.UserToLinks, all.OrderBy(db.Links.ClickCount.Desc()).Limit(3))
	}},
	{"LoadMany of more than a statement takes", func(ctx context.Context, c *db.Client) (any, error) {
		users := make([]db.User, 250)
		for i := range users {
			users[i].ID = int64(i)
		}
		return drey.LoadMany(ctx, c, users, db.UserToLinks, all.OrderBy(db.Links.ID.Asc()))
	}},
	{"a tree", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Select(db.Users.OrderBy(db.Users.ID.Asc()), readOwner).All(ctx, c)
	}},
	{"a tree, the last of each", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Select(db.Users.OrderBy(db.Users.ID.Asc()), func(p *drey.Projection[db.UsersSource], to *owner) {
			drey.ReadMany(p, db.UserToLinks, linkTrees.OrderBy(db.Links.ID.Desc()).Limit(2), &to.Links)
		}).All(ctx, c)
	}},
	inBatch("a tree in a batch", func(ctx context.Context, c drey.Conn) ([]owner, error) {
		return drey.Select(db.Users.OrderBy(db.Users.ID.Asc()), readOwner).All(ctx, c)
	}),
	inBatch("a tree in a batch, the last of each", func(ctx context.Context, c drey.Conn) ([]owner, error) {
		return drey.Select(db.Users.OrderBy(db.Users.Name.Asc()).Limit(2), func(p *drey.Projection[db.UsersSource], to *owner) {
			drey.ReadRow(p, &db.Users.Query, &to.User)
			drey.ReadMany(p, db.UserToLinks, linkTrees.OrderBy(db.Links.ClickCount.Desc()).Limit(2).Offset(1), &to.Links)
		}).All(ctx, c)
	}),
	inBatch("a page of trees in a batch", func(ctx context.Context, c drey.Conn) (*drey.PageOf[linkTree], error) {
		return linkTrees.OrderBy(db.Links.ID.Asc()).Page(ctx, c, "", 3)
	}),
	inBatch("trees below rows that are known, in a batch", func(ctx context.Context, c drey.Conn) (map[int64][]linkTree, error) {
		users := make([]db.User, 250)
		for i := range users {
			users[i].ID = int64(i)
		}
		return drey.LoadMany(ctx, c, users, db.UserToLinks, linkTrees.OrderBy(db.Links.ID.Asc()))
	}),
	{"a page and the number of all rows", func(ctx context.Context, c *db.Client) (any, error) {
		counted := drey.NewFilters(db.Links.ID, db.Links.ClickCount).Paged().Counted()
		first, err := drey.PageFiltered(ctx, c, linkTrees, counted, url.Values{"order": {"id"}, "limit": {"2"}, "click_count": {"gte.0"}})
		if err != nil {
			return nil, err
		}
		next, err := drey.PageFiltered(ctx, c, linkTrees, counted, url.Values{"order": {"id"}, "limit": {"2"}, "click_count": {"gte.0"}, "cursor": {first.Next}})
		return []any{first, next}, err
	}},
	{"pages of trees", func(ctx context.Context, c *db.Client) (any, error) {
		first, err := linkTrees.OrderBy(db.Links.ID.Asc()).Page(ctx, c, "", 3)
		if err != nil {
			return nil, err
		}
		next, err := linkTrees.OrderBy(db.Links.ID.Asc()).Page(ctx, c, first.Next, 3)
		return []any{first, next}, err
	}},

	{"One", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Where(db.Links.ID.Eq(101)).One(ctx, c)
	}},
	{"One of none", func(ctx context.Context, c *db.Client) (any, error) {
		return db.Links.Where(db.Links.ID.Eq(-1)).One(ctx, c)
	}},
	{"One of many", func(ctx context.Context, c *db.Client) (any, error) { return all.One(ctx, c) }},
	{"First", func(ctx context.Context, c *db.Client) (any, error) {
		return all.OrderBy(db.Links.ID.Desc()).First(ctx, c)
	}},
	{"Count", func(ctx context.Context, c *db.Client) (any, error) { return all.Limit(7).Count(ctx, c) }},
	{"Exists", func(ctx context.Context, c *db.Client) (any, error) { return all.Exists(ctx, c) }},
	{"Iter", func(ctx context.Context, c *db.Client) (any, error) {
		var slugs []string
		for link, err := range all.Iter(ctx, c) {
			if err != nil {
				return slugs, err
			}
			if slugs = append(slugs, link.Slug); len(slugs) == 3 {
				break
			}
		}
		return slugs, nil
	}},
	{"Sum", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Aggregate(ctx, c, all, drey.Sum(db.Links.ClickCount))
	}},
	{"Sum of none", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Aggregate(ctx, c, all.Where(db.Links.ID.Eq(-1)), drey.Sum(db.Links.ClickCount))
	}},
	{"Sum of floats", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Aggregate(ctx, c, &db.Clicks.Query, drey.Sum(db.Clicks.LatencyMS))
	}},
	{"Avg", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Aggregate(ctx, c, all, drey.Avg(db.Links.MaxClicks))
	}},
	{"Min", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Aggregate(ctx, c, all, drey.Min(db.Links.ExpiresAt))
	}},
	{"Max", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Aggregate(ctx, c, all, drey.Max(db.Links.Title))
	}},
	{"CountDistinct", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Aggregate(ctx, c, all, drey.CountDistinct(db.Links.Host))
	}},
	{"CountBy", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.CountBy(all, db.Links.IsActive).OrderBy(drey.Key(db.Links.IsActive).Asc()).All(ctx, c)
	}},
	{"Pluck", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Pluck(ctx, c, all, db.Links.Metadata)
	}},
	{"Select", func(ctx context.Context, c *db.Client) (any, error) {
		type part struct {
			Slug   string
			Clicks int64
		}
		return drey.Select(all.Limit(3), func(p *drey.Projection[db.LinksSource], to *part) {
			drey.ReadInto(p, db.Links.ClickCount, &to.Clicks)
			drey.ReadInto(p, db.Links.Slug, &to.Slug)
		}).All(ctx, c)
	}},
	rows("Union", drey.Union(all.OrderBy(db.Links.ClickCount.Desc()).Limit(5), all.OrderBy(db.Links.CreatedAt.Asc(), db.Links.ID.Asc()).Limit(5), all.Where(db.Links.Title.IsNull())).
		OrderBy(db.Links.ExpiresAt.Asc(), db.Links.ID.Desc())),
	rows("Union of two sources", drey.Union(all.Where(db.Links.ID.Lt(103)), db.TaggedLinks.With("").Where(db.TaggedLinks.ID.Between(102, 104))).Where(db.Links.ID.Gt(100)).OrderBy(db.Links.ID.Asc())),
	rows("UnionAll", drey.UnionAll(all.Limit(2), all.Limit(3)).OrderBy(db.Links.ID.Asc())),
	rows("Intersect", drey.Intersect(all.Where(db.Links.ID.Lt(120)), drey.Except(all, all.Where(db.Links.IsActive.Eq(true)))).OrderBy(db.Links.ID.Asc())),
	{"Page of a Union", func(ctx context.Context, c *db.Client) (any, error) {
		return pages(ctx, c, drey.Union(all.Where(db.Links.ID.Lt(120)), all.Where(db.Links.IsActive.Eq(true))).OrderBy(db.Links.ExpiresAt.Desc().NullsLast()))
	}},
	{"LoadMany of a Union", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.LoadMany(ctx, c, []db.User{{ID: 1}, {ID: 3}}, db.UserToLinks,
			drey.UnionAll(all.Where(db.Links.ID.Lt(110)), all.Where(db.Links.ClickCount.Gt(1000))).OrderBy(db.Links.ID.Desc()).Limit(4))
	}},
	rows("Distinct", hours.Distinct().OrderBy(hour.Desc())),
	{"Count of Distinct", func(ctx context.Context, c *db.Client) (any, error) { return hours.Distinct().Limit(7).Count(ctx, c) }},
	{"Page of Distinct", func(ctx context.Context, c *db.Client) (any, error) {
		return pages(ctx, c, drey.Select(all.Distinct(), func(p *drey.Projection[db.LinksSource], to *expiring) {
			drey.ReadInto(p, db.Links.ExpiresAt, &to.At)
			drey.ReadInto(p, db.Links.IsActive, &to.Active)
		}))
	}},
	{"AllAndCount", func(ctx context.Context, c *db.Client) (any, error) {
		rows, total, err := drey.AllAndCount(ctx, c, all.OrderBy(db.Links.CreatedAt.Desc(), db.Links.ID.Asc()).Limit(3).Offset(2))
		return []any{rows, total}, err
	}},
	{"AllAndCount past the end", func(ctx context.Context, c *db.Client) (any, error) {
		rows, total, err := drey.AllAndCount(ctx, c, all.Offset(1000))
		return []any{rows, total}, err
	}},
	{"Explain", func(ctx context.Context, c *db.Client) (any, error) {
		return drey.Explain(ctx, c, db.Links.Where(db.Links.ID.Eq(101)))
	}},
	rows("Glob", all.Where(drey.Glob(db.Links.Slug, "many-0[1-3]"))),
	rows("Cast", all.Where(drey.Cast[int64](drey.Substr(db.Links.Slug, 6, 2)).Gt(37))),
	{"Page", func(ctx context.Context, c *db.Client) (any, error) {
		return pages(ctx, c, all.OrderBy(db.Links.Title.Asc()))
	}},
	{"Page by integers", func(ctx context.Context, c *db.Client) (any, error) {
		return pages(ctx, c, all.OrderBy(db.Links.ClickCount.Desc(), db.Links.ExpiresAt.Asc().NullsLast()))
	}},
	{"Page of none", func(ctx context.Context, c *db.Client) (any, error) {
		return all.Where(db.Links.ID.Eq(-1)).Page(ctx, c, "", 5)
	}},
	{"Page of a wrong cursor", func(ctx context.Context, c *db.Client) (any, error) { return all.Page(ctx, c, "nonsense", 5) }},
	{"ApplyFilters", func(ctx context.Context, c *db.Client) (any, error) {
		q, err := drey.ApplyFilters(all, filters(), url.Values{
			"click_count": {"gte.4"}, "is_active": {"is.true"}, "slug": {"like.many-*"}, "or": {"(id.in.(102,104,110),title.is.null)"},
			"created_at": {"lt.2026-05-04T07:00:00Z"}, "order": {"id.desc"}, "limit": {"3"},
		})
		if err != nil {
			return nil, err
		}
		return q.All(ctx, c)
	}},
	{"SelectFiltered", func(ctx context.Context, c *db.Client) (any, error) {
		q, err := drey.SelectFiltered(all, filters().As("loud", drey.Upper(db.Links.Slug)), url.Values{
			"select": {"loud,slug,expires_at,is_active,max_clicks,created_at"}, "id": {"in.(100,101,107)"}, "order": {"id"},
		})
		if err != nil {
			return nil, err
		}
		return q.All(ctx, c)
	}},
	{"ApplyFilters of nonsense", func(ctx context.Context, c *db.Client) (any, error) {
		_, err := drey.ApplyFilters(all, filters(), url.Values{"id": {"gte.1e400"}})
		return nil, err
	}},
}

// pages reads all pages of nine, and then the first one backwards.
func pages[R any, S any](ctx context.Context, c *db.Client, q *drey.Query[S, R]) (any, error) {
	var read [][]R
	cursor, prev := "", ""
	for {
		page, err := q.Page(ctx, c, cursor, 9)
		if err != nil {
			return read, err
		}
		read = append(read, page.Rows)
		prev = page.Prev
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	page, err := q.Page(ctx, c, prev, 9)
	if err != nil {
		return read, err
	}
	return append(read, page.Rows), nil
}

var clickDay = drey.Truncate(db.Clicks.ClickedAt, drey.Day)

type clickGroups = drey.Grouped[db.ClicksSource]

// measured are the clicks of a country, by bots or by people.
type measured struct {
	Country       sql.Null[string]
	IsBot         sql.Null[bool]
	Clicks, Timed int64
	Visitors      int64
	Total         float64
	Mean          sql.Null[float64]
	First, Last   sql.Null[db.UnixTime]
	Slowest       sql.Null[float64]
	Referrers     sql.Null[string]
}

func readTotal(p *drey.Projection[clickGroups], to *measured) {
	drey.ReadInto(p, drey.CountRows[db.ClicksSource](), &to.Clicks)
	drey.ReadInto(p, drey.Sum(db.Clicks.LatencyMS), &to.Total)
	drey.ReadInto(p, drey.Avg(db.Clicks.LatencyMS), &to.Mean)
}

func readMeasures(p *drey.Projection[clickGroups], to *measured) {
	drey.ReadInto(p, drey.Key(db.Clicks.Country), &to.Country)
	drey.ReadInto(p, drey.Key(db.Clicks.IsBot), &to.IsBot)
	drey.ReadInto(p, drey.CountRows[db.ClicksSource](), &to.Clicks)
	drey.ReadInto(p, drey.Count(db.Clicks.LatencyMS), &to.Timed)
	drey.ReadInto(p, drey.CountDistinct(db.Clicks.Visitor), &to.Visitors)
	drey.ReadInto(p, drey.Sum(db.Clicks.LatencyMS), &to.Total)
	drey.ReadInto(p, drey.Avg(db.Clicks.LatencyMS), &to.Mean)
	drey.ReadInto(p, drey.Min(db.Clicks.ClickedAt), &to.First)
	drey.ReadInto(p, drey.Max(db.Clicks.ClickedAt), &to.Last)
	drey.ReadInto(p, drey.Max(db.Clicks.LatencyMS).Filter(db.Clicks.ID.Gt(1)), &to.Slowest)
	drey.ReadInto(p, drey.GroupConcat(db.Clicks.Referrer, ","), &to.Referrers)
}

// A tree of users with links, the clicks and tags of each, and who made the tags.
type (
	owner struct {
		User  db.User
		Links []linkTree
	}
	linkTree struct {
		Slug    string
		Owner   *string
		Created drey.UnixTime
		Clicks  []db.Click
		Tags    []tagTree
	}
	tagTree struct {
		Name string
		By   *db.User
	}
)

func readOwner(p *drey.Projection[db.UsersSource], to *owner) {
	drey.ReadRow(p, &db.Users.Query, &to.User)
	drey.ReadMany(p, db.UserToLinks, linkTrees.OrderBy(db.Links.ID.Asc()), &to.Links)
}

var linkTrees = drey.Select(&db.Links.Query, func(p *drey.Projection[db.LinksSource], to *linkTree) {
	drey.ReadInto(p, db.Links.Slug, &to.Slug)
	drey.ReadInto(p, db.Links.CreatedAt, &to.Created)
	drey.ReadOne(p, db.LinkToUser, emails, &to.Owner)
	drey.ReadMany(p, db.LinkToClicks, db.Clicks.OrderBy(db.Clicks.ID.Asc()), &to.Clicks)
	drey.ReadMany(p, db.LinkToTags, tagTrees, &to.Tags)
})

var emails = drey.Select(&db.Users.Query, func(p *drey.Projection[db.UsersSource], to *string) { drey.ReadInto(p, db.Users.Email, to) })

var tagTrees = drey.Select(db.Tags.OrderBy(db.Tags.ID.Desc()), func(p *drey.Projection[db.TagsSource], to *tagTree) {
	drey.ReadInto(p, db.Tags.Name, &to.Name)
	drey.ReadOne(p, db.TagToCreatedBy, &db.Users.Query, &to.By)
})
