package links_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/service/links"
)

// TestLatency records how long it took from the request to the click.
func TestLatency(t *testing.T) {
	s := newService(t)
	id := s.create(`{"url": "https://example.com", "slug": "abc"}`)
	for _, ago := range []time.Duration{1500 * time.Millisecond, -time.Hour} { // a clock may be wrong
		began := float64(time.Now().Add(-ago).UnixMilli())
		if _, err := s.db.FollowLink(t.Context(), db.FollowLinkParams{Slug: "abc", Began: began}); err != nil {
			t.Fatal(err)
		}
	}
	clicks, err := s.db.ListClicksByLinkID(t.Context(), id)
	if err != nil || len(clicks) != 2 {
		t.Fatalf("%v, %v", clicks, err)
	}
	if took := *clicks[0].LatencyMS; took < 1500 || took > 6500 {
		t.Errorf("%v ms", took)
	}
	if took := *clicks[1].LatencyMS; took != 0 {
		t.Errorf("%v ms for a request of the future", took)
	}
}

// TestFollowUncounted has visitors follow a link whose clicks cannot be stored.
func TestFollowUncounted(t *testing.T) {
	s := newService(t)
	s.create(`{"url": "https://example.com/a", "slug": "abc"}`)
	if _, err := s.db.ExecContext(t.Context(), "CREATE TRIGGER full BEFORE INSERT ON clicks BEGIN SELECT RAISE(ABORT, 'full'); END"); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s.handler = links.Handler(s.db, links.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	r := s.do("GET", "/abc", "")
	s.want(http.StatusFound, r, nil)
	if !strings.Contains(log.String(), "click not recorded") {
		t.Errorf("logged: %s", &log)
	}
	if to := r.Header.Get("Location"); to != "https://example.com/a" {
		t.Errorf("sent to %q", to)
	}
	s.want(http.StatusNotFound, s.do("GET", "/unknown", ""), nil)
}
