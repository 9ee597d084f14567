package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/proof/workerd"
)

// TestRoundTrips counts how often each request goes to D1, which is what a
// client waits for most: the database may be in another part of the world. One
// is for the token.
func TestRoundTrips(t *testing.T) {
	folder := workerd.Build(t, ".")
	if err := os.Rename(filepath.Join(folder, "worker.mjs"), filepath.Join(folder, "program.mjs")); err != nil {
		t.Fatal(err)
	}
	counting, err := os.ReadFile("testdata/trips.mjs")
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "worker.mjs"), counting, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	url := workerd.Serve(t, folder, append(workerd.Schema(t), seed...)...)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, tt := range []struct {
		request, body string
		status        int
		trips         string
	}{
		{"GET /api/tokens", "", 200, "4"}, // with those that look at the schema and note the token's use
		{"GET /drey", "", 302, "1"},
		{"HEAD /drey", "", 302, "1"},
		{"GET /nothing", "", 404, "1"},
		{"GET /healthz", "", 200, "0"},
		{"GET /api/tokens", "", 200, "2"},
		{"GET /api/links", "", 200, "2"}, // links, their tags and their number
		{"GET /api/links?slug=eq.none", "", 200, "2"},
		{"GET /api/links/drey", "", 200, "2"},
		{"GET /api/links/drey/stats", "", 200, "3"},
		{"GET /api/top", "", 200, "2"},
		{"POST /api/links", `{"url": "https://example.com", "slug": "new", "tags": ["a", "b"]}`, 201, "2"},
		{"PATCH /api/links/new", `{"title": "new", "tags": ["c"]}`, 200, "3"},
		{"DELETE /api/links/new", "", 204, "2"},
		{"POST /api/tokens", `{"label": "new"}`, 201, "3"},
		{"DELETE /api/tokens/2", "", 204, "2"},
		{"POST /api/users", `{"email": "bob@example.com"}`, 201, "1"},
	} {
		method, target, _ := strings.Cut(tt.request, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, url+target, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer secret")
		if tt.body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if trips := res.Header.Get("D1-Round-Trips"); res.StatusCode != tt.status || trips != tt.trips {
			t.Errorf("%s: %s after %s round trips, want %d after %s", tt.request, res.Status, trips, tt.status, tt.trips)
		}
	}
}
