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

// What "Start your own" says is what docs/start.md does, whose transcript is run.
func TestReadmeStart(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "start.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks, _ := pageBlocks(t, "README.md", "Start your own")
	n := 0
	for line := range strings.Lines(blocks[0].code) {
		command, _, _ := strings.Cut(line, "#")
		command = strings.TrimSpace(command)
		n++
		if !strings.Contains(string(page), "\n$ "+command+"\n") && !strings.Contains(string(page), command+"\n```") {
			t.Errorf("docs/start.md does not have the README's %q", command)
		}
	}
	if n != 5 {
		t.Errorf("%d commands, want 5", n)
	}
}
