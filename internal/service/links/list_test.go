package links_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

func TestList(t *testing.T) {
	s := newService(t)
	mine := s.token
	s.token, _ = s.register("eve@example.com")
	s.create(`{"url": "https://example.com", "slug": "hers", "tags": ["go"]}`)
	s.token = mine

	docs := s.create(`{"url": "https://go.dev/doc", "slug": "docs", "title": "100% Go", "tags": ["go", "docs"]}`)
	sql := s.create(`{"url": "https://sqlite.org/lang.html", "slug": "sql", "title": "SQL_as understood", "tags": ["docs"], "expires_at": "2999-01-01T00:00:00Z"}`)
	blog := s.create(`{"url": "https://go.dev/blog", "slug": "blog", "tags": ["Go"], "expires_at": "2998-01-01T00:00:00Z"}`)
	yes, no := true, false
	for i, p := range []db.UpdateLinkParams{{ID: docs, IsActive: &yes}, {ID: sql}, {ID: blog, IsActive: &no}} {
		p.CreatedAt = new(drey.Unix(time.Unix(int64(i), 0)))
		if _, err := s.db.UpdateLink(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	s.want(http.StatusFound, s.do("GET", "/sql", ""), nil)

	for _, tt := range []struct {
		query string
		total int64
		slugs []string
	}{
		{"", 3, []string{"blog", "sql", "docs"}},
		{"?tag=go", 2, []string{"blog", "docs"}},
		{"?tag=docs&order=slug", 2, []string{"docs", "sql"}},
		{"?tag=nothing", 0, []string{}},
		{"?host=eq.go.dev", 2, []string{"blog", "docs"}},
		{"?is_active=is.true", 2, []string{"sql", "docs"}},
		{"?is_active=eq.false", 1, []string{"blog"}},
		{"?title=is.null", 1, []string{"blog"}},
		{"?slug=like.*o*", 2, []string{"blog", "docs"}},
		{"?slug=in.(sql,blog,hers)", 2, []string{"blog", "sql"}},
		{"?click_count=gte.1", 1, []string{"sql"}},
		{"?or=(slug.eq.sql,title.like.100*)&order=slug.desc", 2, []string{"sql", "docs"}},
		{"?q=go", 2, []string{"blog", "docs"}},
		{"?q=UNDERSTOOD", 1, []string{"sql"}},
		{"?q=100%25", 1, []string{"docs"}},
		{"?q=l_a", 1, []string{"sql"}},
		{"?q=%27", 0, []string{}},
		{"?q=go&tag=docs&is_active=eq.true&host=eq.go.dev", 1, []string{"docs"}},
		{"?order=click_count.desc&limit=1", 3, []string{"sql"}},
		{"?order=created_at.asc", 3, []string{"docs", "sql", "blog"}},
		{"?order=expires_at.nullslast", 3, []string{"blog", "sql", "docs"}},
		{"?order=slug&limit=2", 3, []string{"blog", "docs"}},
		{"?order=host,created_at.desc", 3, []string{"blog", "docs", "sql"}},
		{"?order=", 3, []string{"blog", "sql", "docs"}},
	} {
		t.Run(tt.query, func(t *testing.T) {
			out := s.list(tt.query, nil)
			slugs := []string{}
			for _, l := range out.Links {
				slugs = append(slugs, l.Slug)
			}
			if diff := cmp.Diff(tt.slugs, slugs); diff != "" || out.Total != tt.total {
				t.Errorf("total %d\n%s", out.Total, diff)
			}
		})
	}
	if diff := cmp.Diff([]string{"docs", "go"}, s.list("?slug=eq.docs", nil).Links[0].Tags); diff != "" {
		t.Error(diff)
	}
}

// page is an answer to GET /api/links.
type page struct {
	Total int64
	Links []struct {
		db.Link
		Tags []string
	}
	Next, Prev string
}

func (s *service) list(query string, header *http.Header) (out page) {
	s.Helper()
	r := s.do("GET", "/api/links"+query, "")
	s.want(http.StatusOK, r, &out)
	if header != nil {
		*header = r.Header
	}
	return out
}

// TestPages: the cursors lead through all links and back, and the header Link
// leads to the same pages.
func TestPages(t *testing.T) {
	s := newService(t)
	for i := range 7 {
		s.create(fmt.Sprintf(`{"url": "https://example.com/%d", "slug": "link-%d"}`, i, i))
	}
	var forth, back []string
	query := "?order=slug&slug=like.link-*&limit=3"
	var header http.Header
	out := s.list(query, &header)
	for {
		for _, l := range out.Links {
			forth = append(forth, l.Slug)
		}
		if out.Next == "" {
			break
		}
		to, _, _ := strings.Cut(strings.TrimPrefix(header.Get("Link"), "</api/links"), ">; rel=\"next\"")
		if !strings.Contains(to, "cursor="+out.Next) {
			t.Fatalf("Link: %s, and next is %s", header.Get("Link"), out.Next)
		}
		out = s.list(to, &header)
	}
	if diff := cmp.Diff([]string{"link-0", "link-1", "link-2", "link-3", "link-4", "link-5", "link-6"}, forth); diff != "" {
		t.Error(diff)
	}
	for out.Prev != "" {
		out = s.list(query+"&cursor="+out.Prev, nil)
		for i := range out.Links {
			back = append(back, out.Links[len(out.Links)-1-i].Slug)
		}
	}
	if diff := cmp.Diff([]string{"link-5", "link-4", "link-3", "link-2", "link-1", "link-0"}, back); diff != "" {
		t.Error(diff)
	}
}

func TestListRefuses(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com", "slug": "one"}`)
	s.create(`{"url": "https://example.com", "slug": "two"}`)
	cursor := s.list("?limit=1", nil).Next
	for _, tt := range []struct {
		query  string
		status int
		field  string // or the parameter of the filter
	}{
		{"limit=0", 400, "limit"},
		{"limit=101", 400, "limit"},
		{"limit=x", 400, "limit"},
		{"limit=1&limit=2", 400, "limit"},
		{"order=id", 400, "order"},
		{"order=slug%3B", 400, "order"},
		{"order=slug,slug", 400, "order"},
		{"order=slug&order=host", 400, "order"},
		{"offset=1", 400, "offset"},
		{"tag=a&tag=b", 422, "tag"},
		{"offset=-1", 400, "offset"},
		{"select=hash", 400, "select"},
		{"user_id=eq.2", 400, "user_id"},
		{"metadata=eq.x", 400, "metadata"},
		{"is_active=maybe", 400, "is_active"},
		{"click_count=gt.1%20OR%201", 400, "click_count"},
		{"slug=regex.a", 400, "slug"},
		{"or=(user_id.eq.2,slug.eq.x)", 400, "or"},
		{"or=(and(or(slug.eq.a,slug.eq.b)))", 400, "or"},
		{"slug=in.(" + strings.Repeat("a,", 20) + "a)", 400, "slug"},
		{"slug=eq." + strings.Repeat("a", 5000), 400, "query"},
		{"q=" + strings.Repeat("a", 201), 422, "q"},
		{"cursor=x", 400, "cursor"},
		{"order=slug&cursor=" + cursor, 400, "cursor"},
	} {
		t.Run(tt.query[:min(40, len(tt.query))], func(t *testing.T) {
			var out struct {
				Error, Field string
				Filters      []drey.FilterError
			}
			s.want(tt.status, s.do("GET", "/api/links?"+tt.query, ""), &out)
			if len(out.Filters) > 0 {
				out.Field = out.Filters[0].Parameter
			}
			if out.Error == "" || out.Field != tt.field {
				t.Errorf("%+v", out)
			}
		})
	}
}

// TestSearch finds what is longer than D1's patterns may be, in whatever case,
// and takes no character for another.
func TestSearch(t *testing.T) {
	for engine, start := range map[string]func(testing.TB) *service{"embedded": newService, "worker": newWorker} {
		t.Run(engine, func(t *testing.T) {
			s := start(t)
			const target = "https://example.com/a/path/that/is/longer/than/fifty/bytes?100%25_of=it"
			s.create(`{"url": "` + target + `", "slug": "long"}`)
			s.create(`{"url": "https://example.com/", "slug": "other", "title": "50% off_"}`)
			for text, want := range map[string][]any{
				target:                   {"long"},
				strings.ToUpper(target):  {"long"},
				"LON":                    {"long"},
				"0%":                     {"long", "other"},
				"_":                      {"long", "other"},
				"0% OFF":                 {"other"},
				"l_ng":                   {},
				strings.Repeat("a", 200): {},
			} {
				var page struct {
					Total int
					Links []struct{ Slug string }
				}
				s.want(http.StatusOK, s.do("GET", "/api/links?order=slug&q="+url.QueryEscape(text), ""), &page)
				got := []any{}
				for _, l := range page.Links {
					got = append(got, l.Slug)
				}
				if diff := cmp.Diff(want, got); diff != "" || page.Total != len(want) {
					t.Errorf("%s: %d links, %s", text, page.Total, diff)
				}
			}
		})
	}
}
