package links

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Sweeper does what has to be done from time to time. Only the database must be
// set; the zero values of the rest are good.
type Sweeper struct {
	DB  *db.Client
	Log *slog.Logger // slog.Default() if nil

	// ClicksKept is how long clicks are kept. 0 is for ever, since they are the
	// users'. How often a link was followed stays known without them.
	ClicksKept time.Duration

	// MostClicks bounds the clicks that one sweep deletes. 0 is 10,000.
	MostClicks int64
}

// sweepChunk is how many clicks one statement deletes, of a million in 5 to 80 ms.
// Other writers come between two of them.
const sweepChunk = 500

// Run does what Once does, at once and then every so often, until ctx is done.
func (s Sweeper) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := s.Once(ctx); err != nil && ctx.Err() == nil {
			s.log().ErrorContext(ctx, "not swept", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Once switches off links whose time is over, and deletes clicks that are not
// kept any longer. If one of them fails, the other is done all the same.
func (s Sweeper) Once(ctx context.Context) error {
	return errors.Join(s.switchOff(ctx), s.forget(ctx))
}

func (s Sweeper) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// switchOff is for the lists: links whose time is over cannot be followed in any
// case.
func (s Sweeper) switchOff(ctx context.Context) error {
	n, err := s.DB.DeactivateExpired(ctx)
	if err != nil {
		return fmt.Errorf("switch off links that have expired: %w", err)
	}
	if n > 0 {
		s.log().InfoContext(ctx, "expired links switched off", "links", n)
	}
	return nil
}

func (s Sweeper) forget(ctx context.Context) error {
	if s.ClicksKept == 0 {
		return nil
	}
	before := drey.Unix(time.Now().Add(-s.ClicksKept))
	// Mostly there is nothing to do, and one row to be read for it.
	oldest, err := db.Clicks.OrderBy(db.Clicks.ID.Asc()).Limit(1).All(ctx, s.DB)
	if err != nil {
		return fmt.Errorf("find the oldest click: %w", err)
	}
	if len(oldest) == 0 || !oldest[0].ClickedAt.Before(before.Time) {
		return nil
	}
	most := s.MostClicks
	if most == 0 {
		most = 10_000
	}
	deleted := int64(0)
	for deleted < most {
		chunk := min(sweepChunk, most-deleted)
		n, err := s.DB.ForgetClicks(ctx, db.ForgetClicksParams{Before: before, Most: chunk})
		if err != nil {
			return fmt.Errorf("delete old clicks, after %d: %w", deleted, err)
		}
		deleted += n
		if n < chunk {
			break
		}
	}
	s.log().InfoContext(ctx, "old clicks deleted", "clicks", deleted, "before", before.Time, "all", deleted < most)
	return nil
}

// maxKept is a century, in days.
const maxKept = 36_500

// ParseDays reads how long clicks are kept, in days. Nothing stands for ever.
func ParseDays(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > maxKept {
		return 0, fmt.Errorf("clicks are kept for 1 to %d days, or for ever if that is left empty, not for %q", maxKept, text)
	}
	return time.Duration(days) * 24 * time.Hour, nil
}
