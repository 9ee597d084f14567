// Package links is a link shortener with click analytics over internal/db.
//
//	GET    /{slug}                   follow a link
//	GET    /                         the dashboard, a page over the API
//	POST   /api/users                register, and get a token
//	GET    /api/tokens               list one's tokens
//	POST   /api/tokens               make a token
//	DELETE /api/tokens/{id}          revoke a token
//	GET    /api/links                list one's links: filters, order, pages
//	POST   /api/links                create a link
//	GET    /api/links/{slug}         one link
//	PATCH  /api/links/{slug}         change a link
//	DELETE /api/links/{slug}         delete a link, with its clicks
//	GET    /api/links/{slug}/stats   clicks by day, country, referrer and device
//	GET    /api/top                  one's most clicked links, and those on the rise
//	GET    /healthz, /readyz         is it alive, does the database answer
//	GET    /openapi.yaml             all of this, for programs
//
// Everything below /api except the registration wants "Authorization: Bearer"
// and a token, and shows what belongs to the token's user. Anything of somebody
// else's is 404. Cookies do not mean anything here, so no other site can make a
// browser act for its user. Bodies and answers are JSON. Errors are {"error":
// …}, with the field if one is at fault.
//
// The hot path is the static half of internal/db, the lists are the dynamic one. Of the
// analytics some are queries in sql/stats.sql that are filtered, sorted and cut here, and
// others groups of the clicks that the caller asks for. What takes several statements is a batch, not a transaction, because
// D1 does not have transactions.
package links

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/db"
)

// Options are what may be set from outside. The zero value is good for one
// process without a proxy before it.
type Options struct {
	Log *slog.Logger // slog.Default() if nil

	// CountryHeader is the header in which a proxy tells the visitor's country
	// as two letters, "CF-IPCountry" for one. Without it no country is known.
	CountryHeader string

	// AddressHeader is the header in which a proxy tells the client's address,
	// "CF-Connecting-IP" for one. Name it only if every request comes through
	// that proxy: limits and visitors go by it.
	AddressHeader string

	// Limiter bounds how often clients may ask: NewLimiter(DefaultRates) if nil.
	Limiter Limiter

	// VisitorSecret is what the ids of visitors are hashed with. Processes that
	// serve one database should have the same one, or a visitor of two of them
	// counts twice. Random if empty.
	VisitorSecret []byte

	// Deadline is how long a request may wait for the database, without end if it is 0.
	Deadline time.Duration

	// Ready tells whether the database takes reads and writes, where to read from it is
	// not enough to know: what the cluster says. nil if it is enough.
	Ready func(context.Context) error
}

type server struct {
	db            *db.Client
	log           *slog.Logger
	country       string
	addressHeader string
	limiter       Limiter
	visitors      visitors
	deadline      time.Duration
	database      func(context.Context) error // whether it is ready, may be nil
}

// route is an endpoint. One without a scope is for everybody.
type route struct {
	pattern string
	kind    Kind // not limited if empty
	scope   db.APITokenScope
	handler http.Handler
}

// routes are all that is served.
func (s *server) routes() []route {
	user := s.authorized
	return []route{
		{"GET /{slug}", Following, "", http.HandlerFunc(s.follow)},
		{"GET /{$}", "", "", asset("index.html")},
		{"GET /assets/{name}", "", "", http.HandlerFunc(assets)},
		{"GET /openapi.yaml", "", "", http.HandlerFunc(description)},
		{"GET /healthz", "", "", s.endpoint(s.healthy)},
		{"GET /readyz", "", "", s.endpoint(s.ready)},
		{"POST /api/users", Registering, "", s.endpoint(s.register)},
		{"GET /api/tokens", Calling, read, user(read, s.listTokens)},
		{"POST /api/tokens", Calling, write, user(write, s.createToken)},
		{"DELETE /api/tokens/{id}", Calling, write, user(write, s.revokeToken)},
		{"GET /api/links", Calling, read, user(read, s.list)},
		{"POST /api/links", Calling, write, user(write, s.create)},
		{"GET /api/links/{slug}", Calling, read, user(read, s.get)},
		{"PATCH /api/links/{slug}", Calling, write, user(write, s.change)},
		{"DELETE /api/links/{slug}", Calling, write, user(write, s.remove)},
		{"GET /api/links/{slug}/stats", Calling, read, user(read, s.stats)},
		{"GET /api/top", Calling, read, user(read, s.top)},
	}
}

// Handler serves the link shortener from a database.
func Handler(c *db.Client, o Options) http.Handler {
	s := newServer(c, o)
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		h := r.handler
		if r.kind != "" {
			h = s.limited(r.kind, h)
		}
		mux.Handle(r.pattern, h)
	}
	return s.logged(s.limitedInTime(s.misses(mux)))
}

// limitedInTime ends what a request waits for.
func (s *server) limitedInTime(next http.Handler) http.Handler {
	if s.deadline == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.deadline)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func newServer(c *db.Client, o Options) *server {
	s := &server{
		db: c, log: o.Log, country: o.CountryHeader, addressHeader: o.AddressHeader,
		limiter: o.Limiter, visitors: newVisitors(o.VisitorSecret), deadline: o.Deadline, database: o.Ready,
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.limiter == nil {
		s.limiter = NewLimiter(DefaultRates)
	}
	return s
}

// misses says in JSON what the mux says in text: that the API does not have such
// a path, or only with another method. A path that is not valid UTF-8 is not a
// route: D1 could not be asked for it. Nothing is cached or may load anything,
// unless a handler says otherwise.
func (s *server) misses(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Cache-Control", "no-store")
		h, pattern := mux.Handler(r)
		if !utf8.ValidString(r.URL.Path) {
			h = http.NotFoundHandler()
		} else if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			h.ServeHTTP(w, r)
			return
		}
		miss := miss{header: http.Header{}}
		h.ServeHTTP(&miss, r)
		p := &problem{Message: "there is no " + r.Method + " " + r.URL.Path}
		a := answer{status: miss.status, body: p}
		if allow := miss.header.Get("Allow"); allow != "" {
			p.Message += ", only " + allow
			a.header = http.Header{"Allow": {allow}}
		}
		s.write(w, r, a)
	})
}

// miss is an answer of which only status and header are wanted.
type miss struct {
	header http.Header
	status int
}

func (m *miss) Header() http.Header         { return m.header }
func (m *miss) WriteHeader(status int)      { m.status = status }
func (m *miss) Write(p []byte) (int, error) { return len(p), nil }

// logged logs what was asked and answered. It does not log headers, the query
// string or the address, where secrets and visitors are.
func (s *server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		to := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(to, r)
		s.log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", to.status, "duration", time.Since(begin))
	})
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// healthy answers as long as the process does.
func (s *server) healthy(*http.Request) (answer, error) {
	return answer{status: http.StatusOK, body: map[string]string{"status": "ok"}}, nil
}

// ready answers if the database does, with the schema that is wanted.
func (s *server) ready(r *http.Request) (answer, error) {
	_, err := db.Links.Limit(1).Exists(r.Context(), s.db)
	if err == nil && s.database != nil {
		err = s.database(r.Context())
	}
	if err != nil {
		s.report(r, err, "not ready")
		if gone(r, err) {
			return answer{}, err
		}
		return answer{
			status: http.StatusServiceUnavailable, header: http.Header{"Retry-After": {"1"}},
			body: &problem{Message: "the database does not answer"},
		}, nil
	}
	return answer{status: http.StatusOK, body: map[string]string{"status": "ready"}}, nil
}
