package main

import (
	"cmp"
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

// How much TestLoad measures.
const (
	starts    = 5   // of each server, for its first request
	rounds    = 10  // in which each server has its turn
	perRound  = 100 // requests of ten clients, and a fifth of that of one
	warmingUp = 600 // requests, not measured
)

// TestLoad measures the first request and three kinds of requests on the embedded engine, and
// in workerd with drey and with its peers in JavaScript. Two more workers are the bounds: D1
// without a library, and what a program of Go takes that does nothing but ask D1. The servers take turns, the other
// way round every second time: what slows the machine for a while slows all of them. It
// takes a few minutes: set EDGE_LOAD=1.
func TestLoad(t *testing.T) {
	if os.Getenv("EDGE_LOAD") == "" {
		t.Skip("EDGE_LOAD is not set")
	}
	schema := append(workerd.Schema(t), rowsOfLoad...)
	serve := func(folder string) func(t *testing.T) string {
		return func(t *testing.T) string { return workerd.Serve(t, folder, schema...) }
	}
	servers := []*server{
		{name: "D1, drey", serve: serve(workerd.Build(t, "./peers/drey"))},
		{name: "D1, Kysely", serve: serve(bundle(t, "kysely"))},
		{name: "D1, Drizzle", serve: serve(bundle(t, "drizzle"))},
		{name: "D1, by hand", serve: serve(bundle(t, "byhand"))},
		{name: "D1, Go that passes rows on", serve: serve(workerd.Build(t, "./peers/floor"))},
		{name: "embedded", serve: serveEmbedded},
	}
	inTurns(starts, servers, func(s *server) { t.Run(s.name, s.start) })
	var table strings.Builder
	for _, s := range servers {
		fmt.Fprintf(&table, "| first | %s | %.1f | | | | | |\n", s.name, ms(middle(s.firsts)))
	}
	for _, s := range servers {
		s.url = s.serve(t)
	}
	drey, kysely, drizzle := servers[0], servers[1], servers[2]
	for _, path := range []string{"/link-500", "/list", "/stats"} {
		for _, s := range servers {
			s.alone, s.together, s.rates = nil, nil, nil
			s.load(t, path, 10, warmingUp)
		}
		inTurns(rounds, servers, func(s *server) { s.turn(t, path) })
		for _, s := range servers {
			if s.name == "embedded" && s.answer != drey.answer {
				t.Errorf("on D1, drey answers %.200s, on the embedded engine %.200s", drey.answer, s.answer)
			}
			slices.Sort(s.together)
			fmt.Fprintf(&table, "| %s | %s | %.2f | %.2f | %.2f | %.0f | %.2f | %.2f |\n", path, s.name, ms(middle(s.alone)),
				ms(middle(s.together)), ms(s.together[len(s.together)*99/100]), middle(s.rates), s.of(kysely), s.of(drizzle))
		}
	}
	t.Logf("\n| request | server | p50 of 1 client, ms | p50 of 10, ms | p99 of 10, ms | requests/s | of Kysely | of Drizzle |\n"+
		"|---|---|--:|--:|--:|--:|--:|--:|\n%s", table.String())
}

func inTurns(rounds int, servers []*server, turn func(*server)) {
	for r := range rounds {
		for i := range servers {
			if r%2 == 1 {
				i = len(servers) - 1 - i
			}
			turn(servers[i])
		}
	}
}

func middle[N cmp.Ordered](of []N) N {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// server is one that is measured, and what is measured of it.
type server struct {
	name  string
	serve func(t *testing.T) string

	firsts []time.Duration // the first request of each start
	url    string

	alone, together []time.Duration // of one client, and of ten
	rates           []float64       // requests in a second, in each round
	answer          string
}

// of returns how many requests a server answers while another answers one.
func (s *server) of(other *server) float64 {
	ratios := make([]float64, len(s.rates))
	for i := range ratios {
		ratios[i] = s.rates[i] / other.rates[i]
	}
	return middle(ratios)
}

func (s *server) start(t *testing.T) {
	s.url = s.serve(t)
	s.firsts = append(s.firsts, s.load(t, "/link-500", 1, 1)...)
}

func (s *server) turn(t *testing.T, path string) {
	s.alone = append(s.alone, s.load(t, path, 1, perRound/5)...)
	begin := time.Now()
	s.together = append(s.together, s.load(t, path, 10, perRound)...)
	s.rates = append(s.rates, perRound/time.Since(begin).Seconds())
}

var loader = http.Client{
	Timeout:       20 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 10},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// load returns how long each request took.
func (s *server) load(t *testing.T, path string, clients, requests int) []time.Duration {
	t.Helper()
	var mu sync.Mutex
	var took []time.Duration
	failed := workerd.Load(clients, requests, func(int) error {
		begin := time.Now()
		res, err := loader.Get(s.url + path)
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
		took, s.answer = append(took, time.Since(begin)), string(body)
		return err
	})
	if len(failed) > 0 {
		t.Fatal(s.name, ": ", failed[0])
	}
	return took
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
