package report

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/diag"
)

// Baseline holds what was reported when a project adopted the policy, so that the
// policy only applies to new code. An entry is an analyzer, a file and the text of
// the line without surrounding blanks, with the number of such reports. It follows
// a line that moves, and stops matching one that is edited.
//
// The file has one entry a line, sorted, with tabs between its parts:
//
//	nativesql	store/user.go	2	rows, err := db.Query(q)
type Baseline struct {
	root, file string // file is relative to root, slash-separated
	entries    []entry
}

type entry struct {
	key
	count int
	line  int // in the file
}

type key struct{ analyzer, file, text string }

const baselineHead = "# What drey lint does not repeat. drey lint --write-baseline writes this file.\n"

// ReadBaseline reads the baseline at a path relative to root. A missing file is an
// empty baseline.
func ReadBaseline(root, file string) (*Baseline, error) {
	b := &Baseline{root: root, file: file}
	content, err := os.ReadFile(b.path())
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the baseline: %w", err)
	}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		part := strings.SplitN(line, "\t", 4)
		count := 0
		if len(part) == 4 {
			count, err = strconv.Atoi(part[2])
		}
		if count < 1 || err != nil {
			return nil, &diag.Problem{File: file, Line: number, Msg: "this is no entry of a baseline",
				Fix: "write it again with drey lint --write-baseline; where two branches met, keep the lines of both first"}
		}
		b.entries = append(b.entries, entry{key{part[0], part[1], part[3]}, count, number})
	}
	return b, nil
}

func (b *Baseline) path() string { return filepath.Join(b.root, filepath.FromSlash(b.file)) }

// keys returns the keys of reports whose files are relative to the root. Each file
// is read once.
func (b *Baseline) keys(reports []Report, lines map[string][]string) []key {
	keys := make([]key, len(reports))
	for i, r := range reports {
		if _, ok := lines[r.File]; !ok {
			content, _ := os.ReadFile(filepath.Join(b.root, filepath.FromSlash(r.File))) // without it the text is ""
			lines[r.File] = strings.Split(string(content), "\n")
		}
		text := ""
		if n := r.Line - 1; n >= 0 && n < len(lines[r.File]) {
			text = strings.TrimSpace(lines[r.File][n])
		}
		keys[i] = key{r.Analyzer, r.File, text}
	}
	return keys
}

// Filter leaves out the reports, with files relative to the root, that are in the
// baseline. Of one that stands for several the others are left. Entries of the baseline that no longer match, in files that linted says
// were looked at, are reported as stale: they would let new code pass.
func (b *Baseline) Filter(reports []Report, linted func(file string) bool) (fresh []Report, known int) {
	left, lines := map[key]int{}, map[string][]string{}
	for _, e := range b.entries {
		left[e.key] += e.count
	}
	for _, r := range reports {
		single := Single([]Report{r})
		var rest []Report
		for i, k := range b.keys(single, lines) {
			if left[k] > 0 {
				left[k]--
				known++
				continue
			}
			rest = append(rest, single[i])
		}
		if len(rest) == len(single) {
			rest = []Report{r}
		}
		fresh = append(fresh, rest...)
	}
	for _, e := range b.entries {
		if left[e.key] == 0 || !linted(e.file) {
			continue
		}
		fresh = append(fresh, Report{Analyzer: "baseline", File: b.file, Line: e.line, Column: 1,
			Message: fmt.Sprintf("%s is no longer reported in %s as often as this says; write the baseline again with drey lint --write-baseline", e.analyzer, e.file)})
		left[e.key] = 0
	}
	return fresh, known
}

// Write makes the reports, with files relative to the root, the baseline. The
// entries of files that linted says were not looked at stay.
func (b *Baseline) Write(reports []Report, linted func(file string) bool) error {
	counts := map[key]int{}
	for _, e := range b.entries {
		if !linted(e.file) {
			counts[e.key] += e.count
		}
	}
	for _, k := range b.keys(Single(reports), map[string][]string{}) {
		counts[k]++
	}
	if len(counts) == 0 {
		if err := os.Remove(b.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the baseline: %w", err)
		}
		return nil
	}
	list := make([]key, 0, len(counts))
	for k := range counts {
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.analyzer, b.analyzer), cmp.Compare(a.text, b.text))
	})
	var text strings.Builder
	text.WriteString(baselineHead)
	for _, k := range list {
		fmt.Fprintf(&text, "%s\t%s\t%d\t%s\n", k.analyzer, k.file, counts[k], k.text)
	}
	part := b.path() + ".part"
	if err := os.WriteFile(part, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return os.Rename(part, b.path())
}
