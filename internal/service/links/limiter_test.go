package links_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/service/links"
	"golang.org/x/time/rate"
)

// clock is a time that a test moves.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newClock() *clock { return &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

// TestLimiterModel holds the limiter to token buckets that forget nobody: as long
// as there is room for all clients, each gets what its bucket gives it.
func TestLimiterModel(t *testing.T) {
	rates := map[links.Kind]links.Rate{
		links.Registering: {Burst: 1, PerSecond: 1. / 64},
		links.Calling:     {Burst: 5, PerSecond: 2},
		links.Following:   {Burst: 40, PerSecond: 8},
		"hardly ever":     {Burst: 2},
		"never":           {Burst: 0, PerSecond: 4},
	}
	kinds := []links.Kind{links.Registering, links.Calling, links.Following, "hardly ever", "never", "not limited"}
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 0))
		at := newClock()
		l := links.At(links.NewLimiter(rates), at.now)
		model := map[string]*rate.Limiter{}
		for i := range 3000 {
			at.Time = at.Add(time.Duration(random.IntN(400)) * time.Millisecond)
			kind, address := kinds[random.IntN(len(kinds))], fmt.Sprint(random.IntN(9))
			wait := l.Take(t.Context(), kind, address)
			r, limited := rates[kind]
			if !limited {
				if wait != 0 {
					t.Fatalf("seed %d, request %d: wait %v without a limit", seed, i, wait)
				}
				continue
			}
			of := string(kind) + " " + address
			if r.Burst == 0 {
				if wait <= 0 {
					t.Fatalf("seed %d, request %d: a burst of 0 lets one pass", seed, i)
				}
				continue
			}
			if model[of] == nil {
				model[of] = rate.NewLimiter(rate.Limit(max(r.PerSecond, 1./(24*60*60))), r.Burst)
			}
			taken := model[of].ReserveN(at.Time, 1)
			want := taken.DelayFrom(at.Time)
			if want > 0 {
				taken.CancelAt(at.Time)
			}
			if diff := want - wait; diff.Abs() > time.Microsecond {
				t.Fatalf("seed %d, request %d, %s: wait %v instead of %v", seed, i, of, wait, want)
			}
		}
	}
}

// TestLimiterBounded has more clients come than are remembered. Memory is
// bounded, who is told to wait is not forgotten for others that come once, and
// nobody waits who would not if all were remembered.
func TestLimiterBounded(t *testing.T) {
	at := newClock()
	l := links.At(links.NewLimiter(map[links.Kind]links.Rate{links.Calling: {Burst: 3, PerSecond: 1e-3}}), at.now)
	for range 3 {
		if wait := l.Take(t.Context(), links.Calling, "greedy"); wait != 0 {
			t.Fatalf("wait %v", wait)
		}
	}
	for i := range 3 * links.MaxClients {
		at.Time = at.Add(time.Millisecond)
		if wait := l.Take(t.Context(), links.Calling, fmt.Sprint(i)); wait != 0 {
			t.Fatalf("client %d has to wait %v", i, wait)
		}
		if wait := l.Take(t.Context(), links.Calling, "greedy"); wait < 15*time.Minute {
			t.Fatalf("after %d others the client that used up its burst waits %v", i, wait)
		}
		if n := links.Clients(l); n > links.MaxClients {
			t.Fatalf("%d clients are remembered", n)
		}
	}
	// All have their bursts again, so none of them has to be remembered.
	at.Time = at.Add(24 * time.Hour)
	for range links.MaxClients {
		l.Take(t.Context(), links.Calling, "alone")
	}
	if n := links.Clients(l); n != 1 {
		t.Errorf("%d clients are remembered for nothing", n)
	}
}

// BenchmarkLimiter measures a request of a new client, and of one that is known,
// where nobody is remembered and where there is no room for one more.
func BenchmarkLimiter(b *testing.B) {
	addresses := make([]string, 1<<20)
	for i := range addresses {
		addresses[i] = fmt.Sprint(i)
	}
	for _, remembered := range []int{0, links.MaxClients} {
		for _, known := range []bool{false, true} {
			b.Run(fmt.Sprintf("remembered=%d/known=%t", remembered, known), func(b *testing.B) {
				at := newClock()
				// In a day nobody has the burst again; in an empty one at once.
				perSecond := 1e-3
				if remembered == 0 {
					perSecond = 1e9
				}
				l := links.At(links.NewLimiter(map[links.Kind]links.Rate{links.Calling: {Burst: 1 << 30, PerSecond: perSecond}}), at.now)
				for i := range remembered {
					l.Take(b.Context(), links.Calling, addresses[i])
				}
				i := remembered
				for b.Loop() {
					at.Time = at.Add(time.Nanosecond)
					if i++; known {
						l.Take(b.Context(), links.Calling, addresses[i%max(remembered, 1)])
					} else {
						l.Take(b.Context(), links.Calling, addresses[i%len(addresses)])
					}
				}
			})
		}
	}
}
