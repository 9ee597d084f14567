package report

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/output"
)

// Edit replaces a part of a file.
type Edit struct {
	File       string            // absolute
	Sum        [sha256.Size]byte // of the file that Start and End are in
	Start, End int               // in bytes
	New        string
}

// Apply applies the fixes of the reports, to all files or to none, and returns how
// many there were. If two change the same place the first wins, unless both make
// the same change, such as adding an import. The next run reports the other again.
// A file that was formatted stays formatted.
func Apply(ctx context.Context, reports []Report) (fixed int, err error) {
	edits := map[string][]Edit{}
	for _, r := range reports {
		if len(r.Fix) == 0 || slices.ContainsFunc(r.Fix, func(e Edit) bool { return overlaps(edits[e.File], e) }) {
			continue
		}
		for _, e := range r.Fix {
			if !slices.Contains(edits[e.File], e) {
				edits[e.File] = append(edits[e.File], e)
			}
		}
		fixed++
	}
	var changes []output.Change
	for _, file := range slices.Sorted(maps.Keys(edits)) {
		old, err := os.ReadFile(file)
		if err != nil {
			return 0, fmt.Errorf("read what to fix: %w", err)
		}
		if sum := sha256.Sum256(old); slices.ContainsFunc(edits[file], func(e Edit) bool { return e.Sum != sum }) {
			return 0, &diag.Problem{File: file, Msg: "the file has changed while lint went on, so nothing is fixed", Fix: "run drey lint --fix again"}
		}
		text, err := edited(old, edits[file])
		if err != nil {
			return 0, fmt.Errorf("fix %s: %w", file, err)
		}
		changes = append(changes, output.Change{Path: filepath.ToSlash(file), Old: old, New: text})
	}
	return fixed, (&output.Tree{}).Write(ctx, changes)
}

func overlaps(edits []Edit, e Edit) bool {
	return slices.ContainsFunc(edits, func(o Edit) bool {
		return e != o && (e.Start < o.End && o.Start < e.End || e.Start == o.Start)
	})
}

func edited(text []byte, edits []Edit) ([]byte, error) {
	formatted, err := format.Source(text)
	was := err == nil && string(formatted) == string(text)
	slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(b.Start, a.Start) }) // last first
	for _, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(text) {
			return nil, fmt.Errorf("there are no bytes %d to %d", e.Start, e.End)
		}
		text = slices.Concat(text[:e.Start], []byte(e.New), text[e.End:])
	}
	if !was {
		return text, nil
	}
	return format.Source(text)
}
