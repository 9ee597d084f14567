package links

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/db"
)

// A page has defaultLimit links, or as many as are asked for, up to maxLimit,
// which is how many parameters a statement may have on D1.
const (
	defaultLimit = 20
	maxLimit     = 100
)

type (
	linkPredicate = db.Predicate[db.TaggedLinksSource]
	linkOrdering  = db.Ordering[db.TaggedLinksSource]
)

// filters are the columns that a list can be filtered by.
var filters = db.NewFilters(
	db.Links.Slug, db.Links.URL, db.Links.Host, db.Links.Title, db.Links.IsActive,
	db.Links.MaxClicks, db.Links.ClickCount, db.Links.ExpiresAt, db.Links.CreatedAt,
).Bounded(db.FilterBounds{Predicates: 10, List: 20, Depth: 2})

// orders are the values of order, in PostgREST's words.
var orders = map[string]linkOrdering{
	"created_at":      db.TaggedLinks.CreatedAt.Asc(),
	"created_at.desc": db.TaggedLinks.CreatedAt.Desc(),
	"click_count":     db.TaggedLinks.ClickCount.Asc(), "click_count.desc": db.TaggedLinks.ClickCount.Desc(),
	"slug": db.TaggedLinks.Slug.Asc(), "slug.desc": db.TaggedLinks.Slug.Desc(),
	"expires_at": db.TaggedLinks.ExpiresAt.Asc().NullsLast(), "expires_at.desc": db.TaggedLinks.ExpiresAt.Desc().NullsLast(),
}

const defaultOrder = "created_at.desc"

// list is a page of the user's links, of those that pass all filters.
func (s *server) list(r *http.Request, user int64) (answer, error) {
	ctx := r.Context()
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil { // Query would leave out what it cannot read
		return answer{}, &problem{Status: http.StatusBadRequest, Message: fmt.Sprintf("the query cannot be read: %v", err)}
	}
	a, err := readAsked(given)
	if err != nil {
		return answer{}, err
	}
	found := db.TaggedLinks.With(a.tag).Where(
		db.TaggedLinks.UserID.Eq(user),
		db.Opt(a.search, mentions),
	)
	if len(a.filters) > 0 {
		passing, err := db.ApplyFilters(db.Links.Where(db.Links.UserID.Eq(user)), filters, a.filters)
		if err != nil {
			return answer{}, badFilters(err)
		}
		// A filtered query has a limit, with which it has no pages. Those of the
		// links that pass can have.
		found = found.Where(db.InQuery(db.TaggedLinks.ID, passing.Limit(maxFiltered), db.Links.ID))
	}
	total, err := found.Count(ctx, s.db)
	if err != nil {
		return answer{}, err
	}
	page, err := db.Keyed(found.OrderBy(orders[a.order]), db.TaggedLinks.ID).Page(ctx, s.db, a.cursor, a.limit)
	if errors.Is(err, db.ErrCursor) {
		return answer{}, &problem{Status: http.StatusBadRequest, Field: "cursor", Message: "the cursor does not belong to these filters"}
	}
	if err != nil {
		return answer{}, err
	}
	rows, err := s.withTags(ctx, page.Rows)
	if err != nil {
		return answer{}, err
	}
	out := answer{status: http.StatusOK, body: struct {
		Total int64  `json:"total"`
		Links []link `json:"links"`
		Next  string `json:"next,omitempty"`
		Prev  string `json:"prev,omitempty"`
	}{total, rows, page.Next, page.Prev}}
	if relations := pageRelations(r.URL.Path, given, page.Next, page.Prev); relations != "" {
		out.header = http.Header{"Link": {relations}}
	}
	return out, nil
}

// maxFiltered bounds how many of a user's links a filter finds.
const maxFiltered = 1_000_000

// pageRelations names the pages around this one, see
// https://www.rfc-editor.org/rfc/rfc8288.
func pageRelations(path string, q url.Values, next, prev string) string {
	var list []string
	for _, to := range []struct{ rel, cursor string }{{"next", next}, {"prev", prev}} {
		if to.cursor != "" {
			q := maps.Clone(q)
			q.Set("cursor", to.cursor)
			list = append(list, "<"+path+"?"+q.Encode()+`>; rel="`+to.rel+`"`)
		}
	}
	return strings.Join(list, ", ")
}

// badFilters tells the client what is wrong with its filters.
func badFilters(err error) error {
	var wrong db.FilterErrors
	if !errors.As(err, &wrong) {
		return err
	}
	return &problem{Status: http.StatusBadRequest, Message: "the filters cannot be understood", Filters: wrong}
}

// withTags puts their tags to links, with one query for all of them.
func (s *server) withTags(ctx context.Context, rows []db.Link) ([]link, error) {
	out := make([]link, len(rows))
	ids := make([]int64, len(rows))
	for i, row := range rows {
		out[i], ids[i] = link{row, []string{}}, row.ID
	}
	if len(rows) == 0 {
		return out, nil
	}
	t := db.TagNames
	tags, err := t.Where(t.LinkID.In(ids...)).OrderBy(t.Name.Asc()).All(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for _, tag := range tags {
		i := slices.Index(ids, tag.LinkID)
		out[i].Tags = append(out[i].Tags, tag.Name)
	}
	return out, nil
}

// mentions holds where one of a link's texts has another in it.
func mentions(text string) linkPredicate {
	return db.Or(
		db.TaggedLinks.Slug.Contains(text),
		db.TaggedLinks.URL.Contains(text),
		db.TaggedLinks.Title.Contains(text),
	)
}

// asked is the query string of a list. What is nil was not given.
type asked struct {
	tag, cursor, order string
	search             *string
	limit              int
	filters            url.Values // everything else
}

func readAsked(q url.Values) (a asked, err error) {
	own := map[string]*string{"tag": &a.tag, "cursor": &a.cursor, "order": &a.order, "q": new(string), "limit": new(string)}
	a.filters = url.Values{}
	for name, values := range q {
		to, ok := own[name]
		switch {
		case !ok:
			a.filters[name] = values
		case len(values) > 1:
			return a, invalid(name, "it is there twice")
		default:
			*to = values[0]
		}
	}
	if text := *own["q"]; text != "" {
		if len(text) > maxTitle {
			return a, invalid("q", "it is longer than %d bytes", maxTitle)
		}
		a.search = &text
	}
	if a.order == "" {
		a.order = defaultOrder
	}
	a.order = strings.TrimSuffix(a.order, ".asc")
	if _, ok := orders[a.order]; !ok {
		return a, invalid("order", "there are %s", strings.Join(slices.Sorted(maps.Keys(orders)), ", "))
	}
	if a.limit, err = number(q, "limit", defaultLimit, 1, maxLimit); err != nil {
		return a, err
	}
	if len(a.tag) > 4*maxTag {
		return a, invalid("tag", "a tag has at most %d characters", maxTag)
	}
	return a, nil
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
