package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// links is how many links there are.
const links = 20_000

// queryCase is something that every peer does.
type queryCase struct {
	name  string
	do    func(p peer, n int) error // n times; fails if the peer does something else
	skip  func(p peer) bool         // peers that have nothing of their own here; nil: none
	clean func() error              // undoes it, unmeasured; nil: nothing to undo
	most  int                       // how often it can be done before clean; 0: any number of times
}

func queryCases(ctx context.Context, c *db.Client) []queryCase {
	// A checkpoint takes its time now, not in the middle of what comes next.
	checkpoint := func() error {
		_, err := c.DB().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		return err
	}
	clean := func() error {
		if err := removeNew(ctx, c, links); err != nil {
			return err
		}
		return checkpoint()
	}
	many := newBatch(newLinks(1000))
	return []queryCase{
		{name: "get by key", do: get},
		{name: "list 100 rows", do: lister(100)},
		{name: "list 10000 rows", do: lister(10_000)},
		{name: "insert 1 row", do: insert, clean: clean},
		{
			name:  "insert 1000 rows",
			do:    func(p peer, _ int) error { return p.insertAll(many) },
			skip:  func(p peer) bool { return p.insertAll == nil },
			clean: clean, most: 1, // the keys are unique
		},
		{name: "update by key", do: update, clean: checkpoint},
		{
			name: "upsert by an expression", do: upsert, clean: checkpoint,
			skip: func(p peer) bool { return p.upsert == nil },
		},
		{
			name: "insert 100 rows of a query", do: copied, clean: clean, most: links / 100,
			skip: func(p peer) bool { return p.copy == nil },
		},
	}
}

// queries measures the dynamic half on the reference project's links beside
// its peers: what it costs to build a query, and each of the cases that match.
func queries(ctx context.Context, w io.Writer, rounds int, match *regexp.Regexp) error {
	dir, err := os.MkdirTemp("", "drey-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "links.db")
	c, err := open(ctx, path, links)
	if err != nil {
		return err
	}
	defer c.Close()
	all, err := peers(ctx, c, path)
	if err != nil {
		return err
	}
	defer closePeers(all)
	fmt.Fprint(w, "## Queries\n\n| case | variant | time | ratio | allocations | bytes |\n|---|---|--:|--:|--:|--:|\n")
	if name := "build a query"; match.MatchString(name) {
		if err := report(w, rounds, name, building(all)); err != nil {
			return err
		}
	}
	for _, q := range queryCases(ctx, c) {
		if !match.MatchString(q.name) {
			continue
		}
		var variants []variant
		for _, p := range all {
			if q.skip == nil || !q.skip(p) {
				variants = append(variants, variant{p.name, func(n int) error { return q.do(p, n) }, q.clean, q.most})
			}
		}
		if err := report(w, rounds, q.name, variants); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	return nil
}

// filterOf gives the optional predicate every second time.
func filterOf(i, limit int) filter {
	f := filter{since: drey.Unix(start), limit: limit}
	if i%2 == 1 {
		name := host
		f.host = &name
	}
	return f
}

// building is what a query costs before it runs. drey renders SQL only for a
// shape that it meets for the first time.
func building(all []peer) []variant {
	variants := map[string]variant{}
	var order []string
	for _, p := range all {
		if p.build == nil {
			continue
		}
		variants[p.name] = variant{name: p.name, run: func(n int) error {
			for i := range n {
				if _, _, err := p.build(filterOf(i, 100)); err != nil {
					return err
				}
			}
			return nil
		}}
		order = append(order, p.name)
	}
	first := []variant{
		{name: "squirrel, rendered", run: variants["squirrel"].run},
		{name: "drey, rendered", run: variants["drey"].run},
		{name: "drey, of a known shape", run: func(n int) error {
			for i := range n {
				f := filterOf(i, 100)
				q := db.Links.Where( // as dreyQuery, which returns it and so allocates
					db.Links.UserID.Eq(1),
					db.Links.CreatedAt.Gt(f.since),
					db.Links.IsActive.Eq(true),
					drey.Opt(f.host, db.Links.Host.Eq),
				).OrderBy(db.Links.CreatedAt.Desc()).Limit(f.limit)
				keep(q)
			}
			return nil
		}},
	}
	for _, name := range order {
		if name != "squirrel" && name != "drey" {
			first = append(first, variants[name])
		}
	}
	return first
}

// keep keeps what is built from being left out.
//
//go:noinline
func keep(*drey.Query[db.LinksSource, db.Link]) {}

func get(p peer, n int) error {
	for i := range n {
		want := slug(i * 7919 % links)
		l, err := p.get(want)
		if err != nil {
			return err
		}
		if l.Slug != want {
			return fmt.Errorf("found %q, not %q", l.Slug, want)
		}
	}
	return nil
}

func lister(limit int) func(peer, int) error {
	return func(p peer, n int) error {
		for i := range n {
			found, err := p.list(filterOf(i, limit))
			if err != nil {
				return err
			}
			if found.len() != limit {
				return fmt.Errorf("found %d links, not %d", found.len(), limit)
			}
		}
		return nil
	}
}

func insert(p peer, n int) error {
	for i := range n {
		l := newLink(i)
		got, err := p.insert(l)
		if err != nil {
			return err
		}
		if got.ID == 0 || got.Slug != l.Slug {
			return fmt.Errorf("inserted %q as %d, %q", l.Slug, got.ID, got.Slug)
		}
	}
	return nil
}

func update(p peer, n int) error {
	for i := range n {
		affected, err := p.update(int64(i*7919%links)+1, "a page")
		if err != nil {
			return err
		}
		if affected != 1 {
			return fmt.Errorf("updated %d links, not one", affected)
		}
	}
	return nil
}

func upsert(p peer, n int) error {
	for i := range n {
		l := newLink(i)
		l.Slug, l.ClickCount = slug(i*7919%links), 2
		if err := p.upsert(l); err != nil {
			return err
		}
	}
	return nil
}

func copied(p peer, n int) error {
	for i := range n {
		affected, err := p.copy(int64(i*100+1), int64(i*100+100))
		if err != nil {
			return err
		}
		if affected != 100 {
			return fmt.Errorf("copied %d links, not 100", affected)
		}
	}
	return nil
}
