package links

import (
	"context"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Kind is what a request does, as far as limits are concerned.
type Kind string

// The kinds of requests that are limited.
const (
	Registering Kind = "register"
	Calling     Kind = "call" // any other request to the API
	Following   Kind = "follow"
)

// A Limiter bounds how often clients may ask.
type Limiter interface {
	// Take counts a request of this kind. It returns how long the client has to
	// wait, 0 if the request may go on. The client is an address, of IPv6 its
	// network of 64 bits.
	Take(ctx context.Context, kind Kind, client string) (wait time.Duration)
}

// Rate allows so many requests at once, and after that so many per second.
type Rate struct {
	Burst     int
	PerSecond float64
}

// DefaultRates are those of a service without a Limiter of its own.
var DefaultRates = map[Kind]Rate{
	Registering: {Burst: 10, PerSecond: 1. / 60},
	Calling:     {Burst: 200, PerSecond: 20},
	Following:   {Burst: 500, PerSecond: 100},
}

// NewLimiter makes a Limiter that counts in this process: where there are
// several, each allows the rates for itself; cmd/links-edge has another. A kind
// without a rate is not limited.
func NewLimiter(rates map[Kind]Rate) Limiter {
	return &limiter{rates: rates, clients: map[client]*rate.Limiter{}}
}

// maxClients bounds the memory that a limiter takes, to a few megabytes.
const maxClients = 20_000

type client struct {
	kind    Kind
	address string
}

type limiter struct {
	rates map[Kind]Rate

	mu      sync.Mutex
	clients map[client]*rate.Limiter
}

func (l *limiter) Take(_ context.Context, kind Kind, address string) time.Duration {
	r, ok := l.rates[kind]
	if !ok {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	of := client{kind, address}
	bucket := l.clients[of]
	if bucket == nil {
		if len(l.clients) >= maxClients {
			l.forget()
		}
		bucket = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
		l.clients[of] = bucket
	}
	taken := bucket.Reserve()
	if !taken.OK() { // a burst of 0
		return time.Minute
	}
	wait := taken.Delay()
	if wait > 0 {
		taken.Cancel()
	}
	return wait
}

// forget drops the clients that might begin anew without a difference, and all
// of them if there are none: memory is bounded before anything else.
func (l *limiter) forget() {
	for of, bucket := range l.clients {
		if bucket.Tokens() >= float64(bucket.Burst()) {
			delete(l.clients, of)
		}
	}
	if len(l.clients) >= maxClients {
		clear(l.clients)
	}
}

// limited answers 429 to clients that ask too often.
func (s *server) limited(kind Kind, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait := s.limiter.Take(r.Context(), kind, s.client(r))
		if wait <= 0 {
			next.ServeHTTP(w, r)
			return
		}
		seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
		s.write(w, r, answer{
			status: http.StatusTooManyRequests,
			body:   &problem{Message: "too many requests: wait " + seconds + " s"},
			header: http.Header{"Retry-After": {seconds}},
		})
	})
}

// client is who asks, for limits: an address, of IPv6 the network that one
// customer has.
func (s *server) client(r *http.Request) string {
	text := s.address(r)
	a, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	if a = a.Unmap(); a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}
