package torture

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Eight writers and eight readers, through both halves, transactions and
// batches: nobody is told that the database is busy, no update is lost, a
// reader never sees half a transaction, and the log stays within its bound.
func TestReadersAndWriters(t *testing.T) {
	const (
		each   = 8
		bound  = 4 << 20
		moment = 50 * time.Millisecond
	)
	c, path := open(t, db.Options{MaxWAL: bound})
	ctx := t.Context()
	// In every transaction the links of a pair gain one click each.
	for i, slug := range []string{"one", "other"} {
		if _, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: slug, URL: "https://example.com"}); err != nil {
			t.Fatal(i, err)
		}
	}
	one, other := db.Links.Slug.Eq("one"), db.Links.Slug.Eq("other")
	more := db.Links.Update(db.Links.ClickCount.Add(1))
	writes := []func() error{
		func() error {
			return c.Tx(ctx, func(tx *db.Tx) error {
				for _, which := range []drey.Predicate[db.LinksSource]{one, other} {
					l, err := db.Links.Where(which).One(ctx, tx)
					if err != nil {
						return err
					}
					if _, err := db.Links.Update(db.Links.ClickCount.Set(l.ClickCount+1)).Where(which).Exec(ctx, tx); err != nil {
						return err
					}
				}
				return nil
			})
		},
		func() error {
			var b db.Batch
			for _, which := range []drey.Predicate[db.LinksSource]{one, other} {
				b.Do(func(tx *db.Tx) error { _, err := more.Where(which).Exec(ctx, tx); return err })
			}
			return b.Run(ctx, c)
		},
		func() error { _, err := more.Where(db.Links.UserID.Eq(1)).Exec(ctx, c); return err },
	}
	deadline := time.Now().Add(scaled(2*time.Second, time.Minute))
	var group sync.WaitGroup
	var written, read atomic.Int64
	for i := range each {
		group.Go(func() {
			for n := i; time.Now().Before(deadline); n++ {
				if err := writes[n%len(writes)](); err != nil {
					t.Errorf("write: %v", err)
					return
				}
				written.Add(1)
			}
		})
		group.Go(func() {
			for time.Now().Before(deadline) {
				found, err := db.Links.OrderBy(db.Links.ID.Asc()).All(ctx, c)
				if err != nil || len(found) != 2 || found[0].ClickCount != found[1].ClickCount {
					t.Errorf("read: %+v, %v", found, err)
					return
				}
				if _, err := c.GetLinkBySlug(ctx, "one"); err != nil {
					t.Errorf("read: %v", err)
					return
				}
				read.Add(2)
			}
		})
	}
	over := make(chan struct{})
	go func() { group.Wait(); close(over) }()
	largest := int64(0)
	for running := true; running; {
		select {
		case <-over:
			running = false
		case <-time.After(moment):
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Error(err)
			continue
		}
		largest = max(largest, info.Size())
	}
	for _, slug := range []string{"one", "other"} {
		if l, err := c.GetLinkBySlug(ctx, slug); err != nil || l.ClickCount != written.Load() {
			t.Errorf("%s has %d clicks, %v, want %d", slug, l.ClickCount, err, written.Load())
		}
	}
	// A checkpoint gives up on a reader that takes long, and is tried again when
	// the log has grown by a quarter.
	if largest > 4*bound {
		t.Errorf("the log grew to %d kB, its bound is %d kB", largest>>10, bound>>10)
	}
	stats := c.Stats()
	t.Logf("%d writes, %d reads, log at most %d kB, %d checkpoints, %v waited for a turn on average",
		written.Load(), read.Load(), largest>>10, stats.Checkpoints, stats.Waited/time.Duration(max(stats.Waits, 1)))
}
