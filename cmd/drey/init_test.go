package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// On a terminal init asks for what a person may want to choose. Nothing is there before
// the last answer, nor after an interrupt.
func TestInitAsks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, answers string
		ok            bool
		module        string
		policy        bool
	}{
		{"answers", "example.org/shop\ny\n", true, "module example.org/shop\n", true},
		{"empty answers", "\n\n", true, "module example.com/asked\n", false},
		{"the end of the input", "\x04", true, "module example.com/asked\n", false},
		{"a path that is none", "a b\n\n", false, "", false},
		{"an interrupt", "\x03", false, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "asked")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "drey", "init")
			cmd.Dir = dir
			cmd.WaitDelay = time.Second
			terminal, err := pty.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			var out strings.Builder
			for !strings.Contains(out.String(), "[example.com/asked]: ") {
				b := make([]byte, 256)
				n, err := terminal.Read(b)
				if err != nil {
					t.Fatalf("%v: %s", err, out.String())
				}
				out.Write(b[:n])
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("before the answers there are %v, %v", left, err)
			}
			if _, err := io.WriteString(terminal, test.answers); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(&out, terminal) // until the program has closed it
			if err := cmd.Wait(); (err == nil) != test.ok {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if !test.ok {
				if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
					t.Errorf("%v, %v are left", left, err)
				}
				return
			}
			mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
			if err != nil || !strings.HasPrefix(string(mod), test.module) {
				t.Errorf("go.mod: %v\n%s", err, mod)
			}
			if _, err := os.Stat(filepath.Join(dir, "AGENTS.md")); (err == nil) != test.policy {
				t.Errorf("AGENTS.md: %v", err)
			}
		})
	}
}
