package links_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/service/links"
)

func TestSweep(t *testing.T) {
	s := newService(t)
	past := drey.Unix(time.Now().Add(-time.Second))
	expired := s.create(`{"url": "https://example.com"}`)
	if _, err := s.db.UpdateLink(t.Context(), db.UpdateLinkParams{ID: expired, ExpiresAt: &past}); err != nil {
		t.Fatal(err)
	}
	s.create(`{"url": "https://example.com", "expires_at": "2999-01-01T00:00:00Z"}`)
	s.create(`{"url": "https://example.com"}`)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sweeper := links.Sweeper{DB: s.db, Log: slog.New(slog.DiscardHandler)}
	sweeper.Run(ctx, time.Hour)
	if n, err := db.Links.Where(db.Links.IsActive.Eq(true)).Count(t.Context(), s.db); err != nil || n != 3 {
		t.Errorf("%d active links after a sweep that was cancelled, %v", n, err)
	}
	if err := sweeper.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	off, err := db.Links.Where(db.Links.IsActive.Eq(false)).One(t.Context(), s.db)
	if err != nil || off.ID != expired {
		t.Errorf("switched off: %+v, %v", off, err)
	}
}

// TestForgetClicks: clicks are kept as long as they shall be, and no sweep
// deletes more than it may. What a link counts stays.
func TestForgetClicks(t *testing.T) {
	const day = 24 * time.Hour
	s := newService(t)
	id := s.create(`{"url": "https://example.com", "slug": "abc"}`)
	const old, young = 1_300, 7
	for i := range old + young {
		at := time.Now().Add(-31*day + time.Duration(i)*time.Second)
		if i >= old {
			at = time.Now().Add(-29 * day)
		}
		if _, err := s.db.CreateClick(t.Context(), db.CreateClickParams{LinkID: id, ClickedAt: new(drey.Unix(at))}); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	for i, tt := range []struct {
		kept time.Duration
		most int64
		left int64
		said string
	}{
		{0, 0, old + young, ""},
		{365 * day, 0, old + young, ""},
		{30 * day, 100, old + young - 100, "clicks=100 "},
		{30 * day, 1_000, old + young - 1_100, "clicks=1000 "}, // two chunks
		{30 * day, 501, young, "clicks=200 "},
		{30 * day, 0, young, ""},
		{day, 0, 0, "clicks=7 "},
		{day, 0, 0, ""},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			log.Reset()
			sweeper := links.Sweeper{DB: s.db, Log: slog.New(slog.NewTextHandler(&log, nil)), ClicksKept: tt.kept, MostClicks: tt.most}
			if err := sweeper.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			n, err := s.db.CountClicks(t.Context())
			if err != nil || n != tt.left {
				t.Errorf("%d clicks are left instead of %d, %v", n, tt.left, err)
			}
			if said := log.String(); !strings.Contains(said, tt.said) || tt.said == "" && said != "" {
				t.Errorf("logged: %s", said)
			}
		})
	}
	link, err := s.db.GetLink(t.Context(), id)
	if err != nil || link.ClickCount != old+young {
		t.Errorf("the link counts %d clicks of %d, %v", link.ClickCount, old+young, err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	err = links.Sweeper{DB: s.db, ClicksKept: day}.Once(t.Context())
	if err == nil || !strings.Contains(err.Error(), "switch off links") || !strings.Contains(err.Error(), "find the oldest click") {
		t.Errorf("with no database: %v", err)
	}
}

func TestParseDays(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "1": 24 * time.Hour, "36500": 36_500 * 24 * time.Hour} {
		if got, err := links.ParseDays(text); err != nil || got != want {
			t.Errorf("%q are %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "-1", "36501", "1.5", "30d", " 30"} {
		if got, err := links.ParseDays(text); err == nil {
			t.Errorf("%q are %v", text, got)
		}
	}
}
