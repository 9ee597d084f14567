package links

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/db"
)

// A list has defaultLimit links, or as many as are asked for, up to maxLimit.
const (
	defaultLimit = 50
	maxLimit     = 200
)

type (
	linkPredicate = db.Predicate[db.TaggedLinksSource]
	linkOrdering  = db.Ordering[db.TaggedLinksSource]
)

// orders are the values of sort.
var orders = map[string]linkOrdering{
	"newest":   db.TaggedLinks.CreatedAt.Desc(),
	"oldest":   db.TaggedLinks.CreatedAt.Asc(),
	"clicks":   db.TaggedLinks.ClickCount.Desc(),
	"slug":     db.TaggedLinks.Slug.Asc(),
	"expiring": db.TaggedLinks.ExpiresAt.Asc().NullsLast(),
}

// list is the links of a user, as many as pass all filters that are given.
func (s *server) list(r *http.Request, user int64) (int, any, error) {
	f, err := readFilter(r.URL.Query())
	if err != nil {
		return 0, nil, err
	}
	found := db.TaggedLinks.With(f.tag).Where(
		db.TaggedLinks.UserID.Eq(user),
		db.Opt(f.host, db.TaggedLinks.Host.Eq),
		db.Opt(f.active, db.TaggedLinks.IsActive.Eq),
		db.Opt(f.search, mentions),
	)
	total, err := found.Count(r.Context(), s.db)
	if err != nil {
		return 0, nil, err
	}
	page, err := found.OrderBy(f.order, db.TaggedLinks.ID.Desc()).Limit(f.limit).Offset(f.offset).All(r.Context(), s.db)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, struct {
		Total int64     `json:"total"`
		Links []db.Link `json:"links"`
	}{total, page}, nil
}

// mentions holds where one of a link's texts has another in it.
func mentions(text string) linkPredicate {
	return db.Or(
		db.TaggedLinks.Slug.Contains(text),
		db.TaggedLinks.URL.Contains(text),
		db.TaggedLinks.Title.Contains(text),
	)
}

// filter is the query string of a list. What is nil was not given.
type filter struct {
	tag           string
	host, search  *string
	active        *bool
	order         linkOrdering
	limit, offset int
}

func readFilter(q url.Values) (f filter, err error) {
	f.tag = q.Get("tag")
	if host := strings.ToLower(q.Get("host")); host != "" {
		f.host = &host
	}
	if text := q.Get("q"); text != "" {
		f.search = &text
	}
	if v := q.Get("active"); v != "" {
		active, err := strconv.ParseBool(v)
		if err != nil {
			return f, invalid("active", "it is true or false")
		}
		f.active = &active
	}
	var ok bool
	if f.order, ok = orders[cmp.Or(q.Get("sort"), "newest")]; !ok {
		return f, invalid("sort", "it is newest, oldest, clicks, slug or expiring")
	}
	if f.limit, err = number(q, "limit", defaultLimit, 1, maxLimit); err != nil {
		return f, err
	}
	f.offset, err = number(q, "offset", 0, 0, 1<<31-1)
	return f, err
}

// number reads a number from low to high.
func number(q url.Values, field string, otherwise, low, high int) (int, error) {
	v := q.Get(field)
	if v == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		return 0, invalid(field, "it is a number from %d to %d", low, high)
	}
	return n, nil
}
