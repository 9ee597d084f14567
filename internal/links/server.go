// Package links is a link shortener with click analytics over internal/db.
//
//	GET  /{slug}                  follow a link
//	POST /api/users               register, and get a token
//	POST /api/links               create a link
//	GET  /api/links               list one's links: tag, q, host, active, sort, limit, offset
//	GET  /api/links/{slug}/stats  clicks by day, country and referrer: days
//	GET  /api/top                 one's most clicked links, and those on the rise: days
//
// Everything below /api but the registration wants "Authorization: Bearer" and
// a token. Bodies and answers are JSON; what is wrong is told as {"error": …},
// with the field where it is one.
//
// The hot path is the static half of internal/db, the lists are the dynamic
// one, and the analytics are queries in sql/stats.sql that are filtered, sorted
// and cut here.
package links

import (
	"log/slog"
	"net/http"

	"github.com/dreysql/drey/internal/db"
)

// Options are what may be set from outside. The zero value is good.
type Options struct {
	Log *slog.Logger // slog.Default() if nil

	// CountryHeader is the header in which a proxy tells the visitor's country
	// as two letters, "CF-IPCountry" for one. Without it no country is known.
	CountryHeader string
}

type server struct {
	db       *db.Client
	log      *slog.Logger
	country  string
	visitors visitors
}

// Handler serves the link shortener from a database.
func Handler(c *db.Client, o Options) http.Handler {
	s := &server{db: c, log: o.Log, country: o.CountryHeader}
	if s.log == nil {
		s.log = slog.Default()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{slug}", s.follow)
	mux.Handle("POST /api/users", s.handler(s.register))
	mux.Handle("POST /api/links", s.authorized(write, s.create))
	mux.Handle("GET /api/links", s.authorized(read, s.list))
	mux.Handle("GET /api/links/{slug}/stats", s.authorized(read, s.stats))
	mux.Handle("GET /api/top", s.authorized(read, s.top))
	mux.Handle("/api/", s.handler(func(r *http.Request) (int, any, error) {
		return 0, nil, &problem{Status: http.StatusNotFound, Message: "there is no " + r.Method + " " + r.URL.Path}
	}))
	return mux
}
