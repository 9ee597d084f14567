package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/service/links"
)

// service is the link shortener, with a user of the test's.
type service struct {
	*testing.T
	url   string
	db    *db.Client // nil if it is not served here
	token string
	slug  string // what the user's slugs begin with
}

// newService is the service at a URL, whose database c is if it is served here.
func newService(t *testing.T, url string, c *db.Client) *service {
	t.Helper()
	s := &service{T: t, url: url, db: c, slug: fmt.Sprintf("t%d-", rand.Uint32())}
	var user struct{ Token string }
	s.call("POST", "/api/users", map[string]any{"email": s.slug + "@example.com"}, &user)
	s.token = user.Token
	return s
}

func serve(t *testing.T) (url string, c *db.Client) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "links.db")
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(links.Handler(c, links.Options{Log: slog.New(slog.DiscardHandler), CountryHeader: "CF-IPCountry"}))
	t.Cleanup(server.Close)
	return server.URL, c
}

// call asks the API, and fails if it refuses.
func (s *service) call(method, path string, body, to any) {
	s.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		s.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, bytes.NewReader(content))
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		s.Fatalf("%s %s: %s %s %v", method, path, answer.Status, text, err)
	}
	if to == nil {
		return
	}
	if err := json.Unmarshal(text, to); err != nil {
		s.Fatal(err)
	}
}

// create makes a link. Its slug is the name after the prefix that all slugs have.
func (s *service) create(name string, link map[string]any) (id int64) {
	s.Helper()
	link["slug"] = s.slug + name
	if link["url"] == nil {
		link["url"] = "https://example.com/" + name
	}
	var out struct{ ID int64 }
	s.call("POST", "/api/links", link, &out)
	return out.ID
}

// follow follows a link, as several visitors.
func (s *service) follow(name string, times int) {
	s.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range times {
		r, err := client.Get(s.url + "/" + s.slug + name)
		if err != nil {
			s.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusFound {
			s.Fatal(r.Status)
		}
	}
}

// history gives a link clicks of the last weeks.
func (s *service) history(id int64) {
	s.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	countries, referrers := []string{"DE", "DE", "FR", "US", "JP", "BR"}, []string{"", "news.example", "news.example", "blog.example", "chat.example"}
	devices := []db.ClickDevice{"desktop", "desktop", "mobile", "mobile", "mobile", "tablet"}
	for day := range 30 {
		for range r.IntN(9) + (30-day)/4 {
			country, referrer, device := countries[r.IntN(6)], referrers[r.IntN(5)], devices[r.IntN(6)]
			p := db.CreateClickParams{LinkID: id, ClickedAt: new(drey.Unix(time.Now().AddDate(0, 0, -day))), Country: &country, Device: &device}
			p.Visitor = fmt.Appendf(nil, "visitor %08d", r.IntN(500))
			if referrer != "" {
				p.Referrer = &referrer
			}
			if _, err := s.db.CreateClick(s.Context(), p); err != nil {
				s.Fatal(err)
			}
		}
	}
}
