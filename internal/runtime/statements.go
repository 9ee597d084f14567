package drey

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// maxStatements bounds each cache of statements. A prepared statement of SQLite
// takes a few kilobytes on each connection that has run it.
const maxStatements = 512

// cache keeps values by key: the shape of a query, or the SQL text of one without a
// shape. A full cache gives up a value that was not used for a round of its clock.
// This is the CLOCK algorithm, an approximation of LRU in which finding a value
// moves nothing. Several may read it at once.
type cache[V any] struct {
	byKey map[string]*entry[V]
	ring  []*entry[V]
	hand  int
}

type entry[V any] struct {
	key    string
	value  V
	recent atomic.Bool
	_      [0]func() // not comparable, which spares functions
}

// cached returns the value that is kept under key.
func cached[V any, K string | []byte](c *cache[V], key K) (value V, ok bool) {
	e := c.byKey[string(key)]
	if e == nil {
		return value, false
	}
	if !e.recent.Load() {
		e.recent.Store(true)
	}
	return e.value, true
}

// keep keeps a value under a key that does not have one, and returns the value
// that made room for it.
func (c *cache[V]) keep(key string, value V) (old V, gone bool) {
	if c.byKey == nil {
		c.byKey = make(map[string]*entry[V])
	}
	e := &entry[V]{key: key, value: value}
	c.byKey[key] = e
	if len(c.ring) < maxStatements {
		c.ring = append(c.ring, e)
		return old, false
	}
	for c.ring[c.hand].recent.Swap(false) {
		c.hand = (c.hand + 1) % len(c.ring)
	}
	given := c.ring[c.hand]
	delete(c.byKey, given.key)
	c.ring[c.hand] = e
	c.hand = (c.hand + 1) % len(c.ring)
	return given.value, true
}

// clear gives up all values.
func (c *cache[V]) clear() (values []V) {
	for _, e := range c.ring {
		values = append(values, e.value)
	}
	c.byKey, c.ring, c.hand = nil, nil, 0
	return values
}

// statements are database/sql's prepared statements of a pool. They are safe for
// concurrent use. A statement is closed once it was given up and its last user has
// released it.
type statements struct {
	mu     sync.RWMutex
	cache  cache[*statement]
	closed bool

	hits, misses, evicted atomic.Int64
}

func newStatements() *statements { return &statements{} }

// StatementStats counts what the cache of prepared statements has done.
type StatementStats struct {
	Kept, Max    int   // statements that are kept, and at most
	Hits, Misses int64 // statements that were there when they were wanted, and were not
	Evicted      int64 // statements that were given up for others
}

func (s *statements) stats() StatementStats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return StatementStats{
		Kept: len(s.cache.ring), Max: maxStatements,
		Hits: s.hits.Load(), Misses: s.misses.Load(), Evicted: s.evicted.Load(),
	}
}

// statement is a prepared statement of the cache.
type statement struct {
	stmt  *sql.Stmt
	users atomic.Int64 // those who run it, and the cache
}

// acquire returns the statement of that key, or nil. The caller releases it.
func acquire[K string | []byte](s *statements, key K) *statement {
	s.mu.RLock()
	st, ok := cached(&s.cache, key)
	if ok {
		st.users.Add(1)
	}
	s.mu.RUnlock()
	if !ok {
		s.misses.Add(1)
		return nil
	}
	s.hits.Add(1)
	return st
}

// prepare prepares a statement and keeps it under key. The caller releases it.
func (s *statements) prepare(ctx context.Context, db *sql.DB, key, text string) (*statement, error) {
	stmt, err := db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	st := &statement{stmt: stmt}
	st.users.Store(2)

	s.mu.Lock()
	if s.closed { // its caller is its only user
		s.mu.Unlock()
		st.release()
		return st, nil
	}
	if other, ok := cached(&s.cache, key); ok { // somebody else was faster
		other.users.Add(1)
		s.mu.Unlock()
		return other, stmt.Close()
	}
	old, gone := s.cache.keep(key, st)
	s.mu.Unlock()
	if gone {
		s.evicted.Add(1)
		old.release()
	}
	return st, nil
}

// release ends one use of the statement.
func (st *statement) release() {
	if st.users.Add(-1) == 0 {
		_ = st.stmt.Close() // it is out of use; nobody could act on a failure
	}
}

// close gives up every statement.
func (s *statements) close() {
	s.mu.Lock()
	all := s.cache.clear()
	s.closed = true
	s.mu.Unlock()
	for _, st := range all {
		st.release()
	}
}

// rendered keeps the texts of queries whose statements are not kept prepared, by
// their shapes. It is safe for concurrent use.
type rendered struct {
	mu    sync.Mutex
	cache cache[string]
}

func newRendered() *rendered { return &rendered{} }

func textOf[K string | []byte](r *rendered, key K) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return cached(&r.cache, key)
}

func (r *rendered) keep(key, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := cached(&r.cache, key); !ok {
		r.cache.keep(key, text)
	}
}
