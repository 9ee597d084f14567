package links_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/proof/workerd"
	drey "github.com/dreysql/drey/internal/runtime"
)

func TestFollow(t *testing.T) {
	s := newService(t)
	id := s.create(`{"url": "https://example.com/a?b#c", "slug": "abc"}`)
	const address, browser = "192.0.2.1", "Mozilla/5.0"
	r := s.do("GET", "/abc", "", "User-Agent", browser, "Referer", "https://News.example/item?id=1", "CF-IPCountry", "de")
	s.want(http.StatusFound, r, nil)
	if to, cache := r.Header.Get("Location"), r.Header.Get("Cache-Control"); to != "https://example.com/a?b#c" || cache != "no-store" {
		t.Errorf("sent to %q, cached %q", to, cache)
	}
	clicks, err := s.db.ListClicksByLinkID(t.Context(), id)
	if err != nil || len(clicks) != 1 {
		t.Fatalf("clicks %v, %v", clicks, err)
	}
	c := clicks[0]
	if *c.Country != "DE" || *c.Referrer != "news.example" || *c.IsBot || len(c.Visitor) != 16 || *c.LatencyMS < 0 || *c.LatencyMS > 10_000 || time.Since(c.ClickedAt.Time) > time.Minute {
		t.Errorf("click %+v", c)
	}
	if row := fmt.Sprintf("%+v %s", c, c.Visitor); strings.Contains(row, address) || strings.Contains(row, browser) {
		t.Errorf("the visitor is kept: %s", row)
	}

	// what is not told is NULL
	s.want(http.StatusFound, s.do("GET", "/abc", "", "CF-IPCountry", "T1", "Referer", "::"), nil)
	clicks, err = s.db.ListClicksByLinkID(t.Context(), id)
	if err != nil || len(clicks) != 2 {
		t.Fatalf("clicks %v, %v", clicks, err)
	}
	if c := clicks[1]; c.Country != nil || c.Referrer != nil || c.IsBot != nil {
		t.Errorf("click %+v", c)
	}
	if string(clicks[0].Visitor) == string(clicks[1].Visitor) {
		t.Error("two browsers are one visitor")
	}

	s.want(http.StatusFound, s.do("HEAD", "/abc", ""), nil)
	for _, bot := range []string{"Googlebot/2.1", "a BOT", "Baiduspider", "Wget/1.25"} {
		s.want(http.StatusFound, s.do("GET", "/abc", "", "User-Agent", bot), nil)
	}
	link, err := s.db.GetLink(t.Context(), id)
	if err != nil || link.ClickCount != 6 {
		t.Errorf("%d clicks are counted, %v", link.ClickCount, err)
	}
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148": "mobile",
		"Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/140.0 Mobile Safari/537.36":                "mobile",
		"Mozilla/5.0 (Linux; Android 16; SM-X900) Chrome/140.0 Safari/537.36":                       "tablet",
		"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148":                               "tablet",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0":                                    "desktop",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101":                                  "desktop",
		"Teapot/1.0":  "other",
		"Robotic/1.0": "other",
		"bot_9/1.0":   "other",
	} {
		s.want(http.StatusFound, s.do("GET", "/abc", "", "User-Agent", agent), nil)
		last, err := db.Clicks.OrderBy(db.Clicks.ID.Desc()).First(t.Context(), s.db)
		if err != nil || last.Device == nil || string(*last.Device) != want {
			t.Errorf("%s: %+v, %v", agent, last, err)
		}
	}
	bots, err := db.Clicks.Where(db.Clicks.IsBot.Eq(true)).Count(t.Context(), s.db)
	if err != nil || bots != 4 {
		t.Errorf("%d bots, %v", bots, err)
	}
}

func TestFollowNot(t *testing.T) {
	s := newService(t)
	once := s.create(`{"url": "https://example.com", "slug": "once", "max_clicks": 1}`)
	s.want(http.StatusFound, s.do("GET", "/once", ""), nil)
	past, off := drey.Unix(time.Now().Add(-time.Second)), false
	for _, p := range []db.UpdateLinkParams{
		{ID: s.create(`{"url": "https://example.com", "slug": "expired"}`), ExpiresAt: &past},
		{ID: s.create(`{"url": "https://example.com", "slug": "off"}`), IsActive: &off},
	} {
		if _, err := s.db.UpdateLink(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	for _, slug := range []string{"once", "expired", "off", "unknown", "a%2Fb", "'%20OR%201"} {
		s.want(http.StatusNotFound, s.do("GET", "/"+slug, ""), nil)
	}

	// a limit that is lifted
	if _, err := s.db.UpdateLink(t.Context(), db.UpdateLinkParams{ID: once, SetMaxClicks: true}); err != nil {
		t.Fatal(err)
	}
	s.want(http.StatusFound, s.do("GET", "/once", ""), nil)
}

// TestLastClicks has 50 visitors come at once to a link that 10 may follow.
func TestLastClicks(t *testing.T) {
	for engine, start := range map[string]func(testing.TB) *service{"embedded": newService, "worker": newWorker} {
		t.Run(engine, func(t *testing.T) {
			s := start(t)
			s.create(`{"url": "https://example.com", "slug": "few", "max_clicks": 10}`)
			var followed, missed atomic.Int64
			failed := workerd.Load(50, 50, func(int) error {
				w := httptest.NewRecorder()
				s.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/few", nil))
				switch w.Code {
				case http.StatusFound:
					followed.Add(1)
				case http.StatusNotFound:
					missed.Add(1)
				default:
					return fmt.Errorf("%d: %s", w.Code, w.Body)
				}
				return nil
			})
			if len(failed) > 0 || followed.Load() != 10 || missed.Load() != 40 {
				t.Errorf("%d followed it, %d did not, %v", followed.Load(), missed.Load(), failed)
			}
			var l db.Link
			s.want(http.StatusOK, s.do("GET", "/api/links/few", ""), &l)
			if l.ClickCount != 10 {
				t.Errorf("%d clicks", l.ClickCount)
			}
		})
	}
}
