//go:build !js

package rqlite_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/proof/cluster"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// A client sees its own writes, at every level but None, whichever node its URL names and
// whoever leads. It goes on when the leader is killed, or pauses; without a majority a
// linearizable read is an error, and one of None is not.
func TestLeaderMoves(t *testing.T) {
	nodes := cluster.Start(t, 3)
	followers, err := nodes.Followers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := dialURLs(t, []string{followers[0].URL()}, rqlite.Options{Keyed: true, Patience: 20 * time.Second})
	exec(t, c, "CREATE TABLE t (n INTEGER)")
	written := int64(0)
	rounds := func() {
		t.Helper()
		for range 20 {
			exec(t, c, "INSERT INTO t VALUES (?)", written)
			written++
			for _, level := range []rqlite.Level{rqlite.Weak, rqlite.Linearizable, rqlite.Strong} {
				r, err := c.Query(rqlite.WithLevel(t.Context(), level), rqlite.Statement{SQL: "SELECT count(*) FROM t"})
				if err != nil {
					t.Fatal(level, err)
				}
				if r.Rows[0][0] != written {
					t.Fatalf("%s: %v rows, %d are written", level, r.Rows[0][0], written)
				}
			}
		}
	}
	short := dialURLs(t, nodes.URLs(), rqlite.Options{Patience: 500 * time.Millisecond})
	rounds()
	known, err := c.Nodes(t.Context())
	if err != nil || len(known) != 3 {
		t.Fatalf("%v, %v", known, err)
	}
	leader, err := nodes.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := leader.Pause(); err != nil {
		t.Fatal(err)
	}
	rounds()
	t.Logf("%v with a leader that was paused", time.Since(start))
	if err := leader.Continue(); err != nil {
		t.Fatal(err)
	}
	rounds()
	if leader, err = nodes.Leader(t.Context()); err != nil {
		t.Fatal(err)
	}
	start = time.Now()
	if err := leader.Kill(); err != nil {
		t.Fatal(err)
	}
	rounds()
	t.Logf("%v with a leader that was killed", time.Since(start))
	if leader, err = nodes.Leader(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := leader.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := short.Query(rqlite.WithLevel(t.Context(), rqlite.Linearizable), rqlite.Statement{SQL: "SELECT count(*) FROM t"}); !errors.Is(err, rqlite.ErrNoLeader) {
		t.Errorf("without a majority: %v", err)
	}
	r, err := short.Query(rqlite.WithLevel(t.Context(), rqlite.None), rqlite.Statement{SQL: "SELECT count(*) FROM t"})
	if err != nil || r.Rows[0][0].(int64) < written-1 {
		t.Errorf("%v of %d rows at the level None, %v", r.Rows, written, err)
	}
	if _, err := short.Batch(t.Context(), []rqlite.Statement{{SQL: "INSERT INTO t VALUES (1)"}}); !errors.Is(err, rqlite.ErrNoLeader) {
		t.Errorf("a write without a majority: %v", err)
	}
}
