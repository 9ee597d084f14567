package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestPages: README.md and docs/performance.md quote RESULTS.md.
func TestPages(t *testing.T) {
	results, err := os.ReadFile("RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, name := range []string{"README.md", "docs/performance.md"} {
		content, err := os.ReadFile("../../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(content)
	}
	ratio := map[string]string{} // by case and variant
	memory := map[string]string{}
	name := ""
	for line := range strings.Lines(string(results)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) < 6 {
			continue
		}
		if first := strings.TrimPrefix(cells[0], "| "); first != "" {
			name = first
		}
		ratio[name+"/"+cells[1]] = cells[3]
		memory[name+"/"+cells[1]] = strings.TrimSuffix(cells[len(cells)-1], " |")
	}
	want := "| | drey | by hand, not prepared | squirrel |\n|---|--:|--:|--:|\n"
	for _, c := range []string{"get by key", "list 100 rows", "list 10000 rows"} {
		want += fmt.Sprintf("| %s | %s | %s | %s |\n", c, ratio[c+"/drey"], ratio[c+"/by hand, not prepared"], ratio[c+"/squirrel"])
	}
	for name, text := range pages {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not quote RESULTS.md:\n%s", name, want)
		}
	}
	_, both, _ := strings.Cut(string(results), "| variant | reads/s |")
	both, _, _ = strings.Cut(both, "\n\n")
	if both == "" || !strings.Contains(pages["docs/performance.md"], "| variant | reads/s |"+both+"\n\n") {
		t.Errorf("docs/performance.md does not quote RESULTS.md:\n%s", both)
	}
	want = "| | time | memory |\n|---|--:|--:|\n"
	for _, c := range []string{"200 tables, 100 migrations, 1000 queries", "400 tables, 200 migrations, 2000 queries"} {
		want += fmt.Sprintf("| %s | %s | %s |\n", c, ratio[c+"/drey generate"], memory[c+"/drey generate"])
	}
	if !strings.Contains(pages["docs/performance.md"], want) {
		t.Errorf("docs/performance.md does not quote RESULTS.md:\n%s", want)
	}
}
