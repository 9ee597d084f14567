//go:build unix

package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	runtime "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// operation is what is measured.
type operation struct {
	name string
	drey func(ctx context.Context, c *db.Client) error
	path string // of the request by hand
	body string // of that: the statements that drey runs
}

func operations() []operation {
	referrer, at := "x", db.UnixTime{Time: time.Unix(1, 0)}
	click := db.CreateClickParams{LinkID: 1, Referrer: &referrer, ClickedAt: &at}
	const read, write = "/db/query?level=weak", "/db/request?transaction"
	return []operation{
		{name: "get", path: read, drey: func(ctx context.Context, c *db.Client) error { _, err := c.GetLinkBySlug(ctx, "slug-7"); return err }},
		{name: "list of 100", path: read, drey: func(ctx context.Context, c *db.Client) error {
			l, err := db.Links.OrderBy(db.Links.ID.Asc()).Limit(100).All(ctx, c)
			if err == nil && len(l) != 100 {
				err = fmt.Errorf("%d links", len(l))
			}
			return err
		}},
		{name: "insert", path: write, drey: func(ctx context.Context, c *db.Client) error {
			_, err := db.Clicks.Insert(db.Clicks.LinkID, db.Clicks.Referrer, db.Clicks.ClickedAt).Exec(ctx, c, db.Click{LinkID: 1, Referrer: &referrer, ClickedAt: at})
			return err
		}},
		{name: "batch of 100", path: write, drey: func(ctx context.Context, c *db.Client) error {
			var b db.Batch
			for range 100 {
				b.Do(func(tx *db.Tx) error { _, err := tx.CreateClick(ctx, click); return err })
			}
			return b.Run(ctx, c)
		}},
	}
}

// watched fills in the statements that drey runs.
func watched(t *testing.T, urls []string, list []operation) {
	t.Helper()
	var statements []any
	c, err := db.OpenRqlite(t.Context(), urls, rqlite.Options{Arguments: true, OnStatement: func(_ context.Context, s runtime.Statement) {
		one := []any{s.SQL}
		for _, a := range s.Args {
			one = append(one, a.Value)
		}
		statements = append(statements, one)
	}})
	must(t, err)
	defer c.Close()
	for i := range list {
		statements = nil
		must(t, list[i].drey(t.Context(), c))
		body, err := json.Marshal(statements)
		must(t, err)
		list[i].body = string(body)
	}
}

// byHand makes a request as a few lines of net/http do, and reads all of its answer.
func byHand(url string, o operation) error {
	r, err := http.Post(url+o.path, "application/json", strings.NewReader(o.body))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var a struct {
		Error   string
		Results []struct {
			Error   string
			Columns []string
			Values  [][]any
		}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&a); err != nil || a.Error != "" || len(a.Results) == 0 || a.Results[0].Error != "" {
		return fmt.Errorf("%v %s", err, body)
	}
	return nil
}

// spread are the tenth percentile and the median.
func spread(list []time.Duration) (tenth, median time.Duration) {
	slices.Sort(list)
	return list[len(list)/10], list[len(list)/2]
}

// TestTimes measures calls at the leader and at a follower, beside the same request by
// hand and beside a file, all by turns.
func TestTimes(t *testing.T) {
	ctx := t.Context()
	file := filepath.Join(t.TempDir(), "links.db")
	if _, err := db.Migrate(ctx, file); err != nil {
		t.Fatal(err)
	}
	embedded, err := db.Open(ctx, file)
	must(t, err)
	defer embedded.Close()
	fill(t, embedded)
	rounds := scaled(40, 600)
	t.Logf("p10 and median of %d calls by turns; by hand the same request with net/http and encoding/json", rounds)
	for _, nodes := range []int{1, 3} {
		n := migrated(t, nodes)
		whole, err := db.OpenRqlite(ctx, n.URLs(), rqlite.Options{})
		must(t, err)
		fill(t, whole)
		must(t, whole.Close())
		list := operations()
		watched(t, n.URLs(), list)
		at := map[string]*Node{"leader": leader(t, n)}
		if nodes > 1 {
			at["follower"] = follower(t, n)
		}
		for _, where := range []string{"leader", "follower"} {
			node := at[where]
			if node == nil {
				continue
			}
			c, err := db.OpenRqlite(ctx, []string{node.URL()}, rqlite.Options{FixedNodes: true})
			must(t, err)
			for _, o := range list {
				t.Run(fmt.Sprintf("%d/%s/%s", nodes, where, o.name), func(t *testing.T) {
					calls := []func() error{
						func() error { return o.drey(ctx, c) },
						func() error { return byHand(node.URL(), o) },
						func() error { return o.drey(ctx, embedded) },
					}
					took := make([][]time.Duration, len(calls))
					var own, nodes [3]time.Duration // time on the processor, of this process and of the nodes
					for range rounds {
						for _, i := range rand.Perm(len(calls)) { // what follows whom makes a difference
							own[i], nodes[i] = own[i]-usedHere(), nodes[i]-n.Used()
							began := time.Now()
							must(t, calls[i]())
							took[i] = append(took[i], time.Since(began))
							own[i], nodes[i] = own[i]+usedHere(), nodes[i]+n.Used()
						}
					}
					var p, m [3]time.Duration
					for i := range took {
						p[i], m[i] = spread(took[i])
					}
					t.Logf("drey %6.2f %6.2f ms   by hand %6.2f %6.2f ms   ratio %.2f %.2f   embedded %6.3f %6.3f ms",
						ms(p[0]), ms(m[0]), ms(p[1]), ms(m[1]), ms(p[0])/ms(p[1]), ms(m[0])/ms(m[1]), ms(p[2]), ms(m[2]))
					each := func(d time.Duration) float64 { return ms(d) / float64(rounds) }
					t.Logf("    on the processor, each: here %.3f ms, by hand %.3f; nodes %.3f, by hand %.3f", each(own[0]), each(own[1]), each(nodes[0]), each(nodes[1]))
					if p[0] > 3*p[1] {
						t.Errorf("%s at the %s takes %v, and %v by hand", o.name, where, p[0], p[1])
					}
				})
			}
			must(t, c.Close())
		}
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// usedHere is the time that this process has had on the processors.
func usedHere() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fill makes a user and 200 links.
func fill(t *testing.T, c *db.Client) {
	t.Helper()
	u, err := c.CreateUser(t.Context(), db.CreateUserParams{Email: "ada@example.com"})
	must(t, err)
	links := make([]db.Link, 200)
	for i := range links {
		title := fmt.Sprint("link ", i)
		links[i] = db.Link{UserID: u.ID, Slug: fmt.Sprint("slug-", i), URL: "https://example.com/some/where", Title: &title}
	}
	_, err = db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL, db.Links.Title).Exec(t.Context(), c, links...)
	must(t, err)
}
