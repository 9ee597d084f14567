package runtime

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// maxStatements bounds the statement cache of a client. A prepared statement
// of SQLite takes a few kilobytes on each connection that has run it.
const maxStatements = 512

// statements is a bounded cache of prepared statements by key: the shape of a
// query, or the SQL text of one that has no shape. It is safe for concurrent
// use.
//
// A full cache gives up a statement that has not been used for a round of its
// clock: the CLOCK algorithm, an approximation of LRU in which finding a
// statement moves nothing. A statement is closed when it was given up and its
// last user has let go of it.
type statements struct {
	max int

	mu     sync.RWMutex
	byKey  map[string]*statement
	ring   []*statement
	hand   int
	closed bool

	hits, misses, evicted atomic.Int64
}

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
		Kept: len(s.ring), Max: s.max,
		Hits: s.hits.Load(), Misses: s.misses.Load(), Evicted: s.evicted.Load(),
	}
}

// statement is a prepared statement of the cache.
type statement struct {
	stmt   *sql.Stmt
	key    string
	recent atomic.Bool
	users  atomic.Int64 // those who run it, and the cache
}

// acquire returns the statement of that key, nil if there is none. The caller
// releases it.
func acquire[K string | []byte](s *statements, key K) *statement {
	s.mu.RLock()
	st := s.byKey[string(key)]
	if st != nil {
		st.users.Add(1)
	}
	s.mu.RUnlock()
	if st == nil {
		s.misses.Add(1)
		return nil
	}
	s.hits.Add(1)
	if !st.recent.Load() {
		st.recent.Store(true)
	}
	return st
}

// prepare prepares a statement and keeps it under key. The caller releases it.
func (s *statements) prepare(ctx context.Context, db *sql.DB, key, text string) (*statement, error) {
	stmt, err := db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	st := &statement{stmt: stmt, key: key}
	st.users.Store(2)

	s.mu.Lock()
	if s.closed { // its caller is its only user
		s.mu.Unlock()
		st.release()
		return st, nil
	}
	if other := s.byKey[key]; other != nil { // somebody else was faster
		other.users.Add(1)
		s.mu.Unlock()
		return other, stmt.Close()
	}
	old := s.insert(st)
	s.mu.Unlock()
	if old != nil {
		s.evicted.Add(1)
		old.release()
	}
	return st, nil
}

// insert puts the statement into the ring and returns the one that made room.
func (s *statements) insert(st *statement) (old *statement) {
	if s.byKey == nil {
		s.byKey = make(map[string]*statement)
	}
	s.byKey[st.key] = st
	if len(s.ring) < s.max {
		s.ring = append(s.ring, st)
		return nil
	}
	for s.ring[s.hand].recent.Swap(false) {
		s.hand = (s.hand + 1) % len(s.ring)
	}
	old = s.ring[s.hand]
	delete(s.byKey, old.key)
	s.ring[s.hand] = st
	s.hand = (s.hand + 1) % len(s.ring)
	return old
}

// release lets go of the statement.
func (st *statement) release() {
	if st.users.Add(-1) == 0 {
		_ = st.stmt.Close() // it is out of use; nobody could act on a failure
	}
}

// close gives up every statement.
func (s *statements) close() {
	s.mu.Lock()
	ring := s.ring
	s.ring, s.byKey, s.closed = nil, nil, true
	s.mu.Unlock()
	for _, st := range ring {
		st.release()
	}
}
