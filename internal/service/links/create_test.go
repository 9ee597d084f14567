package links_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/google/go-cmp/cmp"
)

func TestCreate(t *testing.T) {
	s := newService(t)
	var out struct {
		db.Link
		Tags []string
	}
	body := `{"url": "HTTPS://Example.com?x=1", "slug": "Go-1_26", "title": "T", "tags": ["b", " a ", "B"],
		"metadata": {"campaign": [1, null]}, "max_clicks": 3, "expires_at": "2999-01-02T03:04:05.6+01:00"}`
	s.want(http.StatusCreated, s.do("POST", "/api/links", body), &out)
	if out.CreatedAt.IsZero() || out.ID == 0 {
		t.Errorf("created at %v with id %d", out.CreatedAt, out.ID)
	}
	got := map[string]any{
		"url": out.URL, "slug": out.Slug, "host": out.Host, "title": *out.Title, "tags": out.Tags, "metadata": string(out.Metadata),
		"max_clicks": *out.MaxClicks, "expires_at": out.ExpiresAt.String(), "user": out.UserID, "active": out.IsActive, "clicks": out.ClickCount,
	}
	want := map[string]any{
		"url": "https://Example.com/?x=1", "slug": "Go-1_26", "host": "example.com", "title": "T", "tags": []string{"a", "b"}, "metadata": `{"campaign":[1,null]}`,
		"max_clicks": int64(3), "expires_at": "2999-01-02 02:04:05 +0000 UTC", "user": s.user, "active": true, "clicks": int64(0),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	// the least
	s.want(http.StatusCreated, s.do("POST", "/api/links", `{"url": "http://x", "metadata": null}`), &out)
	stored, err := s.db.GetLinkBySlug(t.Context(), out.Slug)
	if err != nil {
		t.Fatal(err)
	}
	if len(stored.Slug) != 8 || stored.URL != "http://x/" || stored.Title != nil || stored.Metadata != nil || stored.ExpiresAt != nil {
		t.Errorf("%+v", stored)
	}
}

func TestCreateRefuses(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com", "slug": "taken"}`)
	for _, tt := range []struct {
		name, body, field string
		status            int
	}{
		{"no URL", `{}`, "url", 422},
		{"a path", `{"url": "/x"}`, "url", 422},
		{"no host", `{"url": "https:///x"}`, "url", 422},
		{"a script", `{"url": "javascript:alert(1)"}`, "url", 422},
		{"another scheme", `{"url": "ftp://example.com"}`, "url", 422},
		{"a user name", `{"url": "https://me:secret@example.com"}`, "url", 422},
		{"an invalid URL", `{"url": "https://exa mple"}`, "url", 422},
		{"a long URL", `{"url": "https://example.com/` + strings.Repeat("a", 2048) + `"}`, "url", 422},
		{"a short slug", `{"url": "https://example.com", "slug": "ab"}`, "slug", 422},
		{"a long slug", `{"url": "https://example.com", "slug": "` + strings.Repeat("a", 65) + `"}`, "slug", 422},
		{"a slug with a slash", `{"url": "https://example.com", "slug": "a/b"}`, "slug", 422},
		{"a slug in other letters", `{"url": "https://example.com", "slug": "größe"}`, "slug", 422},
		{"a reserved slug", `{"url": "https://example.com", "slug": "api"}`, "slug", 422},
		{"a slug of someone", `{"url": "https://example.com", "slug": "taken"}`, "slug", 409},
		{"a long title", `{"url": "https://example.com", "title": "` + strings.Repeat("a", 201) + `"}`, "title", 422},
		{"no click", `{"url": "https://example.com", "max_clicks": 0}`, "max_clicks", 422},
		{"the past", `{"url": "https://example.com", "expires_at": "2001-01-01T00:00:00Z"}`, "expires_at", 422},
		{"an empty tag", `{"url": "https://example.com", "tags": [" "]}`, "tags", 422},
		{"a long tag", `{"url": "https://example.com", "tags": ["` + strings.Repeat("ä", 41) + `"]}`, "tags", 422},
		{"many tags", `{"url": "https://example.com", "tags": ["1","2","3","4","5","6","7","8","9","10","11"]}`, "tags", 422},
		{"a time that is none", `{"url": "https://example.com", "expires_at": "tomorrow"}`, "", 400},
		{"an id", `{"url": "https://example.com", "id": 7}`, "", 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out struct{ Error, Field string }
			s.want(tt.status, s.do("POST", "/api/links", tt.body), &out)
			if out.Error == "" || out.Field != tt.field {
				t.Errorf("%+v", out)
			}
		})
	}
	for what, count := range map[string]func() (int64, error){
		"links": func() (int64, error) { return s.db.CountLinks(t.Context()) },
		"tags":  func() (int64, error) { return s.db.CountTags(t.Context()) },
	} {
		want := map[string]int64{"links": 1, "tags": 0}
		if n, err := count(); err != nil || n != want[what] {
			t.Errorf("%d %s, %v", n, what, err)
		}
	}
}
