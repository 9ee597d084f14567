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
	var out struct {
		Since db.UnixTime `json:"since"`
		db.LinkStatsRow
		Days      []db.ClicksByDayRow      `json:"by_day"`
		Countries []db.ClicksByCountryRow  `json:"by_country"`
		Referrers []db.ClicksByReferrerRow `json:"by_referrer"`
		Devices   []db.ClicksByDeviceRow   `json:"by_device"`
	}
	out.Since = since
	out.LinkStatsRow, err = db.LinkStats.With(since).
		Where(db.LinkStats.Slug.Eq(r.PathValue("slug")), db.LinkStats.UserID.Eq(user)).
		One(ctx, s.db)
	if errors.Is(err, sql.ErrNoRows) {
		return answer{}, errNoLink
	}
	if err != nil {
		return answer{}, err
	}
	var b reads
	add(ctx, &b, &out.Days, db.ClicksByDay.With(since).
		Where(db.ClicksByDay.LinkID.Eq(out.ID)).
		OrderBy(db.ClicksByDay.Day.Asc()))
	add(ctx, &b, &out.Countries, db.ClicksByCountry.With(since).
		Where(db.ClicksByCountry.LinkID.Eq(out.ID)).
		OrderBy(db.ClicksByCountry.Clicks.Desc(), db.ClicksByCountry.Country.Asc()).Limit(maxLines))
	add(ctx, &b, &out.Referrers, db.ClicksByReferrer.With(since).
		Where(db.ClicksByReferrer.LinkID.Eq(out.ID)).
		OrderBy(db.ClicksByReferrer.Clicks.Desc(), db.ClicksByReferrer.Referrer.Asc()).Limit(maxLines))
	add(ctx, &b, &out.Devices, db.ClicksByDevice.With(since).
		Where(db.ClicksByDevice.LinkID.Eq(out.ID)).
		OrderBy(db.ClicksByDevice.Clicks.Desc(), db.ClicksByDevice.Device.Asc()).Limit(maxLines))
	err = b.run(ctx, s.db)
	return answer{status: http.StatusOK, body: out}, err
}

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
