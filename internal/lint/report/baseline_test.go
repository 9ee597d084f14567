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

// A baseline has each of the reports that one stands for: what is new of them is reported,
// by itself.
func TestBaselineParts(t *testing.T) {
	root := t.TempDir()
	part := func(name string) Report {
		if err := os.WriteFile(filepath.Join(root, name), []byte("import "+name+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return Report{Analyzer: "otherorm", File: name, Line: 1, Column: 8, Message: "an import"}
	}
	whole := func(names ...string) []Report {
		r := part(names[0])
		r.Message = "several imports"
		for _, name := range names {
			r.Parts = append(r.Parts, part(name))
		}
		return []Report{r}
	}
	all := func(string) bool { return true }
	b, err := ReadBaseline(root, "drey.baseline")
	if err != nil {
		t.Fatal(err)
	}
	if fresh, known := b.Filter(whole("a.go", "b.go"), all); known != 0 || len(fresh) != 1 || fresh[0].Message != "several imports" {
		t.Errorf("without a baseline: %v, %d known", fresh, known)
	}
	if err := b.Write(whole("b.go", "c.go"), all); err != nil {
		t.Fatal(err)
	}
	if b, err = ReadBaseline(root, "drey.baseline"); err != nil {
		t.Fatal(err)
	}
	if fresh, known := b.Filter(whole("b.go", "c.go"), all); known != 2 || len(fresh) != 0 {
		t.Errorf("what was written: %v, %d known", fresh, known)
	}
	fresh, known := b.Filter(whole("a.go", "b.go", "c.go", "d.go"), all)
	if known != 2 || len(fresh) != 2 || fresh[0].File != "a.go" || fresh[0].Message != "an import" || fresh[1].File != "d.go" {
		t.Errorf("with two more: %v, %d known", fresh, known)
	}
	if fresh, known := b.Filter([]Report{part("c.go")}, all); known != 1 || len(fresh) != 1 || fresh[0].Analyzer != "baseline" {
		t.Errorf("with one less: %v, %d known", fresh, known)
	}
}
