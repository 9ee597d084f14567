package links

import (
	"container/heap"
	"context"
	"crypto/sha256"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
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

// Rate allows so many requests at once, and after that so many per second. Less
// than one a day counts as one a day.
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

// longestWait bounds what a client is told to wait.
const longestWait = 24 * time.Hour

// times returns the time in which one request more is allowed, and the time in
// which a client that has used up its burst has all of it again.
func (r Rate) times() (one, all time.Duration) {
	one = longestWait
	if r.PerSecond > 0 {
		one = time.Duration(min(float64(time.Second)/r.PerSecond, float64(longestWait)))
	}
	return one, time.Duration(min(float64(one)*float64(max(r.Burst, 0)), math.MaxInt64/2))
}

// NewLimiter makes a Limiter that counts in this process. If there are several
// processes, each allows the rates for itself; cmd/links-edge has another
// Limiter. A kind without a rate is not limited.
func NewLimiter(rates map[Kind]Rate) Limiter {
	return &limiter{rates: rates, clients: map[client]*bucket{}, now: time.Now}
}

// maxClients bounds the memory that a limiter takes, to a few megabytes.
const maxClients = 20_000

type client struct {
	kind    Kind
	address string
}

// bucket is what a client has left of its burst. It is a token bucket, known by
// the time at which it is full again: so much later than now as it lacks.
type bucket struct {
	of    client
	full  time.Time
	place int // in the heap
}

// limiter remembers the clients that lack something of their bursts, at most
// maxClients. A request costs it the logarithm of how many there are.
type limiter struct {
	rates map[Kind]Rate
	now   func() time.Time

	mu      sync.Mutex
	clients map[client]*bucket
	queue   queue // the same, the one that is full first in front
}

func (l *limiter) Take(_ context.Context, kind Kind, address string) time.Duration {
	r, ok := l.rates[kind]
	if !ok {
		return 0
	}
	one, all := r.times()
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.forget(now)
	of := client{kind, address}
	b := l.clients[of]
	full := now
	if b != nil && b.full.After(now) {
		full = b.full
	}
	full = full.Add(one)
	if wait := full.Sub(now) - all; wait > 0 {
		return wait
	}
	if b != nil {
		b.full = full
		heap.Fix(&l.queue, b.place)
		return 0
	}
	if len(l.queue) >= maxClients {
		l.drop()
	}
	b = &bucket{of: of, full: full}
	l.clients[of] = b
	heap.Push(&l.queue, b)
	return 0
}

// forget drops clients that have all of their burst again, as they had before
// they came. Two for each request are enough, since a request adds one at most.
func (l *limiter) forget(now time.Time) {
	for range 2 {
		if len(l.queue) > 0 && !l.queue[0].full.After(now) {
			l.drop()
		}
	}
}

// drop forgets the client that lacks the least, in time. If it lacks anything it
// gets that for nothing when it comes again: memory is bounded before anything
// else. Those that are told to wait are the last to be forgotten.
func (l *limiter) drop() { delete(l.clients, heap.Pop(&l.queue).(*bucket).of) }

// queue is a heap of buckets.
type queue []*bucket

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].full.Before(q[j].full) }

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

func (q *queue) Push(x any) {
	b := x.(*bucket)
	b.place = len(*q)
	*q = append(*q, b)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	b := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return b
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
// customer has. What a proxy writes instead of an address may be long, and its
// hash takes as much memory as an address does.
func (s *server) client(r *http.Request) string {
	text := s.address(r)
	a, err := netip.ParseAddr(text)
	if err != nil {
		if len(text) > sha256.Size {
			sum := sha256.Sum256([]byte(text))
			return string(sum[:])
		}
		return text
	}
	if a = a.Unmap(); a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}
