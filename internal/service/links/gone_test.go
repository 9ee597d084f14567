package links_test

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/service/links"
)

// requests are one for each route that reads or writes.
func requests(token string) []*http.Request {
	var all []*http.Request
	for _, tt := range []struct{ method, target, body string }{
		{"GET", "/abc", ""},
		{"HEAD", "/abc", ""},
		{"GET", "/", ""},
		{"GET", "/assets/app.js", ""},
		{"GET", "/openapi.yaml", ""},
		{"GET", "/healthz", ""},
		{"GET", "/readyz", ""},
		{"POST", "/api/users", `{"email": "eve@example.com"}`},
		{"GET", "/api/tokens", ""},
		{"POST", "/api/tokens", `{"label": "another"}`},
		{"DELETE", "/api/tokens/99", ""},
		{"GET", "/api/links?q=a", ""},
		{"POST", "/api/links", `{"url": "https://example.com/", "tags": ["a"]}`},
		{"GET", "/api/links/abc", ""},
		{"PATCH", "/api/links/abc", `{"title": "A", "tags": ["b"]}`},
		{"DELETE", "/api/links/none", ""},
		{"GET", "/api/links/abc/stats", ""},
		{"GET", "/api/top", ""},
	} {
		r := httptest.NewRequest(tt.method, tt.target, strings.NewReader(tt.body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		all = append(all, r)
	}
	return all
}

// TestClientsGoneBefore has the context of each request end before it is served,
// or while it is: no error of the service, whatever it was about to do.
func TestClientsGoneBefore(t *testing.T) {
	s := newService(t) // any warning fails the test
	s.create(`{"url": "https://example.com", "slug": "abc"}`)
	for _, r := range requests(s.token) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r.WithContext(ctx))
		if w.Code >= 500 {
			t.Errorf("%s %s: status %d: %s", r.Method, r.URL, w.Code, w.Body)
		}
	}
	for i := range 40 {
		for _, r := range requests(s.token) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Duration(rand.IntN(1+20*i))*time.Microsecond, cancel)
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r.WithContext(ctx))
			if cancel(); w.Code >= 500 {
				t.Errorf("%s %s: status %d: %s", r.Method, r.URL, w.Code, w.Body)
			}
		}
	}
}

// TestServerErrors: what is not the client's going away is an error of the
// service, also when the client is gone, and so is a deadline.
func TestServerErrors(t *testing.T) {
	s := newService(t)
	var log bytes.Buffer
	s.handler = links.Handler(s.db, links.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	for _, target := range []string{"/readyz", "/abc", "/api/links"} {
		ctx, cancel := context.WithTimeout(t.Context(), 0)
		r := httptest.NewRequest("GET", target, nil)
		r.Header.Set("Authorization", "Bearer "+s.token)
		w := httptest.NewRecorder()
		log.Reset()
		s.handler.ServeHTTP(w, r.WithContext(ctx))
		if cancel(); w.Code < 500 || !strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("%s after a deadline: status %d, logged %q", target, w.Code, &log)
		}
	}
}

// TestClientsGone has clients hang up, over sockets, on requests that wait for a
// lock, and on others at any time.
func TestClientsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "links.db")
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s := &service{TB: t, db: c, handler: links.Handler(c, links.Options{Log: log})}
	s.token, s.user = s.register("ada@example.com")
	s.create(`{"url": "https://example.com", "slug": "abc"}`)
	s.handler = links.Handler(c, links.Options{Log: log, Limiter: links.NewLimiter(nil)})
	server := httptest.NewServer(s.handler)
	defer server.Close() // waits for what is under way
	hangUp := func(r *http.Request, after time.Duration) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if err := r.Write(conn); err != nil {
			t.Error(err)
		}
		time.Sleep(after)
		if err := conn.(*net.TCPConn).SetLinger(0); err != nil { // Close resets
			t.Error(err)
		}
	}
	err = c.Tx(t.Context(), func(*db.Tx) error { // writers wait for it
		var clients sync.WaitGroup
		for _, r := range requests(s.token) {
			clients.Go(func() { hangUp(r, 30*time.Millisecond) })
		}
		clients.Wait()
		time.Sleep(50 * time.Millisecond) // the server notices
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		for _, r := range requests(s.token) {
			hangUp(r, time.Duration(rand.IntN(1+100*i))*time.Microsecond)
		}
	}
	// Who stays is served.
	r, err := http.Get(server.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
}
