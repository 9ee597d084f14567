package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/migrate/export"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/proof/workerd"
)

// maxGzipped is what the worker may take of the 3 MB that Cloudflare's free plan
// has for it.
const maxGzipped = 2_200_000

// seed is a user with two links and the token "secret".
var seed = []string{
	"INSERT INTO users (id, email) VALUES (1, 'ada@example.com')",
	"INSERT INTO links (id, user_id, slug, url) VALUES (1, 1, 'drey', 'https://example.com/nest'), (2, 1, 'goose', 'https://example.com/goose')",
	"INSERT INTO api_tokens (user_id, label, hash, scope) VALUES (1, 'test', x'2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b', 'write')",
}

func TestSize(t *testing.T) {
	program, err := os.Open(filepath.Join(workerd.Build(t, "."), "links.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	var gzipped counter
	w, err := gzip.NewWriterLevel(&gzipped, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, program); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, gzipped", gzipped)
	if gzipped > maxGzipped {
		t.Errorf("the worker is %d bytes gzipped, of at most %d", gzipped, maxGzipped)
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// TestConcurrentRequests has 10 clients follow links 2,000 times: each request
// reads and writes.
func TestConcurrentRequests(t *testing.T) {
	const clients, requests = 10, 2000
	url := workerd.Serve(t, workerd.Build(t, "."), append(workerd.Schema(t), seed...)...)
	client := http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: clients},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	begin := time.Now()
	failed := workerd.Load(clients, requests, func(i int) error {
		if i%2 == 0 {
			return follow(&client, url+"/drey", "https://example.com/nest")
		}
		return follow(&client, url+"/goose", "https://example.com/goose")
	})
	t.Logf("%d requests in %v", requests, time.Since(begin))
	if len(failed) > 0 {
		t.Fatalf("%d of %d requests failed, the first: %v", len(failed), requests, failed[0])
	}
	var page struct {
		Links []struct {
			Clicks int `json:"click_count"`
		} `json:"links"`
	}
	get(t, &client, url+"/api/links", &page)
	clicks := 0
	for _, link := range page.Links {
		clicks += link.Clicks
	}
	if clicks != requests {
		t.Errorf("%d clicks are counted, of %d", clicks, requests)
	}
}

// TestSchemaVersion has the worker refuse a database that is not for its code.
func TestSchemaVersion(t *testing.T) {
	worker, schema := workerd.Build(t, "."), workerd.Schema(t)
	for name, statements := range map[string][]string{
		"none":  nil,
		"older": append(slices.Clone(schema), "DELETE FROM d1_migrations WHERE id > 1"),
		"newer": append(slices.Clone(schema), "INSERT INTO d1_migrations (name) VALUES ('99999_later.sql')"),
	} {
		t.Run(name, func(t *testing.T) {
			res, err := http.Get(workerd.Serve(t, worker, statements...) + "/healthz")
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != http.StatusServiceUnavailable || string(body) != "the database is not ready\n" {
				t.Errorf("%s: %s %v", res.Status, body, err)
			}
		})
	}
}

// TestScheduled has the cron trigger switch off a link whose time is over and
// delete old clicks, and fail where that fails.
func TestScheduled(t *testing.T) {
	worker := workerd.Build(t, ".")
	statements := append(workerd.Schema(t), seed...)
	statements = append(statements, "UPDATE links SET expires_at = unixepoch() - 1 WHERE slug = 'goose'",
		`INSERT INTO clicks (link_id, clicked_at) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
		SELECT 1, unixepoch() - 86400 * (31 - 2 * (i >= 200)) FROM n`)
	trigger := func(url string) string {
		t.Helper()
		res, err := http.Get(url + "/cdn-cgi/handler/scheduled")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	type state struct {
		active          string
		clicks, counted int // of the first link
	}
	stateOf := func(url string) (s state) {
		t.Helper()
		var page struct {
			Links []struct {
				Slug     string
				IsActive bool `json:"is_active"`
				Clicks   int  `json:"click_count"`
			}
		}
		get(t, http.DefaultClient, url+"/api/links?order=slug", &page)
		for _, link := range page.Links {
			if link.IsActive {
				s.active += link.Slug + " "
			}
			s.counted += link.Clicks
		}
		var stats struct{ Clicks int }
		get(t, http.DefaultClient, url+"/api/links/drey/stats?days=366", &stats)
		s.clicks = stats.Clicks
		return s
	}
	vars := func(kept, swept string) map[string]string {
		return map[string]string{"CLICKS_KEPT": kept, "CLICKS_SWEPT": swept}
	}
	const off, all = "drey ", 300
	for _, tt := range []struct {
		name    string
		vars    map[string]string
		outcome string
		left    []int // clicks, after each time
	}{
		{"as shipped", vars("", "100"), "ok", []int{all}},
		{"30 days", vars("30", "150"), "ok", []int{150, 100, 100}},
		{"no days", vars("thirty", "100"), "exception", []int{all}},
		{"no number", vars("30", ""), "exception", []int{all}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := workerd.ServeBound(t, worker, workerd.Bindings{Statements: statements, Vars: tt.vars})
			if got, want := stateOf(url), (state{"drey goose ", all, all}); got != want {
				t.Fatalf("%+v instead of %+v", got, want)
			}
			for _, left := range tt.left {
				if outcome := trigger(url); outcome != tt.outcome {
					t.Error(outcome)
				}
				if got, want := stateOf(url), (state{off, left, all}); got != want {
					t.Errorf("%+v instead of %+v", got, want)
				}
			}
		})
	}
	if outcome := trigger(workerd.Serve(t, worker)); outcome != "exception" {
		t.Error("without a schema: ", outcome)
	}
}

// TestMigrations has wrangler apply the exported migrations to a local database,
// twice, and write down their names where CheckD1 looks for them.
func TestMigrations(t *testing.T) {
	wrangler := workerd.Tool(t, filepath.Join(".bin", "wrangler"))
	folder := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), wrangler, append(args, "--local", "--persist-to", folder)...)
		cmd.Env = append(os.Environ(), "CI=1", "WRANGLER_SEND_METRICS=false", "CLOUDFLARE_CF_FETCH_ENABLED=false",
			"XDG_CONFIG_HOME="+folder, "WRANGLER_LOG_PATH="+folder)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations: ", err)
	}
	apply := func() string { return run("d1", "migrations", "apply", "links") }
	first := apply()
	for _, file := range files {
		if !strings.Contains(first, filepath.Base(file)) {
			t.Errorf("%s is not applied:\n%s", file, first)
		}
	}
	names := run("d1", "execute", "links", "--json", "--command", "SELECT name FROM d1_migrations")
	for _, file := range files {
		if !strings.Contains(names, `"name": "`+filepath.Base(file)+`"`) {
			t.Errorf("%s is not written down:\n%s", file, names)
		}
	}
	if second := apply(); !strings.Contains(second, "No migrations to apply") {
		t.Errorf("the second time it says\n%s", second)
	}
}

// TestMigrationsAreFresh exports them again, as "make edge" does.
func TestMigrationsAreFresh(t *testing.T) {
	files, err := migration.Load("../..", []string{"migrations"})
	if err != nil {
		t.Fatal(err)
	}
	written, err := export.Export(t.Context(), files, t.TempDir(), 6)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range written {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("migrations", filepath.Base(name)))
		if err != nil || string(got) != string(want) {
			t.Errorf("run make edge and commit migrations: %s is stale (%v)", filepath.Base(name), err)
		}
	}
}

func follow(client *http.Client, url, to string) error {
	res, err := client.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusFound || res.Header.Get("Location") != to {
		return fmt.Errorf("%s to %q: %s", res.Status, res.Header.Get("Location"), body)
	}
	return nil
}

func get(t *testing.T, client *http.Client, url string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer secret")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatal(res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
