package sqlcgen

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/dreysql/drey/internal/diag"
)

var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: )`)

// crashLines is how much of a crash is shown.
const crashLines = 12

func crashed(said string) bool { return crash.MatchString(said) }

// findCrash finds the query on which sqlc crashes, and which it does not name:
// the last of the fewest first ones with which it still does.
func (s *staging) findCrash(ctx context.Context, said string) error {
	lines := strings.SplitN(said[crash.FindStringIndex(said)[0]:], "\n", crashLines+1)
	text := "sqlc crashes:\n" + decode(strings.Join(lines[:min(len(lines), crashLines)], "\n"))

	files := slices.Sorted(maps.Keys(s.origins))
	var failure error
	n := sort.Search(len(files), func(n int) bool {
		if failure == nil {
			failure = s.only(files[:n])
		}
		if failure != nil {
			return true
		}
		said, _, err := child(ctx, s.dir)
		failure = err
		return crashed(said)
	})
	if failure != nil {
		return failure
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
