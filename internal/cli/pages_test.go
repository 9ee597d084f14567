package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every drey command line of README.md and docs/ is one that drey takes.
func TestPages(t *testing.T) {
	names, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var content strings.Builder
	for _, name := range append(names, "../../README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		content.Write(text)
	}
	lines := 0
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(content.String(), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "#")
			line, _, _ = strings.Cut(line, " > ") // the shell's
			args, ok := strings.CutPrefix(strings.TrimSpace(line), "drey ")
			if !ok {
				continue
			}
			lines++
			c, rest, err := command().Find(strings.Fields(args))
			if err == nil {
				err = c.ParseFlags(rest)
			}
			if err == nil {
				err = c.ValidateArgs(c.Flags().Args())
			}
			if err != nil || !c.Runnable() {
				t.Errorf("drey %s: %v", args, err)
			}
		}
	}
	if lines < 14 {
		t.Errorf("only %d command lines", lines)
	}
}
