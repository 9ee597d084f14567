package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRun runs every case for a moment: what bench measures still works.
func TestRun(t *testing.T) {
	clicks, lintPackages, spell = 50_000, []int{20}, 50*time.Millisecond
	drey := filepath.Join(t.TempDir(), "drey")
	if out, err := exec.Command("go", "build", "-C", "../../..", "-o", drey, "./cmd/drey").CombinedOutput(); err != nil {
		t.Fatalf("go build ./cmd/drey: %v\n%s", err, out)
	}
	out := filepath.Join(t.TempDir(), "results.md")
	if err := run(context.Background(), drey, out, 1, "4", ""); err != nil {
		t.Fatal(err)
	}
	results, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"| get by key | by hand, prepared |", "| list 10000 rows |", "| insert 1000 rows |", "| update by key |", "|  | gorm |", "| 4 tables, 2 migrations, 20 queries | sqlc generate |"} {
		if !strings.Contains(string(results), line) {
			t.Errorf("no line with %s in\n%s", line, results)
		}
	}
}

func TestBadFlags(t *testing.T) {
	for _, c := range []struct {
		rounds int
		scale  string
		match  string
		want   string
	}{
		{0, "4", "", "-rounds: 0 is too few"},
		{1, "four", "", `-scale: "four" is not a number of tables`},
		{1, "4,1", "", `-scale: "1" is not a number of tables`},
		{1, "4", "(", "-run: error parsing regexp: missing closing ): `(`"},
	} {
		if err := run(context.Background(), "", "", c.rounds, c.scale, c.match); err == nil || err.Error() != c.want {
			t.Errorf("rounds %d, scale %s: %v, want %s", c.rounds, c.scale, err, c.want)
		}
	}
}
