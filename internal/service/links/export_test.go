package links

import (
	"time"

	"github.com/dreysql/drey/internal/db"
)

// Patterns are those of all routes.
func Patterns(c *db.Client) (patterns []string) {
	for _, r := range newServer(c, Options{}).routes() {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}

// Clients is how many clients the limiter remembers.
func Clients(l Limiter) int { return len(l.(*limiter).clients) }

// At makes a limiter take its time from now.
func At(l Limiter, now func() time.Time) Limiter {
	l.(*limiter).now = now
	return l
}

// MaxClients bounds the clients that a limiter remembers.
const MaxClients = maxClients
