package drey_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
)

// queue is the cache once more: a list of which the first is given up, unless it was
// used since it was last looked at, which puts it at the end.
type queue struct{ list []*queued }

type queued struct {
	key   string
	value int
	used  bool
}

func (q *queue) cached(key string) (int, bool) {
	for _, e := range q.list {
		if e.key == key {
			e.used = true
			return e.value, true
		}
	}
	return 0, false
}

func (q *queue) keep(key string, value int) (old int, gone bool) {
	if gone = len(q.list) == drey.MaxStatements; gone {
		for q.list[0].used {
			q.list[0].used = false
			q.list = append(q.list[1:], q.list[0])
		}
		old, q.list = q.list[0].value, q.list[1:]
	}
	q.list = append(q.list, &queued{key: key, value: value})
	return old, gone
}

// A cache never has more than its bound, and gives up only what was not used for a
// round.
func TestCache(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 1))
		// From keys that are used about alike to a few that nearly all ask for.
		keys := rand.NewZipf(r, 1.01+float64(seed)/2, 100, 4*drey.MaxStatements)
		if seed == 3 {
			keys = rand.NewZipf(r, 1.01, 10_000, drey.MaxStatements) // nearly all fit
		}
		var c drey.Cache
		var q queue
		evicted := 0
		for n := range 20_000 {
			key := fmt.Sprint("k", keys.Uint64())
			want, known := q.cached(key)
			got, ok := c.Cached(key)
			if n%2 == 0 {
				got, ok = c.CachedBytes([]byte(key))
			}
			if got != want || ok != known {
				t.Fatalf("seed %d, step %d: %s is %d, %v, want %d, %v", seed, n, key, got, ok, want, known)
			}
			if !known {
				old, gone := c.Keep(key, n)
				if wantOld, wantGone := q.keep(key, n); old != wantOld || gone != wantGone {
					t.Fatalf("seed %d, step %d: %d is given up, %v, want %d, %v", seed, n, old, gone, wantOld, wantGone)
				}
				if gone {
					evicted++
				}
			}
			if ring, keys := c.Len(); ring != len(q.list) || keys != ring || ring > drey.MaxStatements {
				t.Fatalf("seed %d, step %d: %d in the ring, %d by key, want %d", seed, n, ring, keys, len(q.list))
			}
		}
		if evicted == 0 {
			t.Errorf("seed %d: nothing was given up", seed)
		}
		all := c.Clear()
		var want []int
		for _, e := range q.list {
			want = append(want, e.value)
		}
		slices.Sort(all)
		slices.Sort(want)
		if !slices.Equal(all, want) {
			t.Errorf("seed %d: Clear gives %d values, want %d", seed, len(all), len(want))
		}
		if _, ok := c.Cached("k1"); ok {
			t.Errorf("seed %d: a cleared cache has a value", seed)
		}
		if _, gone := c.Keep("k1", 7); gone {
			t.Errorf("seed %d: a cleared cache is full", seed)
		}
		if v, ok := c.Cached("k1"); v != 7 || !ok {
			t.Errorf("seed %d: a cleared cache does not keep", seed)
		}
	}
}
