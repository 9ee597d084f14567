package links_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
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
		p.SetCreatedAt, p.CreatedAt = true, db.Unix(time.Unix(int64(i), 0))
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
		{"?tag=docs&sort=slug", 2, []string{"docs", "sql"}},
		{"?tag=nothing", 0, []string{}},
		{"?host=GO.dev", 2, []string{"blog", "docs"}},
		{"?active=true", 2, []string{"sql", "docs"}},
		{"?active=false", 1, []string{"blog"}},
		{"?q=go", 2, []string{"blog", "docs"}},
		{"?q=UNDERSTOOD", 1, []string{"sql"}},
		{"?q=100%25", 1, []string{"docs"}},
		{"?q=l_a", 1, []string{"sql"}},
		{"?q=%27", 0, []string{}},
		{"?q=go&tag=docs&active=1&host=go.dev", 1, []string{"docs"}},
		{"?sort=clicks&limit=1", 3, []string{"sql"}},
		{"?sort=oldest", 3, []string{"docs", "sql", "blog"}},
		{"?sort=expiring", 3, []string{"blog", "sql", "docs"}},
		{"?sort=slug&limit=2", 3, []string{"blog", "docs"}},
		{"?sort=slug&limit=2&offset=2", 3, []string{"sql"}},
	} {
		t.Run(tt.query, func(t *testing.T) {
			var out struct {
				Total int64
				Links []db.Link
			}
			s.want(http.StatusOK, s.do("GET", "/api/links"+tt.query, ""), &out)
			slugs := []string{}
			for _, l := range out.Links {
				slugs = append(slugs, l.Slug)
			}
			if diff := cmp.Diff(tt.slugs, slugs); diff != "" || out.Total != tt.total {
				t.Errorf("total %d\n%s", out.Total, diff)
			}
		})
	}
	for _, query := range []string{"limit=0", "limit=201", "limit=x", "offset=-1", "sort=id", "sort=slug%3B", "active=maybe"} {
		s.want(http.StatusUnprocessableEntity, s.do("GET", "/api/links?"+query, ""), &struct{}{})
	}
}
