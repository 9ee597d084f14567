package links_test

import (
	"net/http"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/google/go-cmp/cmp"
)

// TestChange: what is absent from a PATCH stays, null takes away, a value sets.
func TestChange(t *testing.T) {
	s := newService(t)
	const full = `{"url": "https://example.com/a", "slug": "abc", "title": "A", "tags": ["a", "b"],
		"metadata": {"n": 1}, "max_clicks": 3, "expires_at": "2999-01-01T00:00:00Z"}`
	type shown struct {
		URL, Slug, Title, Metadata, Expires string
		Tags                                []string
		Max                                 int64
		Active                              bool
	}
	read := func(l db.Link, tags []string) shown {
		out := shown{URL: l.URL, Slug: l.Slug, Metadata: string(l.Metadata), Tags: tags, Active: l.IsActive}
		if l.Title != nil {
			out.Title = *l.Title
		}
		if l.MaxClicks != nil {
			out.Max = *l.MaxClicks
		}
		if l.ExpiresAt != nil {
			out.Expires = l.ExpiresAt.String()
		}
		return out
	}
	same := shown{"https://example.com/a", "abc", "A", `{"n":1}`, "2999-01-01 00:00:00 +0000 UTC", []string{"a", "b"}, 3, true}
	with := func(f func(*shown)) shown { s := same; f(&s); return s }
	for _, tt := range []struct {
		patch string
		want  shown
	}{
		{`{}`, same},
		{`{"title": null}`, with(func(s *shown) { s.Title = "" })},
		{`{"title": "B"}`, with(func(s *shown) { s.Title = "B" })},
		{`{"metadata": null, "max_clicks": null, "expires_at": null}`, with(func(s *shown) { s.Metadata, s.Max, s.Expires = "null", 0, "" })},
		{`{"metadata": [2], "max_clicks": 4, "expires_at": "2998-01-01T00:00:00Z"}`, with(func(s *shown) { s.Metadata, s.Max, s.Expires = "[2]", 4, "2998-01-01 00:00:00 +0000 UTC" })},
		{`{"is_active": false}`, with(func(s *shown) { s.Active = false })},
		{`{"url": "http://example.org"}`, with(func(s *shown) { s.URL = "http://example.org/" })},
		{`{"slug": "new", "tags": ["c"]}`, with(func(s *shown) { s.Slug, s.Tags = "new", []string{"c"} })},
		{`{"slug": "abc"}`, same},
		{`{"tags": []}`, with(func(s *shown) { s.Tags = []string{} })},
	} {
		t.Run(tt.patch, func(t *testing.T) {
			s.create(full)
			var out struct {
				db.Link
				Tags []string
			}
			s.want(http.StatusOK, s.do("PATCH", "/api/links/abc", tt.patch), &out)
			if diff := cmp.Diff(tt.want, read(out.Link, out.Tags)); diff != "" {
				t.Error(diff)
			}
			s.want(http.StatusOK, s.do("GET", "/api/links/"+tt.want.Slug, ""), &out)
			if diff := cmp.Diff(tt.want, read(out.Link, out.Tags)); diff != "" {
				t.Errorf("read again: %s", diff)
			}
			s.want(http.StatusNoContent, s.do("DELETE", "/api/links/"+tt.want.Slug, ""), nil)
			s.want(http.StatusNotFound, s.do("GET", "/api/links/"+tt.want.Slug, ""), nil)
		})
	}
}

// TestChangeRefuses: a PATCH that is refused changes nothing.
func TestChangeRefuses(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com", "slug": "taken"}`)
	s.create(`{"url": "https://example.com", "slug": "abc", "tags": ["a"]}`)
	for _, tt := range []struct {
		patch, field string
		status       int
	}{
		{`{"url": null}`, "url", 422},
		{`{"slug": null}`, "slug", 422},
		{`{"tags": null}`, "tags", 422},
		{`{"is_active": null}`, "is_active", 422},
		{`{"url": "javascript:alert(1)"}`, "url", 422},
		{`{"slug": "API"}`, "slug", 422},
		{`{"title": "T", "max_clicks": 0}`, "max_clicks", 422},
		{`{"title": "T", "max_clicks": 9007199254740993}`, "max_clicks", 422},
		{`{"title": "T", "expires_at": "2001-01-01T00:00:00Z"}`, "expires_at", 422},
		{`{"title": "T", "tags": [""]}`, "tags", 422},
		{`{"title": "T", "tags": ["b"], "slug": "taken"}`, "slug", 409},
		{`{"title": "T", "user_id": 2}`, "", 400},
		{`{"title": "T", "click_count": 0}`, "", 400},
		{`{"title": 1}`, "", 400},
		{`[]`, "", 400},
		{`null`, "", 400},
	} {
		t.Run(tt.patch, func(t *testing.T) {
			var out struct{ Error, Field string }
			s.want(tt.status, s.do("PATCH", "/api/links/abc", tt.patch), &out)
			if out.Error == "" || out.Field != tt.field {
				t.Errorf("%+v", out)
			}
		})
	}
	l := s.list("?slug=eq.abc", nil).Links[0]
	if l.Title != nil || l.URL != "https://example.com/" || len(l.Tags) != 1 || l.Tags[0] != "a" {
		t.Errorf("%+v", l)
	}
}

func TestDelete(t *testing.T) {
	s := newService(t)
	id := s.create(`{"url": "https://example.com", "slug": "abc", "tags": ["a"]}`)
	s.click(id, 1, "", "", "")
	s.want(http.StatusNoContent, s.do("DELETE", "/api/links/abc", ""), nil)
	s.want(http.StatusNotFound, s.do("DELETE", "/api/links/abc", ""), nil)
	s.want(http.StatusNotFound, s.do("GET", "/abc", ""), nil)
	if n, err := s.db.CountClicks(t.Context()); err != nil || n != 0 {
		t.Errorf("%d clicks are left, %v", n, err)
	}
}
