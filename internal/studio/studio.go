package studio

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Options say what studio shows. The zero value has the defaults.
type Options struct {
	// Hide matches the names of the columns whose values are not shown. nil hides none.
	Hide *regexp.Regexp
	// Limit is how long a statement may take. The default is 5 seconds.
	Limit time.Duration
	// Project is what is known besides the database. It may be nil.
	Project *Project
}

// DefaultHide is the pattern that hides what is a secret by its name.
const DefaultHide = `(?i)passw|secret|token|api_?key|private_?key|credential`

// The default of Options.Limit.
const defaultLimit = 5 * time.Second

// Studio is the page over a database.
type Studio struct {
	db      *Database
	options Options
	guard   *guard

	mu      sync.Mutex
	catalog *catalog
	undo    undoLog
}

// New returns the page over a database, which answers at an address of loopback.
func New(db *Database, host string, o Options) *Studio {
	if o.Limit <= 0 {
		o.Limit = defaultLimit
	}
	s := &Studio{db: db, options: o}
	s.guard = newGuard(host, policy, s.routes())
	return s
}

// Address is the address to open. Whoever has it has access.
func (s *Studio) Address() string { return "http://" + s.guard.host + "/?token=" + s.guard.token }

// ServeHTTP answers a request.
func (s *Studio) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.guard.ServeHTTP(w, r) }

// Listen listens on loopback, at a port of the system's choice for 0.
func Listen(port int) (net.Listener, error) {
	return net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

// Serve answers until ctx ends, which is not an error.
func (s *Studio) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// request is a request to a page.
type request struct {
	*http.Request
	*Studio
	ctx     context.Context // ends with the limit
	catalog *catalog
	conn    drey.Conn // to read
	began   time.Time
	writer  http.ResponseWriter
}

// Page and its like are what a handler answers with.
type answer struct {
	page   string // the template
	title  string
	status int // 200 if 0
	data   any
	to     string // another page to go to
	raw    func(w http.ResponseWriter) error
}

type handler func(*request) (*answer, error)

func (s *Studio) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /assets/{name}", serveAsset)
	for pattern, h := range map[string]handler{
		"GET /{$}":               home,
		"GET /rows/{table}":      rows,
		"GET /add/{page}/{name}": addFilter,
		"GET /table/{table}":     tablePage,
		"GET /row/{table}":       rowPage,
		"GET /schema":            schemaPage,
		"GET /queries":           queriesPage,
		"GET /query/{query}":     queryPage,
		"GET /migrations":        migrationsPage,
		"GET /new/{table}":       newPage,
		"GET /edit/{table}":      editPage,
		"GET /delete/{table}":    deletePage,
		"POST /insert/{table}":   insertRow,
		"POST /update/{table}":   updateRow,
		"POST /remove/{table}":   removeRow,
		"POST /run/{query}":      runQuery,
		"POST /undo":             undoLast,
		"GET /cell/{table}":      cellValue,
	} {
		m.HandleFunc(pattern, s.page(h))
	}
	m.HandleFunc("/", s.page(func(*request) (*answer, error) {
		return nil, &problem{Status: http.StatusNotFound, Title: "There is no such page"}
	}))
	return m
}

// page makes an http handler of one that answers with a page.
func (s *Studio) page(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithTimeout(r.Context(), s.options.Limit)
		defer stop()
		q := &request{Request: r, Studio: s, ctx: ctx, began: time.Now(), writer: w}
		err := s.db.read(ctx, func(c drey.Conn) (err error) {
			q.conn = c
			if q.catalog, err = s.current(ctx, c); err != nil {
				return err
			}
			a, err := h(q)
			if err != nil {
				return err
			}
			return q.answer(a)
		})
		if err != nil {
			p := s.problemOf(ctx, err)
			q.answer(&answer{page: "problem", title: p.Title, status: p.Status, data: p})
		}
	}
}

// current is the catalog of the database as it is now.
func (s *Studio) current(ctx context.Context, c drey.Conn) (*catalog, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var version int64
	if err := c.QueryRowContext(ctx, schemaVersion).Scan(&version); err != nil {
		return nil, err
	}
	if s.catalog != nil && s.catalog.version == version {
		return s.catalog, nil
	}
	read, err := readCatalog(ctx, s.db.reads, s.options.Hide)
	if err != nil {
		return nil, err
	}
	s.catalog = read
	return read, nil
}

// Close closes the database.
func (s *Studio) Close() error { return s.db.Close() }
