package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

const (
	eachOf   = 8 // readers and as many writers
	linksFor = 1000
)

// spell is how long a variant runs at a time. A test has a shorter one.
var spell = 2 * time.Second

// store is one way to hold a database open.
type store struct {
	name string
	open func(ctx context.Context, path string) (*access, error)
}

// access reads a link and counts one click of it.
type access struct {
	read  func(ctx context.Context, id int64) error
	write func(ctx context.Context, id int64) error
	close func() error
}

// tally is what came of one spell, or the medians of several.
type tally struct {
	reads, writes       float64 // per second
	slowRead, slowWrite float64 // 99th percentile, nanoseconds
	failed, lost        int     // calls, and writes that were acknowledged
	wal                 int64   // largest size in bytes
}

// concurrent measures readers and writers of one file.
func concurrent(ctx context.Context, w io.Writer, rounds int, match *regexp.Regexp) error {
	name := fmt.Sprintf("%d readers and %d writers", eachOf, eachOf)
	if !match.MatchString(name) {
		return nil
	}
	fmt.Fprintf(w, "## %s\n\nA read is one link by its key, a write adds one to its clicks. Failed calls met a lock, and are not done again.\n\n", name)
	fmt.Fprint(w, "| variant | reads/s | p99 | writes/s | p99 | failed | lost | WAL |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	tallies := make([][]tally, len(stores))
	for range rounds {
		for i, s := range stores {
			t, err := s.run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			tallies[i] = append(tallies[i], t)
		}
	}
	for i, s := range stores {
		of := tallies[i]
		fmt.Fprintf(w, "| %s | %.0f | %s | %.0f | %s | %d | %d | %.1f MB |\n", s.name,
			median(of, func(t tally) float64 { return t.reads }), duration(median(of, func(t tally) float64 { return t.slowRead })),
			median(of, func(t tally) float64 { return t.writes }), duration(median(of, func(t tally) float64 { return t.slowWrite })),
			median(of, func(t tally) int { return t.failed }), median(of, func(t tally) int { return t.lost }),
			float64(median(of, func(t tally) int64 { return t.wal }))/1e6)
	}
	fmt.Fprintln(w)
	return nil
}

// run runs readers and writers on a new file.
func (s store) run(ctx context.Context) (t tally, err error) {
	dir, err := os.MkdirTemp("", "drey-bench-*")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "links.db")
	filled, err := open(ctx, path, linksFor)
	if err != nil {
		return t, err
	}
	if err := filled.Close(); err != nil {
		return t, err
	}
	a, err := s.open(ctx, path)
	if err != nil {
		return t, err
	}
	var group sync.WaitGroup
	var failed, acknowledged atomic.Int64
	var broken atomic.Pointer[error] // by something else than a lock
	took := [2][eachOf][]time.Duration{}
	deadline := time.Now().Add(spell)
	for kind, call := range []func(context.Context, int64) error{a.read, a.write} {
		for i := range eachOf {
			group.Go(func() {
				for n := int64(i); ; n++ {
					start := time.Now()
					if start.After(deadline) {
						return
					}
					if err := call(ctx, n%linksFor+1); drey.FailureOf(err) == drey.Busy {
						failed.Add(1)
						continue
					} else if err != nil {
						broken.CompareAndSwap(nil, &err)
						return
					}
					if kind == 1 {
						acknowledged.Add(1)
					}
					took[kind][i] = append(took[kind][i], time.Since(start))
				}
			})
		}
	}
	over := make(chan struct{})
	go func() { group.Wait(); close(over) }()
	for running := true; running; {
		select {
		case <-over:
			running = false
		case <-time.After(5 * time.Millisecond):
		}
		if info, err := os.Stat(path + "-wal"); err == nil {
			t.wal = max(t.wal, info.Size())
		}
	}
	t.reads, t.slowRead = rate(took[0])
	t.writes, t.slowWrite = rate(took[1])
	t.failed = int(failed.Load())
	if err := a.close(); err != nil {
		return t, err
	}
	if err := broken.Load(); err != nil {
		return t, *err
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		return t, err
	}
	defer c.Close()
	counted, err := drey.Aggregate(ctx, c, &db.Links.Query, drey.Sum(db.Links.ClickCount))
	if err != nil {
		return t, err
	}
	t.lost = int(acknowledged.Load() - counted)
	return t, nil
}

// rate is calls per second, and how long the slowest in a hundred took at least.
func rate(of [eachOf][]time.Duration) (perSecond, slow float64) {
	all := slices.Concat(of[:]...)
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return float64(len(all)) / spell.Seconds(), float64(all[len(all)*99/100])
}

// stores are the variants. What is done by hand has prepared statements.
var stores = []store{
	{"drey", func(ctx context.Context, path string) (*access, error) {
		c, err := db.Open(ctx, path)
		if err != nil {
			return nil, err
		}
		return &access{
			read: func(ctx context.Context, id int64) error {
				_, err := db.Links.Where(db.Links.ID.Eq(id)).One(ctx, c)
				return err
			},
			write: func(ctx context.Context, id int64) error {
				_, err := db.Links.Update(db.Links.ClickCount.Add(1)).Where(db.Links.ID.Eq(id)).Exec(ctx, c)
				return err
			},
			close: c.Close,
		}, nil
	}},
	byHand("sql.Open, as it is", ""),
	byHand("sql.Open, WAL and busy_timeout", "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)&_txlock=immediate"),
	byHand("the same, one connection", "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)", func(db *sql.DB) { db.SetMaxOpenConns(1) }),
}

func byHand(name, options string, set ...func(*sql.DB)) store {
	return store{name, func(ctx context.Context, path string) (*access, error) {
		handle, err := sql.Open("sqlite", "file:"+path+options)
		if err != nil {
			return nil, err
		}
		for _, set := range set {
			set(handle)
		}
		read, err := handle.PrepareContext(ctx, "SELECT "+linkColumns+" FROM links WHERE id = ?")
		if err != nil {
			return nil, errors.Join(err, handle.Close())
		}
		write, err := handle.PrepareContext(ctx, "UPDATE links SET click_count = click_count + 1 WHERE id = ?")
		if err != nil {
			return nil, errors.Join(err, handle.Close())
		}
		return &access{
			read: func(ctx context.Context, id int64) error {
				_, err := scanLink(read.QueryRowContext(ctx, id))
				return err
			},
			write: func(ctx context.Context, id int64) error {
				_, err := write.ExecContext(ctx, id)
				return err
			},
			close: func() error { return errors.Join(read.Close(), write.Close(), handle.Close()) },
		}, nil
	}}
}
