package links

import "github.com/dreysql/drey/internal/db"

// Patterns are those of all routes.
func Patterns(c *db.Client) (patterns []string) {
	for _, r := range newServer(c, Options{}).routes() {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}

// Clients is how many clients the limiter remembers.
func Clients(l Limiter) int { return len(l.(*limiter).clients) }
