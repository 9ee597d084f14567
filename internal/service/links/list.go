package links

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/Masterminds/squirrel"
	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

type linkQuery = drey.Query[db.TaggedLinksSource, db.Link]

// filters are the columns that a list can be filtered and ordered by.
var filters = drey.NewFilters(
	db.TaggedLinks.Slug, db.TaggedLinks.URL, db.TaggedLinks.Host, db.TaggedLinks.Title, db.TaggedLinks.IsActive,
	db.TaggedLinks.MaxClicks, db.TaggedLinks.ClickCount, db.TaggedLinks.ExpiresAt, db.TaggedLinks.CreatedAt,
).Bounded(drey.FilterBounds{Predicates: 10, List: 20, Depth: 2, DefaultLimit: 20, MaxLimit: 100})

// pages are the same for a page of the list.
var pages = filters.Paged(db.TaggedLinks.ID)

const defaultOrder = "created_at.desc"

// list is a page of the user's links, of those that pass all filters.
func (s *server) list(r *http.Request, user int64) (answer, error) {
	ctx := r.Context()
	given, err := query(r)
	if err != nil {
		return answer{}, err
	}
	a, err := readAsked(given)
	if err != nil {
		return answer{}, err
	}
	found := db.TaggedLinks.With(a.tag).Where(db.TaggedLinks.UserID.Eq(user))
	if a.search != nil {
		found = found.Where(mentions(found, *a.search))
	}
	all := maps.Clone(a.page)
	for _, name := range []string{"order", "limit", "cursor"} {
		all.Del(name)
	}
	var b db.Batch
	paged := db.InBatch(&b, func(tx *db.Tx) (*drey.PageOf[db.Link], error) {
		return drey.PageFiltered(ctx, tx, found, pages, a.page)
	})
	passing := db.InBatch(&b, func(tx *db.Tx) (int64, error) {
		p, err := filters.Where(all)
		if err != nil {
			return 0, err
		}
		return found.Where(p).Count(ctx, tx)
	})
	if err := b.Run(ctx, s.db); err != nil {
		return answer{}, badFilters(err)
	}
	page, err := paged()
	if err != nil {
		return answer{}, badFilters(err)
	}
	total, err := passing()
	if err != nil {
		return answer{}, badFilters(err)
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

// badFilters tells the client what is wrong with its filters. D1 takes fewer
// values in a statement than the filters may have, and shorter patterns.
func badFilters(err error) error {
	var wrong drey.FilterErrors
	switch {
	case errors.As(err, &wrong):
		return &problem{Status: http.StatusBadRequest, Message: "the filters cannot be understood", Filters: wrong}
	case errors.Is(err, drey.ErrTooManyParameters):
		return &problem{Status: http.StatusBadRequest, Message: "the filters have too many values"}
	case err != nil && strings.Contains(err.Error(), "LIKE or GLOB pattern too complex"): // as SQLite says it
		return &problem{Status: http.StatusBadRequest, Message: "a pattern is too long"}
	}
	return err
}

// tagNames are tags by their names alone, in order.
var tagNames = drey.Select(db.Tags.OrderBy(db.Tags.Name.Asc()), func(p *drey.Projection[db.TagsSource], to *string) {
	drey.ReadInto(p, db.Tags.Name, to)
})

// withTags puts their tags to links, with one query for all of them.
func (s *server) withTags(ctx context.Context, rows []db.Link) ([]link, error) {
	tags, err := drey.LoadMany(ctx, s.db, rows, db.LinkToTags, tagNames)
	if err != nil {
		return nil, err
	}
	out := make([]link, len(rows))
	for i, row := range rows {
		out[i] = link{row, append([]string{}, tags[row.ID]...)}
	}
	return out, nil
}

// mentions holds where one of a link's texts has another in it, in whatever case.
func mentions(links *linkQuery, text string) drey.Predicate[db.TaggedLinksSource] {
	// @native-sql D1 takes patterns of LIKE up to 50 bytes (https://developers.cloudflare.com/d1/platform/limits/), and many a URL is longer
	return drey.Native(links, squirrel.Expr(
		`(instr(lower("slug"), lower(?)) > 0 OR instr(lower("url"), lower(?)) > 0 OR instr(lower("title"), lower(?)) > 0)`,
		text, text, text,
	))
}

// asked is the query string of a list.
type asked struct {
	tag    string
	search *string    // nil if it was not given
	page   url.Values // everything else, for PageFiltered
}

func readAsked(q url.Values) (a asked, err error) {
	a.page = maps.Clone(q)
	if a.tag, err = text(q, "tag", 4*maxTag); err != nil {
		return a, err
	}
	search, err := text(q, "q", maxTitle)
	if err != nil {
		return a, err
	}
	if search != "" {
		a.search = &search
	}
	a.page.Del("tag")
	a.page.Del("q")
	if a.page.Get("order") == "" {
		a.page.Set("order", defaultOrder)
	}
	return a, nil
}

// text reads a text, "" if there is none.
func text(q url.Values, name string, most int) (string, error) {
	switch values := q[name]; {
	case len(values) > 1:
		return "", invalid(name, "it is there twice")
	case len(values) == 1 && len(values[0]) > most:
		return "", invalid(name, "it is longer than %d bytes", most)
	case len(values) == 1 && strings.ContainsFunc(values[0], unicode.IsControl):
		// No link has one. SQLite's lower() ends a text at a NUL, and every text
		// has what is left of it.
		return "", invalid(name, "it has a control character in it")
	}
	return q.Get(name), nil
}
