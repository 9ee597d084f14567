package main

import (
	"context"
	"flag"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
)

func TestRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "links.db")
	if err := run(t.Context(), []string{"-db", path}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a database that is not there: %v", err)
	}
	if err := run(t.Context(), []string{"-port", "1"}); err == nil {
		t.Error("an unknown flag is taken")
	}
	for _, days := range []string{"0", "-1", "1.5", "ten", "36501"} {
		if err := run(t.Context(), []string{"-db", path, "-clicks-kept", days}); err == nil || !strings.Contains(err.Error(), "-clicks-kept: clicks are kept for 1 to 36500 days") {
			t.Errorf("to keep clicks for %s days: %v", days, err)
		}
	}
	if err := run(t.Context(), []string{"-h"}); err != flag.ErrHelp {
		t.Errorf("-h: %v", err)
	}
	if err := run(t.Context(), []string{"-db", path, "-migrate", "-addr", "nowhere:http:"}); err == nil {
		t.Error("an address that is none is taken")
	}
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop)
	if err := run(ctx, []string{"-db", path, "-addr", "127.0.0.1:0"}); err != nil {
		t.Errorf("stopped: %v", err)
	}
	c, err := db.Open(t.Context(), path) // migrated, and closed properly
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// TestGracefulStop: a request that is under way when the service is told to
// stop is answered.
func TestGracefulStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	address := make(chan string, 1)
	done := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stop()
		time.Sleep(50 * time.Millisecond)
		w.WriteHeader(http.StatusTeapot)
	})
	go func() { done <- serve(ctx, "127.0.0.1:0", handler, func(a string) { address <- a }) }()
	r, err := http.Get("http://" + <-address)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusTeapot {
		t.Errorf("status %d", r.StatusCode)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
