package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dreysql/drey/cmd/links-edge/peers/requests"
	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/proof/workerd"
)

// rowsOfLoad are 1,000 links and 5,000 clicks on the first of them.
var rowsOfLoad = []string{
	"INSERT INTO users (id, email) VALUES (1, 'ada@example.com')",
	`INSERT INTO links (id, user_id, slug, url, title, created_at)
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
	SELECT i, 1, 'link-' || i, 'https://example.com/' || i, 'Link ' || i, 1700000000 + i * 60 FROM n`,
	`INSERT INTO clicks (link_id, clicked_at, country)
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
	SELECT 1, 1700000000 + i * 600, 'DE' FROM n`,
}

// TestLoad measures three requests on the embedded engine, and in workerd with
// drey and with its peers in JavaScript. It takes a minute: set EDGE_LOAD=1.
func TestLoad(t *testing.T) {
	if os.Getenv("EDGE_LOAD") == "" {
		t.Skip("EDGE_LOAD is not set")
	}
	schema := append(workerd.Schema(t), rowsOfLoad...)
	servers := []struct {
		name  string
		serve func(t *testing.T) string
	}{
		{"embedded", func(t *testing.T) string { return serveEmbedded(t) }},
		{"D1, drey", func(t *testing.T) string {
			return workerd.Serve(t, workerd.Build(t, "./peers/drey"), schema...)
		}},
		{"D1, Kysely", func(t *testing.T) string { return workerd.Serve(t, bundle(t, "kysely"), schema...) }},
		{"D1, Drizzle", func(t *testing.T) string { return workerd.Serve(t, bundle(t, "drizzle"), schema...) }},
	}
	var table strings.Builder
	answers := map[string]string{}
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			url := s.serve(t)
			for _, path := range []string{"/link-500", "/list", "/stats"} {
				m := measure(t, url, path)
				fmt.Fprintf(&table, "| %s | %s | %.2f | %.2f | %.2f | %.0f |\n", s.name, path, ms(m.alone), ms(m.p50), ms(m.p99), m.rate)
				if want, ok := answers[path]; !ok {
					answers[path] = m.answer
				} else if s.name == "D1, drey" && m.answer != want {
					t.Errorf("%s answers %.200s, the embedded engine %.200s", path, m.answer, want)
				}
			}
		})
	}
	t.Logf("\n| | request | p50 of 1 client, ms | p50 of 10, ms | p99 of 10, ms | requests/s |\n|---|---|--:|--:|--:|--:|\n%s", table.String())
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

type measured struct {
	alone, p50, p99 time.Duration
	rate            float64 // requests in a second
	answer          string
}

func measure(t *testing.T, url, path string) (m measured) {
	t.Helper()
	client := http.Client{
		Timeout:       20 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	load := func(clients, requests int) []time.Duration {
		var mu sync.Mutex
		var took []time.Duration
		failed := workerd.Load(clients, requests, func(int) error {
			begin := time.Now()
			res, err := client.Get(url + path)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if res.StatusCode >= 400 {
				return fmt.Errorf("%s: %s", res.Status, body)
			}
			mu.Lock()
			defer mu.Unlock()
			took, m.answer = append(took, time.Since(begin)), string(body)
			return err
		})
		if len(failed) > 0 {
			t.Fatal(failed[0])
		}
		slices.Sort(took)
		return took
	}
	load(10, 300)
	alone := load(1, 500)
	begin := time.Now()
	all := load(10, 2000)
	m.rate = float64(len(all)) / time.Since(begin).Seconds()
	m.alone, m.p50, m.p99 = alone[len(alone)/2], all[len(all)/2], all[len(all)*99/100]
	return m
}

func serveEmbedded(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "links.db")
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	for _, statement := range rowsOfLoad {
		if _, err := c.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(requests.Handler(c))
	t.Cleanup(server.Close)
	return server.URL
}

// bundle makes a worker of one of the peers.
func bundle(t *testing.T, peer string) string {
	t.Helper()
	folder := t.TempDir()
	out, err := exec.CommandContext(t.Context(), workerd.Tool(t, filepath.Join(".bin", "esbuild")), filepath.Join("peers", peer+".mjs"),
		"--bundle", "--minify", "--format=esm", "--outfile="+filepath.Join(folder, "worker.mjs")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return folder
}
