package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every drey command line of the README is one that drey takes.
func TestReadmeCommands(t *testing.T) {
	content, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(string(content), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "#")
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
	if lines < 8 {
		t.Errorf("only %d command lines", lines)
	}
}
