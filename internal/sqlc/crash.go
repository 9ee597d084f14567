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

const (
	tries    = 3 // it does not always crash on a statement, nor always says so
	searches = 3 // then a search can end at a statement on which it does not crash
)

// crashes reports whether sqlc crashes on some of the files, and keeps what it says then.
func (s *staging) crashes(ctx context.Context, files []string, text *string) (crashes bool, _ error) {
	if err := s.only(files); err != nil {
		return false, err
	}
	for range tries {
		said, failed, err := child(ctx, s.dir, v131.OneAtATime)
		if err != nil {
			return false, err
		}
		if crash, ok := v131.Crash(said); ok {
			*text = crash
			return true, nil
		}
		crashes = crashes || !failed && s.lacksOutput()
	}
	return crashes, nil
}

// findCrash finds the query on which sqlc crashes without naming it. It looks for the
// shortest beginning of the list that makes sqlc crash; the query is the last of it, if
// sqlc crashes on that alone.
func (s *staging) findCrash(ctx context.Context) error {
	files := slices.Sorted(maps.Keys(s.origins))
	text := "sqlc crashes, and writes nothing"
	for range searches {
		var err error
		n := sort.Search(len(files), func(n int) bool {
			if err != nil {
				return true
			}
			var crashed bool
			crashed, err = s.crashes(ctx, files[:n], &text)
			return crashed || err != nil
		})
		if err != nil {
			return err
		}
		if n == 0 { // without any query
			break
		}
		alone, err := s.crashes(ctx, files[n-1:n], &text)
		if err != nil {
			return err
		}
		if alone {
			o := s.origins[files[n-1]]
			line, col := o.position(1, 1)
			return diag.Problems{{
				File: o.file.Path, Line: line, Col: col, Query: o.query, Msg: text, Err: ErrRefused,
				Fix: "write the statement in another way, or leave it to code",
			}}
		}
	}
	return fmt.Errorf("%w: %s", ErrRefused, text)
}

// only leaves some of the query files in the folder, and nothing of what sqlc has written.
func (s *staging) only(some []string) error {
	for i := range s.blocks {
		for _, folder := range []string{queriesFolder(i), outFolder(i)} {
			if err := os.RemoveAll(filepath.Join(s.dir, folder)); err != nil {
				return fmt.Errorf("run sqlc: %w", err)
			}
		}
	}
	for _, name := range some {
		if err := s.file(name, s.origins[name].text()); err != nil {
			return err
		}
	}
	return nil
}
