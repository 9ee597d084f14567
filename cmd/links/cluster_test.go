//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/cli"
	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/proof/cluster"
	"github.com/dreysql/drey/internal/runtime/rqlite"
	"github.com/dreysql/drey/internal/service/links"
)

// clustered is the service on a cluster.
type clustered struct {
	*testing.T
	nodes *cluster.Cluster
	url   string
	token string
}

func serveCluster(t *testing.T, deadline time.Duration) *clustered {
	t.Helper()
	n := cluster.Start(t, 3)
	var out strings.Builder
	if code := cli.Main([]string{"migrate", "up", "--dir", "../..", "--db", n.Nodes[1].URL()}, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
	options := links.Options{Log: slog.New(slog.DiscardHandler), Limiter: links.NewLimiter(nil)}
	c, closeAll, err := open(t.Context(), strings.Join(n.URLs(), ","), false, &options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeAll)
	if deadline > 0 {
		options.Deadline = deadline
	}
	server := httptest.NewServer(links.Handler(c, options))
	t.Cleanup(server.Close)
	s := &clustered{T: t, nodes: n, url: server.URL}
	_, _, body := s.do("POST", "/api/users", `{"email": "ada@example.com"}`)
	var user struct{ Token string }
	if err := json.Unmarshal([]byte(body), &user); err != nil || user.Token == "" {
		t.Fatal(body, err)
	}
	s.token = user.Token
	return s
}

// do makes a request.
func (s *clustered) do(method, path, body string) (status int, header http.Header, answer string) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Error(err)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.token)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w, err := client.Do(r)
	if err != nil {
		s.Error(err)
		return
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		s.Error(err)
	}
	return w.StatusCode, w.Header, string(text)
}

func (s *clustered) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// TestFailover: while a leader dies requests wait for the next one. What is answered with
// 201 is stored, and what is answered with 503 and Retry-After is not.
func TestFailover(t *testing.T) {
	s := serveCluster(t, 0)
	var mu sync.Mutex
	created, again := []string{}, []string{}
	statuses := map[int]int{}
	stop := make(chan struct{})
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := 0; ; j++ {
				select {
				case <-stop:
					return
				default:
				}
				slug := fmt.Sprintf("slug-%d-%d", i, j)
				status, header, body := s.do("POST", "/api/links", fmt.Sprintf(`{"url": "https://example.com/", "slug": %q, "tags": ["a", "b"]}`, slug))
				mu.Lock()
				statuses[status]++
				switch {
				case status == http.StatusCreated:
					created = append(created, slug)
				case status == http.StatusServiceUnavailable && header.Get("Retry-After") != "":
					again = append(again, slug)
				case status != http.StatusServiceUnavailable:
					t.Errorf("%s: %d %s", slug, status, body)
				}
				mu.Unlock()
			}
		})
	}
	var slowest time.Duration
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		leader, err := s.nodes.Leader(t.Context())
		s.must(err)
		s.must(leader.Kill())
		began := time.Now()
		if status, _, body := s.do("GET", "/healthz", ""); status != http.StatusOK {
			t.Errorf("alive: %d %s", status, body)
		}
		if status, _, body := s.do("GET", "/api/links?limit=1", ""); status != http.StatusOK {
			t.Errorf("a list while the leader is gone: %d %s", status, body)
		}
		slowest = max(slowest, time.Since(began))
		s.must(leader.Start())
		s.must(s.nodes.Ready(t.Context()))
	}
	close(stop)
	group.Wait()
	c, err := db.OpenRqlite(t.Context(), s.nodes.URLs(), rqlite.Options{Level: rqlite.Linearizable})
	s.must(err)
	defer c.Close()
	for _, slug := range created {
		if n, err := db.Links.Where(db.Links.Slug.Eq(slug)).Count(t.Context(), c); err != nil || n != 1 {
			t.Errorf("%s was created, and is there %d times, %v", slug, n, err)
		}
	}
	for _, slug := range again {
		if n, err := db.Links.Where(db.Links.Slug.Eq(slug)).Count(t.Context(), c); err != nil || n != 0 {
			t.Errorf("%s may be tried again, and is there %d times, %v", slug, n, err)
		}
	}
	if len(created) == 0 {
		t.Error("nothing was created")
	}
	t.Logf("answers by status: %v; while a leader was gone a list took up to %v", statuses, slowest.Round(time.Millisecond))
}

// TestWithoutQuorum: the service says so, within its deadline, and goes on after that.
func TestWithoutQuorum(t *testing.T) {
	s := serveCluster(t, time.Second)
	for _, want := range []struct{ path, status string }{{"/readyz", "ready"}, {"/healthz", "ok"}} {
		if status, _, body := s.do("GET", want.path, ""); status != http.StatusOK || !strings.Contains(body, want.status) {
			t.Errorf("%s: %d %s", want.path, status, body)
		}
	}
	if status, _, body := s.do("POST", "/api/links", `{"url": "https://example.com/", "slug": "abc"}`); status != http.StatusCreated {
		t.Fatal(status, body)
	}
	leader, err := s.nodes.Leader(t.Context())
	s.must(err)
	followers, err := s.nodes.Followers(t.Context())
	s.must(err)
	s.must(leader.Kill())
	s.must(followers[0].Kill())
	time.Sleep(300 * time.Millisecond)
	for _, tt := range []struct {
		method, path, body string
		again              bool
	}{
		{"GET", "/readyz", "", true}, {"GET", "/abc", "", true}, {"GET", "/api/links", "", true}, {"GET", "/api/links/abc", "", true},
		{"POST", "/api/links", `{"url": "https://example.com/"}`, false}, {"DELETE", "/api/links/abc", "", false},
	} {
		began := time.Now()
		status, header, body := s.do(tt.method, tt.path, tt.body)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s %s took %v", tt.method, tt.path, took)
		}
		if status != http.StatusServiceUnavailable || tt.again && header.Get("Retry-After") == "" {
			t.Errorf("%s %s: %d %v %s", tt.method, tt.path, status, header, body)
		}
	}
	if status, _, _ := s.do("GET", "/healthz", ""); status != http.StatusOK {
		t.Error("the service is not alive:", status)
	}
	s.must(leader.Start())
	s.must(followers[0].Start())
	s.must(s.nodes.Ready(t.Context()))
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if status, _, body := s.do("GET", "/readyz", ""); status == http.StatusOK {
			break
		} else if time.Now().After(deadline) {
			t.Fatal(status, body)
		}
	}
	status, header, body := s.do("GET", "/abc", "")
	if status != http.StatusFound || header.Get("Location") != "https://example.com/" {
		t.Errorf("to follow a link: %d %s", status, body)
	}
	if status, _, body := s.do("GET", "/api/links/abc/stats", ""); status != http.StatusOK {
		t.Errorf("statistics: %d %s", status, body)
	}
}

// TestClusterFlags: a password is not shown, and -migrate is for a file.
func TestClusterFlags(t *testing.T) {
	if err := run(t.Context(), []string{"-db", "http://user:hidden@127.0.0.1:9", "-migrate"}); err == nil || !strings.Contains(err.Error(), "drey migrate up --db") {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for _, url := range []string{"http://user:hidden@127.0.0.1:9", "http://user:hidden@", "http://user:hidden@127.0.0.1:9/x"} {
		if err := run(ctx, []string{"-db", url}); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%v", err)
		}
	}
}
