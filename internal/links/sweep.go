package links

import (
	"context"
	"log/slog"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// Sweep does what SweepOnce does, at once and then every so often, until ctx is
// done.
func Sweep(ctx context.Context, c *db.Client, every time.Duration, log *slog.Logger) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := SweepOnce(ctx, c, log); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "expired links not switched off", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// SweepOnce switches off links whose time is over. They cannot be followed in
// any case; this is for the lists.
func SweepOnce(ctx context.Context, c *db.Client, log *slog.Logger) error {
	n, err := c.DeactivateExpired(ctx)
	if err != nil {
		return err
	}
	if n > 0 {
		log.InfoContext(ctx, "expired links switched off", "links", n)
	}
	return nil
}
