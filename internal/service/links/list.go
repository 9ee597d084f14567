package links

import (
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

// filters are the columns that a list can be filtered and ordered by.
var filters = drey.NewFilters(
	db.Links.Slug, db.Links.URL, db.Links.Host, db.Links.Title, db.Links.IsActive,
	db.Links.MaxClicks, db.Links.ClickCount, db.Links.ExpiresAt, db.Links.CreatedAt,
).Bounded(drey.FilterBounds{Predicates: 10, List: 20, Depth: 2, DefaultLimit: 20, MaxLimit: 100})

// pages are the same for a page of the list, with the number of links that pass.
var pages = filters.Paged().Counted()

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
	found := db.Links.Where(db.Links.UserID.Eq(user))
	if a.tag != "" {
		found = found.Where(drey.Exists(db.Tags.Where(db.Tags.Name.Eq(a.tag)), db.LinkToTags))
	}
	if a.search != nil {
		found = found.Where(mentions(found, *a.search))
	}
	page, err := drey.PageFiltered(ctx, s.db, drey.With(found, db.LinkToTags, tagNames, ofLink), pages, a.page)
	if err != nil {
		return answer{}, badFilters(err)
	}
	out := answer{status: http.StatusOK, body: struct {
		Total int64  `json:"total"`
		Links []link `json:"links"`
		Next  string `json:"next,omitempty"`
		Prev  string `json:"prev,omitempty"`
	}{page.Total, page.Rows, page.Next, page.Prev}}
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

// ofLink is where a link and its tags go.
func ofLink(to *link) (*db.Link, *[]string) { return &to.Link, &to.Tags }

// mentions holds where one of a link's texts has another in it, in whatever case.
func mentions(links *drey.Query[db.LinksSource, db.Link], text string) drey.Predicate[db.LinksSource] {
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
