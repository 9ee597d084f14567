package report

import (
	"os"
	"path/filepath"
	"testing"
)

// Lines that are the same are counted, tabs and all; one more is new, one fewer
// is too much.
func TestBaselineCounts(t *testing.T) {
	root := t.TempDir()
	text := "package a\n\ta(\t1)\n\ta(\t1)\n\ta(\t1)\n"
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	at := func(lines ...int) (reports []Report) {
		for _, n := range lines {
			reports = append(reports, Report{Analyzer: "nativesql", File: "a.go", Line: n, Column: 2, Message: "raw SQL"})
		}
		return reports
	}
	all := func(string) bool { return true }
	b, err := ReadBaseline(root, "drey.baseline")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Write(at(2, 3), all); err != nil {
		t.Fatal(err)
	}
	if b, err = ReadBaseline(root, "drey.baseline"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		reports      []Report
		known, fresh int
	}{
		{at(2, 3), 2, 0},
		{at(2, 3, 4), 2, 1},
		{at(4), 1, 1}, // the entry has one too much
		{at(1, 2, 3), 2, 1},
	} {
		fresh, known := b.Filter(test.reports, all)
		if known != test.known || len(fresh) != test.fresh {
			t.Errorf("%d reports: %d known, %d new, want %d and %d", len(test.reports), known, len(fresh), test.known, test.fresh)
		}
	}
	none := func(string) bool { return false }
	if fresh, _ := b.Filter(nil, none); len(fresh) > 0 {
		t.Errorf("of a file that was not looked at: %v", fresh)
	}
	if err := b.Write(nil, none); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "drey.baseline")); err != nil {
		t.Errorf("what was not looked at is gone: %v", err)
	}
}
