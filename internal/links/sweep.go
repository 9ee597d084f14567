package links

import (
	"context"
	"log/slog"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// Sweep switches off links whose time is over, at once and then every so often,
// until ctx is done. They cannot be followed in any case; this is for the lists.
func Sweep(ctx context.Context, c *db.Client, every time.Duration, log *slog.Logger) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if n, err := c.DeactivateExpired(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "expired links not switched off", "error", err)
		} else if n > 0 {
			log.InfoContext(ctx, "expired links switched off", "links", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
