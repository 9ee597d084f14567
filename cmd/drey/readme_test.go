package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced block of a page. It is a file if the line before names one.
type block struct{ file, lang, code string }

var fence = regexp.MustCompile("(?ms)^(?:`([^`\n]+)`[^\n]*\n\n)?```([a-z]*)\n(.*?)^```$")

// pageBlocks is the blocks of a page's section with that heading, and its text.
func pageBlocks(t *testing.T, page, heading string) (blocks []block, section string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(content), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("%s does not have a section %q", page, heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for _, m := range fence.FindAllStringSubmatch(section, -1) {
		blocks = append(blocks, block{file: m[1], lang: m[2], code: m[3]})
	}
	return blocks, section
}

// The set-up is these two commands. That they work is what CI shows.
func TestReadmeSetUp(t *testing.T) {
	var commands []string
	blocks, _ := pageBlocks(t, "README.md", "Try it")
	for _, b := range blocks {
		for line := range strings.Lines(b.code) {
			command, _, _ := strings.Cut(line, "#")
			commands = append(commands, strings.TrimSpace(command))
		}
	}
	if got, want := strings.Join(commands, "; "), "make generate; make test"; got != want {
		t.Errorf("the README says %q, want %q", got, want)
	}
}
