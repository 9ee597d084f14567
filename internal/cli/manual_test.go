package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/verify"
)

// The help of every command ends with a page, and every page that is named is there.
func TestManuals(t *testing.T) {
	pages := map[string]bool{}
	for command, page := range manuals {
		pages[page] = true
		if c, rest, err := testedCommand().Find(strings.Fields(command)[1:]); err != nil || len(rest) > 0 || c.CommandPath() != command {
			t.Errorf("%q is not a command: %v", command, err)
		}
	}
	for _, m := range errorManuals {
		pages[m.page] = true
	}
	for page := range pages {
		if _, err := os.Stat("../../docs/" + page + ".md"); err != nil {
			t.Error(err)
		}
	}
	var each func(path []string, c *cobra.Command)
	each = func(path []string, c *cobra.Command) {
		var out bytes.Buffer
		root := testedCommand()
		root.SetOut(&out)
		root.SetArgs(append(path, "--help"))
		if err := root.Execute(); err != nil {
			t.Error(err)
		}
		lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, "Manual: https://") || !strings.HasSuffix(last, "/docs/"+manualOf(c)+".md") {
			t.Errorf("drey %s --help ends with %q", strings.Join(path, " "), last)
		}
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				each(append(append([]string{}, path...), sub.Name()), sub)
			}
		}
	}
	each(nil, testedCommand())
}

func testedCommand() *cobra.Command {
	c := command()
	c.SetErr(&bytes.Buffer{})
	return c
}

func TestManualOfError(t *testing.T) {
	wrong := diag.Problems{{Msg: "other"}, {Msg: "wrong", Err: fmt.Errorf("%w: so", verify.ErrDiffers)}}
	if page := manualOfError(wrong); page != "sqlc" {
		t.Errorf("got %q", page)
	}
	if page := manualOfError(errors.New("other")); page != "" {
		t.Errorf("got %q", page)
	}
}
