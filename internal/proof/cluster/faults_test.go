//go:build unix

package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/cli"
	"github.com/dreysql/drey/internal/db"
	runtime "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// outcome is what a writer knows of a write.
type outcome int

const (
	stored  outcome = iota // it was acknowledged
	refused                // it is certainly not applied
	unknown
)

// record is a write. Its name is in every row of it.
type record struct {
	name string
	rows int // how many it writes
	outcome
}

// writers write until they are stopped, and know what was answered.
type writers struct {
	t    *testing.T
	stop chan struct{}
	wait sync.WaitGroup

	impatient *rqlite.Cluster // a client that gives up soon

	mu      sync.Mutex
	records []record
	acked   []time.Time
	errors  map[string]int
}

// write is one write of rows with a name.
type writeFunc func(ctx context.Context, c *db.Client, name string) (rows int, err error)

func click(name string) db.CreateClickParams {
	return db.CreateClickParams{LinkID: 1, Referrer: &name}
}

// kinds are the ways to write: of both halves, single and as batches. No key keeps a row
// from being there twice, so that rows count.
var kinds = []writeFunc{
	func(ctx context.Context, c *db.Client, name string) (int, error) {
		_, err := c.CreateClick(ctx, click(name))
		return 1, err
	},
	func(ctx context.Context, c *db.Client, name string) (int, error) {
		var b db.Batch
		for range 2 {
			b.Do(func(tx *db.Tx) error { _, err := tx.CreateClick(ctx, click(name)); return err })
		}
		return 2, b.Run(ctx, c)
	},
	func(ctx context.Context, c *db.Client, name string) (int, error) {
		rows := make([]db.Click, 5)
		for i := range rows {
			rows[i] = db.Click{LinkID: 1, Referrer: &name}
		}
		_, err := db.Clicks.Insert(db.Clicks.LinkID, db.Clicks.Referrer).Exec(ctx, c, rows...)
		return len(rows), err
	},
	func(ctx context.Context, c *db.Client, name string) (int, error) {
		_, err := db.Clicks.Insert(db.Clicks.LinkID, db.Clicks.Referrer).Returning(ctx, c, db.Click{LinkID: 1, Referrer: &name})
		return 1, err
	},
}

// startWriters starts six writers, each on a client of its own.
func startWriters(t *testing.T, n *Cluster, o rqlite.Options) *writers {
	t.Helper()
	w := &writers{t: t, stop: make(chan struct{}), errors: map[string]int{}}
	var err error
	w.impatient, err = rqlite.Dial(t.Context(), n.URLs(), rqlite.Options{Patience: 500 * time.Millisecond, Timeout: time.Second})
	must(t, err)
	t.Cleanup(func() { _ = w.impatient.Close() })
	for i := range 6 {
		c, err := db.OpenRqlite(t.Context(), n.URLs(), o)
		if err != nil {
			t.Fatal(err)
		}
		w.wait.Go(func() {
			defer c.Close()
			for j := 0; ; j++ {
				select {
				case <-w.stop:
					return
				default:
				}
				name := fmt.Sprintf("%s-%d-%d", t.Name(), i, j)
				rows, err := kinds[j%len(kinds)](context.WithoutCancel(t.Context()), c, name)
				w.done(record{name: name, rows: rows}, err)
			}
		})
	}
	return w
}

func (w *writers) done(r record, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil, errors.Is(err, runtime.ErrStored): // its rows are lost, not the write
		w.acked = append(w.acked, time.Now())
	case errors.Is(err, rqlite.ErrUnknownOutcome):
		r.outcome = unknown
	case errors.Is(err, rqlite.ErrNoLeader):
		r.outcome = refused
	default:
		r.outcome = unknown
		w.t.Errorf("%s: %v", r.name, err)
	}
	if err != nil {
		text := err.Error()
		w.errors[text[:min(len(text), 60)]]++
	}
	w.records = append(w.records, r)
}

// flowing waits until writes are acknowledged again.
func (w *writers) flowing() {
	w.t.Helper()
	since := time.Now()
	for deadline := since.Add(40 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		n := len(w.acked)
		ok := n > 20 && w.acked[n-20].After(since)
		w.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatal("no write is acknowledged")
		}
	}
}

// pause is the longest time without an acknowledged write in a span of time.
func (w *writers) pause(from, to time.Time) (longest time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := from
	for _, at := range append(slices.Clone(w.acked), to) {
		if at.After(from) && !at.After(to) {
			longest = max(longest, at.Sub(last))
			last = at
		}
	}
	return longest
}

// finish stops the writers and compares what they know with what is stored, on every node.
func (w *writers) finish(n *Cluster) {
	t := w.t
	t.Helper()
	close(w.stop)
	w.wait.Wait()
	if err := n.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := dial(t, n.URLs()...)
	ctx := rqlite.WithLevel(t.Context(), rqlite.Linearizable)
	rows, err := c.Query(ctx, rqlite.Statement{SQL: "SELECT referrer, count(*) FROM clicks WHERE referrer LIKE ? || '-%' GROUP BY referrer", Args: []any{t.Name()}})
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]int{}
	for _, row := range rows.Rows {
		has[row[0].(string)] = int(row[1].(int64))
	}
	var acknowledged, lost, twice, half, unasked, unknowns, applied int
	for _, r := range w.records {
		got := has[r.name]
		switch {
		case got > r.rows:
			twice++
		case got != 0 && got != r.rows:
			half++
		case r.outcome == stored && got == 0:
			lost++
		case r.outcome == refused && got != 0:
			unasked++
		}
		switch r.outcome {
		case stored:
			acknowledged++
		case unknown:
			unknowns++
			if got > 0 {
				applied++
			}
		}
		delete(has, r.name)
	}
	t.Logf("%d writes acknowledged, %d refused, %d of unknown outcome, of which %d are stored; %d lost, %d twice, %d half; errors %v",
		acknowledged, len(w.records)-acknowledged-unknowns, unknowns, applied, lost, twice, half, w.errors)
	if lost+twice+half+unasked+len(has) > 0 || acknowledged == 0 {
		t.Errorf("%d lost, %d twice, %d half, %d stored that were refused, %d that nobody wrote", lost, twice, half, unasked, len(has))
	}
	w.same(n)
}

// digest is every row of clicks, and each that a trigger has written, in one number.
const digest = `SELECT count(*), sum(clicked_at % 1000003 * (id % 1009)), max(id), (SELECT click_count FROM links WHERE id = 1) FROM clicks`

// same fails unless every node has the same rows, once it has caught up.
func (w *writers) same(n *Cluster) {
	t := w.t
	t.Helper()
	ctx := rqlite.WithLevel(t.Context(), rqlite.None)
	digests := func() (list []string) {
		for _, node := range n.Nodes {
			c, err := rqlite.Dial(t.Context(), []string{node.URL()}, rqlite.Options{FixedNodes: true})
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, table(t, ctx, c, digest))
			_ = c.Close()
		}
		return list
	}
	var list []string
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if list = digests(); len(slices.Compact(slices.Clone(list))) == 1 {
			return
		}
	}
	t.Errorf("the nodes have different rows: %q", list)
}

// begin makes what the rows refer to.
func begin(t *testing.T, n *Cluster) {
	t.Helper()
	c, err := db.OpenRqlite(t.Context(), n.URLs(), rqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u, err := c.CreateUser(t.Context(), db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	if l, err := c.CreateLink(t.Context(), db.CreateLinkParams{UserID: u.ID, Slug: "one", URL: "https://example.com"}); err != nil || l.ID != 1 {
		t.Fatal(l.ID, err)
	}
}

// fault is what happens to a cluster while it is written to. It ends when all nodes run.
type fault struct {
	name   string
	happen func(t *testing.T, n *Cluster, w *writers)
}

var faults = []fault{
	{"kill -9 of the leader", func(t *testing.T, n *Cluster, w *writers) {
		l := leader(t, n)
		must(t, l.Kill())
		w.flowing()
		must(t, l.Start())
	}},
	{"kill -9 of two of three", func(t *testing.T, n *Cluster, w *writers) {
		l, f := leader(t, n), follower(t, n)
		must(t, l.Kill())
		must(t, f.Kill())
		time.Sleep(300 * time.Millisecond) // more than a lease
		noQuorum(t, n, w)
		must(t, l.Start())
		must(t, f.Start())
		w.flowing()
	}},
	{"a node with an old log", func(t *testing.T, n *Cluster, w *writers) {
		f := follower(t, n)
		must(t, f.Kill())
		w.flowing()
		time.Sleep(scaled(time.Second/2, 2*time.Second))
		l := leader(t, n)
		must(t, l.Kill()) // with what the others do not have yet
		must(t, f.Start())
		w.flowing() // of the two, only the one that has everything can lead
		must(t, l.Start())
	}},
	{"SIGSTOP of the leader", func(t *testing.T, n *Cluster, w *writers) {
		l := leader(t, n)
		must(t, l.Pause())
		time.Sleep(scaled(3*time.Second, 10*time.Second))
		w.flowing()
		must(t, l.Continue())
	}},
	{"SIGSTOP of a follower", func(t *testing.T, n *Cluster, w *writers) {
		f := follower(t, n)
		must(t, f.Pause())
		time.Sleep(scaled(time.Second, 10*time.Second))
		w.flowing()
		must(t, f.Continue())
	}},
}

// noQuorum asks what is left of a cluster.
func noQuorum(t *testing.T, n *Cluster, w *writers) {
	t.Helper()
	for _, node := range n.Nodes {
		if !node.Running() {
			continue
		}
		for _, l := range []rqlite.Level{rqlite.Linearizable, rqlite.Strong, rqlite.Weak} {
			r, err := w.impatient.Query(rqlite.WithLevel(t.Context(), l), rqlite.Statement{SQL: "SELECT count(*) FROM clicks"})
			if err == nil {
				t.Errorf("a %s read without a majority has %v", l, r.Rows)
			} else if !errors.Is(err, rqlite.ErrNoLeader) {
				t.Errorf("a %s read without a majority: %v", l, err)
			}
		}
		if _, err := w.impatient.Batch(t.Context(), []rqlite.Statement{{SQL: "INSERT INTO clicks (link_id, referrer) VALUES (1, 'without a majority')"}}); err == nil {
			t.Error("a write without a majority is acknowledged")
		}
		if _, err := w.impatient.Query(rqlite.WithLevel(t.Context(), rqlite.None), rqlite.Statement{SQL: "SELECT count(*) FROM clicks"}); err != nil {
			t.Errorf("a node does not tell what it has: %v", err)
		}
	}
}

// TestFaults has six writers go on while nodes die, are paused and come back: nothing that
// was acknowledged is lost, nothing is there twice, nothing by halves, on no node.
func TestFaults(t *testing.T) {
	n := migrated(t, 3)
	begin(t, n)
	for _, keyed := range []bool{false, true} {
		for _, f := range faults {
			t.Run(fmt.Sprintf("%s, keyed %v", f.name, keyed), func(t *testing.T) {
				w := startWriters(t, n, rqlite.Options{Keyed: keyed, Timeout: 2 * time.Second, Patience: 20 * time.Second})
				var pauses []time.Duration
				for range scaled(1, 10) {
					w.flowing()
					began := time.Now()
					f.happen(t, n, w)
					w.flowing()
					pauses = append(pauses, w.pause(began.Add(-50*time.Millisecond), time.Now()).Round(time.Millisecond))
					must(t, n.Ready(t.Context()))
				}
				w.finish(n)
				slices.Sort(pauses)
				t.Logf("%s: writes paused for %v, the median is %v", f.name, pauses, pauses[len(pauses)/2])
				if keyed {
					for _, r := range w.records {
						if r.outcome == unknown {
							t.Errorf("%s: a write with a key has an unknown outcome", r.name)
						}
					}
				}
			})
		}
	}
}

// TestRestart: nodes that run their log anew have the rows that they had.
func TestRestart(t *testing.T) {
	n := migrated(t, 3)
	begin(t, n)
	w := startWriters(t, n, rqlite.Options{})
	w.flowing()
	w.finish(n)
	c := dial(t, n.URLs()...)
	ctx := rqlite.WithLevel(t.Context(), rqlite.Linearizable)
	before := table(t, ctx, c, digest)
	for _, node := range n.Nodes {
		must(t, node.Kill())
	}
	time.Sleep(1100 * time.Millisecond) // so that a clock would tell another second
	for _, node := range n.Nodes {
		must(t, node.Start())
	}
	must(t, n.Ready(t.Context()))
	if after := table(t, ctx, c, digest); after != before {
		t.Errorf("the rows are %s, and were %s", after, before)
	}
	w.same(n)
}

func follower(t *testing.T, n *Cluster) *Node {
	t.Helper()
	list, err := n.Followers(t.Context())
	must(t, err)
	return list[0]
}

// migrated starts a cluster with the schema of the reference project.
func migrated(t *testing.T, n int, flags ...string) *Cluster {
	t.Helper()
	c := Start(t, n, flags...)
	var out strings.Builder
	if code := cli.Main([]string{"migrate", "up", "--dir", "../../..", "--db", c.Nodes[0].URL()}, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
	return c
}
