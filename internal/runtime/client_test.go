package drey_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

func TestTx(t *testing.T) {
	c, ctx := openFixture(t, 2), context.Background()
	count := func(conn drey.Conn) int64 {
		t.Helper()
		n, err := links.Count(ctx, conn)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	insert := func(tx *drey.Tx, slug string) {
		t.Helper()
		if _, err := tx.ExecContext(ctx, "INSERT INTO links (user_id, slug, created) VALUES (1, ?, 1)", slug); err != nil {
			t.Fatal(err)
		}
	}
	failure := errors.New("failure")
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		insert(tx, "gone")
		if n := count(tx); n != 3 {
			t.Errorf("within: %d", n)
		}
		return failure
	})
	if !errors.Is(err, failure) || count(c) != 2 {
		t.Errorf("rolled back: %v, %d rows", err, count(c))
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = c.Tx(ctx, func(tx *drey.Tx) error { insert(tx, "gone"); panic("oh") })
	}()
	if n := count(c); n != 2 {
		t.Errorf("after a panic: %d rows", n)
	}
	if err := c.Tx(ctx, func(tx *drey.Tx) error { insert(tx, "kept"); return nil }); err != nil || count(c) != 3 {
		t.Errorf("committed: %v, %d rows", err, count(c))
	}
}

// A transaction prepares on its own connection, so it needs no second one, and
// leaves to the client what it prepared.
func TestTxWithOneConnection(t *testing.T) {
	c, err := sqlite.Open(t.Context(), fixture.Migrated(t, fixture.Migrations), fixture.Migrations, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	defer c.Close()
	for range 3 {
		err := c.Tx(ctx, func(tx *drey.Tx) error {
			for range 3 {
				if _, err := links.Where(links.ID.Eq(1)).All(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if s := c.StatementStats(); s.Misses != 1 || s.Kept != 1 {
		t.Errorf("%d misses and %d statements, want 1 and 1", s.Misses, s.Kept)
	}
}

// bits are as many shapes as there are numbers: Gt for a bit that is set, Lt for one
// that is not.
func bits(n int) *drey.Query[inLinks, link] {
	q := links.Where()
	for i := range 10 {
		if n>>i&1 == 1 {
			q = q.Where(links.ID.Gt(int64(i)))
		} else {
			q = q.Where(links.ID.Lt(int64(i)))
		}
	}
	return q
}

func TestStatementsAreBounded(t *testing.T) {
	c, ctx := openFixture(t, 20), context.Background()
	const most = drey.MaxStatements
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 3 * most {
				n := i % (2 * most) // whatever connection it comes to
				if _, err := bits(n).All(ctx, c); err != nil {
					t.Error(err)
					return
				}
				var found int
				if err := static(c).QueryRowContext(ctx, fmt.Sprintf("SELECT %d", n)).Scan(&found); err != nil || found != n {
					t.Error(found, err)
					return
				}
			}
		})
	}
	group.Wait()
	if s, users := c.StaticStats(), c.Users(); s.Kept != most || len(users) != most || s.Evicted == 0 {
		t.Errorf("%d in the ring, %d by key, %d evicted", s.Kept, len(users), s.Evicted)
	}
	for _, n := range c.Users() {
		if n != 1 {
			t.Errorf("a statement at rest has %d users", n)
		}
	}
	connections := int64(c.Stats().Readers.OpenConnections)
	if kept, evicted := c.Direct(); kept < most || kept > most*connections || evicted == 0 {
		t.Errorf("%d statements on %d connections, %d evicted", kept, connections, evicted)
	}
	err := c.Close()
	if kept, _ := c.Direct(); err != nil || kept != 0 {
		t.Errorf("%d statements are open after Close, %v", kept, err)
	}
}
