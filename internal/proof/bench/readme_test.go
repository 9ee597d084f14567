package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestReadme: the README quotes the ratios of RESULTS.md.
func TestReadme(t *testing.T) {
	results, err := os.ReadFile("RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
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
	if !strings.Contains(string(readme), want) {
		t.Errorf("the README does not quote RESULTS.md:\n%s", want)
	}
	_, both, _ := strings.Cut(string(results), "| variant | reads/s |")
	both, _, _ = strings.Cut(both, "\n\n")
	if both == "" || !strings.Contains(string(readme), "| variant | reads/s |"+both+"\n\n") {
		t.Errorf("the README does not quote RESULTS.md:\n%s", both)
	}
	want = "| | time | memory |\n|---|--:|--:|\n"
	for _, c := range []string{"200 tables, 100 migrations, 1000 queries", "400 tables, 200 migrations, 2000 queries"} {
		want += fmt.Sprintf("| %s | %s | %s |\n", c, ratio[c+"/drey generate"], memory[c+"/drey generate"])
	}
	if !strings.Contains(string(readme), want) {
		t.Errorf("the README does not quote RESULTS.md:\n%s", want)
	}
}
