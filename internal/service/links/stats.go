package links

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Statistics go back defaultDays, or as many as are asked for, and show the
// first maxLines of each list.
const (
	defaultDays = 30
	maxDays     = 366
	maxLines    = 20
)

// from reads how many days to go back, and from when that is.
func from(r *http.Request) (days int, since db.UnixTime, err error) {
	q, err := query(r)
	if err == nil {
		days, err = number(q, "days", defaultDays, 1, maxDays)
	}
	return days, drey.Unix(time.Now().AddDate(0, 0, -days)), err
}

// stats is what happened to a link of the user.
func (s *server) stats(r *http.Request, user int64) (answer, error) {
	ctx := r.Context()
	_, since, err := from(r)
	if err != nil {
		return answer{}, err
	}
	given, err := query(r)
	if err != nil {
		return answer{}, err
	}
	given.Del("days")
	asked, err := clickFilters.Where(given)
	if err != nil {
		return answer{}, badFilters(err)
	}
	link, err := db.Links.Where(db.Links.Slug.Eq(r.PathValue("slug")), db.Links.UserID.Eq(user)).One(ctx, s.db)
	if errors.Is(err, sql.ErrNoRows) {
		return answer{}, errNoLink
	}
	if err != nil {
		return answer{}, err
	}
	clicks := db.Clicks.Where(db.Clicks.LinkID.Eq(link.ID), db.Clicks.ClickedAt.Gte(since), asked)
	var (
		b                    reads
		all                  []totals
		days                 []drey.Counted[db.UnixTime]
		countries, referrers []drey.Counted[string]
		devices              []drey.Counted[db.ClickDevice]
	)
	add(ctx, &b, &all, drey.Select(drey.GroupBy(clicks), readTotals))
	add(ctx, &b, &days, drey.CountBy(clicks, clickDay).OrderBy(drey.Key(clickDay).Asc()))
	add(ctx, &b, &countries, most(clicks, clickCountry))
	add(ctx, &b, &referrers, most(clicks, clickReferrer))
	add(ctx, &b, &devices, most(clicks, clickDevice))
	if err := b.run(ctx, s.db); err != nil {
		return answer{}, badFilters(err)
	}
	return answer{status: http.StatusOK, body: struct {
		Since  db.UnixTime `json:"since"`
		ID     int64       `json:"id"`
		UserID int64       `json:"user_id"`
		Slug   string      `json:"slug"`
		Title  *string     `json:"title"`
		totals
		Days      []line `json:"by_day"`
		Countries []line `json:"by_country"`
		Referrers []line `json:"by_referrer"`
		Devices   []line `json:"by_device"`
	}{
		since, link.ID, link.UserID, link.Slug, link.Title, all[0],
		lines(link.ID, "day", days, func(t db.UnixTime) string { return t.UTC().Format(time.DateOnly) }),
		lines(link.ID, "country", countries, itself[string]), lines(link.ID, "referrer", referrers, itself[string]), lines(link.ID, "device", devices, itself[db.ClickDevice]),
	}}, nil
}

// clickFilters are the columns by which the clicks can be chosen that are counted.
var clickFilters = drey.NewFilters(db.Clicks.Country, db.Clicks.Referrer, db.Clicks.Device, db.Clicks.IsBot, db.Clicks.ClickedAt, db.Clicks.LatencyMS).
	Bounded(drey.FilterBounds{Predicates: 10, List: 20, Depth: 2})

// What clicks are counted by, "" where it is not known.
var (
	clickDay      = drey.Truncate(db.Clicks.ClickedAt, drey.Day)
	clickCountry  = drey.Coalesce(db.Clicks.Country, "")
	clickReferrer = drey.Coalesce(db.Clicks.Referrer, "")
	clickDevice   = drey.Choose(db.Clicks.IsBot.Eq(true), drey.Of(knownDevice, "bot"), knownDevice)
	knownDevice   = drey.Coalesce(db.Clicks.Device, "")
)

// totals are those of all clicks that are counted.
type totals struct {
	Clicks   int64   `json:"clicks"`
	Visitors int64   `json:"visitors"`
	Latency  float64 `json:"mean_latency_ms"`
}

var (
	clickCount   = drey.CountRows[db.ClicksSource]()
	visitorCount = drey.CountDistinct(db.Clicks.Visitor)
	latency      = drey.Coalesce(drey.Avg(db.Clicks.LatencyMS), 0)
)

func readTotals(p *drey.Projection[drey.Grouped[db.ClicksSource]], to *totals) {
	drey.ReadInto(p, clickCount, &to.Clicks)
	drey.ReadInto(p, visitorCount, &to.Visitors)
	drey.ReadInto(p, latency, &to.Latency)
}

// most counts the clicks by what most of them have.
func most[T any](clicks *drey.Query[db.ClicksSource, db.Click], by drey.Expression[db.ClicksSource, T, T]) *drey.Query[drey.Grouped[db.ClicksSource], drey.Counted[T]] {
	return drey.CountBy(clicks, by).OrderBy(clickCount.Desc(), drey.Key(by).Asc()).Limit(maxLines)
}

// line is a value and its clicks.
type line map[string]any

func lines[V any](link int64, name string, counted []drey.Counted[V], text func(V) string) []line {
	list := make([]line, len(counted))
	for i, c := range counted {
		list[i] = line{"link_id": link, name: text(c.Value), "clicks": c.Count}
	}
	return list
}

func itself[T ~string](s T) string { return string(s) }

// reads is a batch of queries.
type reads struct {
	batch  db.Batch
	failed error // of what has read a result
}

// add adds a query whose rows go to to.
func add[S, R any](ctx context.Context, b *reads, to *[]R, q *drey.Query[S, R]) {
	b.batch.Do(func(tx *db.Tx) (err error) {
		*to, err = q.All(ctx, tx)
		b.failed = errors.Join(b.failed, err)
		return err
	})
}

func (b *reads) run(ctx context.Context, c *db.Client) error {
	if err := b.batch.Run(ctx, c); err != nil {
		return err
	}
	return b.failed
}

// top is the user's most clicked links of all times, and those that were
// clicked more in the second half of the time than in the first; with a tag, of the
// links that have it.
func (s *server) top(r *http.Request, user int64) (answer, error) {
	ctx := r.Context()
	days, since, err := from(r)
	if err != nil {
		return answer{}, err
	}
	tag, err := text(r.URL.Query(), "tag", 4*maxTag)
	if err != nil {
		return answer{}, err
	}
	mine := db.Links.UserID.Eq(user)
	if tag != "" {
		mine = drey.And(mine, drey.InQuery(db.Links.ID, db.TagNames.Where(db.TagNames.Name.Eq(tag)), db.TagNames.LinkID))
	}
	var out struct {
		Top    []db.RankedLinksRow `json:"top"`
		Rising []db.TrendingRow    `json:"rising"`
	}
	var b reads
	add(ctx, &b, &out.Top, db.RankedLinks.Below(db.RankedLinks.WhereLinks(mine)).
		Where(db.RankedLinks.Place.Lte(maxLines)).
		OrderBy(db.RankedLinks.Place.Asc(), db.RankedLinks.ID.Asc()).Limit(maxLines))
	middle := drey.Unix(since.Add(time.Duration(days) * 24 * time.Hour / 2))
	add(ctx, &b, &out.Rising, db.Trending.With(db.TrendingParams{Since: since, Middle: middle}).
		Below(db.Trending.WhereClicks(drey.InQuery(db.Clicks.LinkID, db.Links.Where(mine), db.Links.ID))).
		Where(db.Trending.Gain.Gt(0)).
		OrderBy(db.Trending.Gain.Desc(), db.Trending.ID.Asc()).Limit(maxLines))
	err = b.run(ctx, s.db)
	return answer{status: http.StatusOK, body: out}, err
}

// number reads a number from low to high.
func number(q url.Values, field string, otherwise, low, high int) (int, error) {
	if len(q[field]) > 1 {
		return 0, invalid(field, "it is there twice")
	}
	if !q.Has(field) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.Get(field))
	if err != nil || n < low || n > high {
		return 0, invalid(field, "it is a number from %d to %d", low, high)
	}
	return n, nil
}
