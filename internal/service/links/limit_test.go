package links_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/service/links"
)

func TestLimits(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com", "slug": "abc"}`)
	s.handler = links.Handler(s.db, links.Options{
		Log:           slog.New(slog.DiscardHandler),
		AddressHeader: "X-Real-Ip",
		Limiter: links.NewLimiter(map[links.Kind]links.Rate{
			links.Registering: {Burst: 1, PerSecond: 0.01},
			links.Calling:     {Burst: 2, PerSecond: 0.1},
			links.Following:   {Burst: 3, PerSecond: 1},
		}),
	})
	for _, tt := range []struct {
		method, target string
		burst, most    int // requests at once, and seconds to wait then
	}{
		{"POST", "/api/users", 1, 100},
		{"GET", "/api/links", 2, 10},
		{"GET", "/abc", 3, 1},
	} {
		from := func(address string) *http.Response { return s.do(tt.method, tt.target, "", "X-Real-Ip", address) }
		for range tt.burst {
			if r := from("192.0.2.7"); r.StatusCode == http.StatusTooManyRequests {
				t.Errorf("%s: limited within the burst", tt.target)
			}
		}
		var out struct{ Error string }
		r := from("192.0.2.7")
		s.want(http.StatusTooManyRequests, r, &out)
		wait, err := strconv.Atoi(r.Header.Get("Retry-After"))
		if err != nil || wait < 1 || wait > tt.most || out.Error == "" {
			t.Errorf("%s: wait %d s, %v, %+v", tt.target, wait, err, out)
		}
		if r := from("192.0.2.8"); r.StatusCode == http.StatusTooManyRequests {
			t.Errorf("%s: another client is limited", tt.target)
		}
		for range tt.burst {
			from("2001:db8::1")
		}
		if r := from("2001:db8::2"); r.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%s: another address of the same network is another client", tt.target)
		}
	}
	s.want(http.StatusOK, s.do("GET", "/healthz", "", "X-Real-Ip", "192.0.2.7"), nil)
}

func TestHealth(t *testing.T) {
	c, err := db.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	s := &service{TB: t, db: c, handler: links.Handler(c, links.Options{Log: slog.New(slog.DiscardHandler)})}
	s.want(http.StatusOK, s.do("GET", "/healthz", ""), nil)
	s.want(http.StatusOK, s.do("GET", "/readyz", ""), nil)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	s.want(http.StatusOK, s.do("GET", "/healthz", ""), nil)
	s.want(http.StatusServiceUnavailable, s.do("GET", "/readyz", ""), &struct{}{})
}

// TestConcurrentClicks: no click is lost when 200 visitors follow one link of a
// file at once.
func TestConcurrentClicks(t *testing.T) {
	const visitors = 200
	path := filepath.Join(t.TempDir(), "links.db")
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := &service{TB: t, db: c, handler: links.Handler(c, links.Options{Log: slog.New(slog.DiscardHandler)})}
	s.token, s.user = s.register("ada@example.com")
	id := s.create(`{"url": "https://example.com", "slug": "abc"}`)
	server := httptest.NewServer(s.handler)
	defer server.Close()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var all sync.WaitGroup
	start := make(chan struct{})
	for range visitors {
		all.Go(func() {
			<-start
			r, err := client.Get(server.URL + "/abc")
			if err != nil {
				t.Error(err)
				return
			}
			r.Body.Close()
			if r.StatusCode != http.StatusFound {
				t.Errorf("status %d", r.StatusCode)
			}
		})
	}
	close(start)
	all.Wait()
	link, err := c.GetLink(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := c.CountClicks(t.Context())
	if err != nil || link.ClickCount != visitors || rows != visitors {
		t.Errorf("%d clicks counted, %d stored, of %d, %v", link.ClickCount, rows, visitors, err)
	}
}

// TestLog: the log says what was asked, and neither who asked nor by which
// secret.
func TestLog(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com/target", "slug": "abc"}`)
	var log bytes.Buffer
	s.handler = links.Handler(s.db, links.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	s.do("GET", "/abc?secret=x", "", "User-Agent", "Mozilla/5.0", "Referer", "https://from.example/", "Cookie", "a=cookie")
	s.do("GET", "/api/links?slug=eq.filtered", "")
	s.do("POST", "/api/users", `{"email": "eve@example.com"}`)
	s.do("POST", "/api/tokens", `{"label": "laptop"}`)
	text := log.String()
	for _, want := range []string{"method=GET path=/abc status=302 duration=", "method=GET path=/api/links status=200", "method=POST path=/api/users status=201"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in the log:\n%s", want, text)
		}
	}
	for _, secret := range []string{s.token, "Bearer", "192.0.2.1", "Mozilla", "secret", "filtered", "target", "from.example", "cookie", "eve@"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is in the log:\n%s", secret, text)
		}
	}
}
