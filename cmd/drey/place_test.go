//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// nobody is a user without rights. As root the system would refuse nothing.
const nobody = 65534

// unprivileged lays the project in a folder of a user without rights, if the
// tests run as root, and returns drey as that user runs it.
func unprivileged(t *testing.T) (dir string, drey func(args ...string) (stderr string, code int)) {
	t.Helper()
	top, err := os.MkdirTemp("", "drey-nobody-*") // t.TempDir is below a folder of root's own
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(top) })
	program, err := exec.LookPath("drey")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(top, "project")
	copied, temp := filepath.Join(top, "drey"), filepath.Join(top, "tmp")
	if err := os.WriteFile(copied, content, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range notes {
		write(t, filepath.Join(dir, name), content)
	}
	if err := os.Mkdir(temp, 0o755); err != nil {
		t.Fatal(err)
	}
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		err := filepath.Walk(top, func(path string, _ os.FileInfo, err error) error {
			if err != nil {
				return err
			}
			return os.Chown(path, nobody, nobody)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, func(args ...string) (string, int) {
		t.Helper()
		var said bytes.Buffer
		cmd := exec.Command(copied, args...)
		cmd.Dir, cmd.Stderr, cmd.SysProcAttr = dir, &said, attr
		cmd.Env = append(os.Environ(), "TMPDIR="+temp, "PATH=") // without go, which would build the standard library for that user
		_ = cmd.Run()                                           // the code tells
		if cmd.ProcessState == nil {
			t.Fatal("drey did not run")
		}
		return said.String(), cmd.ProcessState.ExitCode()
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestNotWritable: what may not be written stops drey before it has written
// anything.
func TestNotWritable(t *testing.T) {
	dir, drey := unprivileged(t)
	refused := func(want string) {
		t.Helper()
		before := contents(t, dir)
		said, code := drey("generate")
		if code != 1 || !strings.Contains(said, want) {
			t.Errorf("exit code %d, want 1; said %s\nwant %s", code, said, want)
		}
		for name, content := range contents(t, dir) {
			if before[name] != content {
				t.Errorf("%s has changed", name)
			}
			delete(before, name)
		}
		for name := range before {
			t.Errorf("%s is gone", name)
		}
	}
	chmod(t, dir, 0o555)
	refused("permission denied")
	chmod(t, dir, 0o755)
	if said, code := drey("generate"); code != 0 {
		t.Fatal(said)
	}
	source := filepath.Join(dir, "db", "models.go")
	content, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, append(content, "\n// stale\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	chmod(t, source, 0o444)
	refused("db/models.go: this file has to change, and is read-only\n\tfix: chmod u+w db/models.go")
	chmod(t, source, 0o000)
	refused("permission denied")
	chmod(t, source, 0o644)
	chmod(t, filepath.Join(dir, "db"), 0o555)
	refused("permission denied")
	chmod(t, filepath.Join(dir, "db"), 0o755)
	chmod(t, filepath.Join(dir, "sqlc.yaml"), 0o000)
	refused("sqlc.yaml")
	chmod(t, filepath.Join(dir, "sqlc.yaml"), 0o644)
	if said, code := drey("generate"); code != 0 {
		t.Fatal(said)
	}
}

// contents are the files below a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if os.IsPermission(err) { // not as root
			content, err = []byte("unreadable"), nil
		}
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestProgress: a terminal is shown the steps, and has a clean line in the end;
// a pipe gets nothing.
func TestProgress(t *testing.T) {
	dir := lay(t, notes)
	cmd := exec.Command("drey", "generate")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	content, _ := io.ReadAll(terminal) // Linux ends it with EIO
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
	said := string(content)
	for _, step := range []string{"applying migrations", "running sqlc"} {
		if !strings.Contains(said, step) {
			t.Errorf("no step %q in %q", step, said)
		}
	}
	lines := strings.Split(strings.TrimRight(said, "\r\n"), "\n")
	var written, all int
	last := visible(lines[len(lines)-1])
	if _, err := fmt.Sscanf(last, "%d of %d generated files written in ", &written, &all); err != nil || written != all || all < 16 {
		t.Errorf("the last line shows %q: %v", last, err)
	}

	p := start(t, dir, "generate")
	if said, code := p.end(); said != "" || code != 0 {
		t.Errorf("exit code %d; a pipe got %q", code, said)
	}
}

// visible is what a terminal shows of a line in the end: a carriage return goes
// to its start, and ESC [ 2 K or K empties it.
func visible(line string) string {
	var shown []byte
	at := 0
	for i := 0; i < len(line); i++ {
		switch rest := line[i:]; {
		case strings.HasPrefix(rest, "\x1b[2K"):
			shown = bytes.Repeat([]byte(" "), len(shown))
			i += len("\x1b[2K") - 1
		case strings.HasPrefix(rest, "\x1b[K"):
			shown = shown[:at]
			i += len("\x1b[K") - 1
		case line[i] == '\r':
			at = 0
		default:
			shown = append(shown[:at], append([]byte{line[i]}, shown[min(at+1, len(shown)):]...)...)
			at++
		}
	}
	return strings.TrimRight(string(shown), " ")
}
