package sqlc

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/dreysql/drey/internal/diag"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
)

// lacksOutput reports whether some block did not get any Go. When sqlc panics, its
// main goroutine may end first: then sqlc does not print anything and succeeds.
func (s *staging) lacksOutput() bool {
	for i := range s.blocks {
		if _, err := os.Stat(filepath.Join(s.dir, outFolder(i))); err != nil {
			return true
		}
	}
	return false
}

// findCrash finds the query on which sqlc crashes without naming it. It looks for the
// shortest beginning of the list that makes sqlc crash; the query is the last of it.
func (s *staging) findCrash(ctx context.Context) error {
	said, _, err := child(ctx, s.dir, v131.OneAtATime)
	if err != nil {
		return err
	}
	text, ok := v131.Crash(said)
	if !ok {
		return fmt.Errorf("%w: it writes nothing and does not say why: %s", ErrRefused, v131.Decode(said))
	}
	files := slices.Sorted(maps.Keys(s.origins))
	n := sort.Search(len(files), func(n int) bool {
		if err == nil {
			err = s.only(files[:n])
		}
		if err == nil {
			said, _, err = child(ctx, s.dir, v131.OneAtATime)
		}
		_, crashed := v131.Crash(said)
		return err != nil || crashed
	})
	if err != nil {
		return err
	}
	if n == 0 { // without any query
		return fmt.Errorf("%w: %s", ErrRefused, text)
	}
	o := s.origins[files[n-1]]
	line, col := o.position(1, 1)
	return diag.Problems{{
		File: o.file.Path, Line: line, Col: col, Query: o.query, Msg: text, Err: ErrRefused,
		Fix: "write the statement in another way, or leave it to code",
	}}
}

// only leaves some of the query files in the folder.
func (s *staging) only(some []string) error {
	for i := range s.blocks {
		if err := os.RemoveAll(filepath.Join(s.dir, queriesFolder(i))); err != nil {
			return fmt.Errorf("run sqlc: %w", err)
		}
	}
	for _, name := range some {
		if err := s.file(name, s.origins[name].text()); err != nil {
			return err
		}
	}
	return nil
}
