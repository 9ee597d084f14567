//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is drey, started as a shell starts a command: with a process group
// of its own, to which the terminal sends its interrupt.
type process struct {
	*exec.Cmd
	t      *testing.T
	stdout bytes.Buffer
	stderr io.ReadCloser
}

func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command("drey", args...), t: t}
	p.Dir = dir
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.Stdout = &p.stdout
	var err error
	if p.stderr, err = p.StderrPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-p.Process.Pid, syscall.SIGKILL) }) // it has ended, unless the test failed
	return p
}

func (p *process) interrupt() {
	p.t.Helper()
	if err := syscall.Kill(-p.Process.Pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		p.t.Fatal(err)
	}
}

// end waits for the process and returns what it said and its exit code, -1 if
// a signal has killed it.
func (p *process) end() (stderr string, code int) {
	p.t.Helper()
	said, err := io.ReadAll(p.stderr)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = p.Wait() // the code tells
	return string(said), p.ProcessState.ExitCode()
}

func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		write(t, filepath.Join(dir, name), files[name])
	}
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

var notes = map[string]string{
	"sqlc.yaml": `version: "2"
sql:
  - {engine: sqlite, schema: migrations, queries: sql, gen: {go: {package: db, out: db}}}
`,
	"migrations/00001_notes.sql": "-- +goose Up\nCREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n",
	"sql/queries.sql":            "-- name: Titles :many\nSELECT title FROM notes;\n",
}

// A migration that would run for hours: the interrupt certainly comes in the
// middle.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	dir := lay(t, notes)
	generate(t, dir)
	write(t, filepath.Join(dir, "migrations/00002_long.sql"), "-- +goose Up\nCREATE TABLE numbers AS\n"+
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000000) SELECT COUNT(*) AS n FROM n;\n")
	before, err := files(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for wait := 500 * time.Millisecond; ; wait *= 2 {
		p := start(t, dir, "generate")
		time.Sleep(wait)
		p.interrupt()
		stderr, code := p.end()
		if code == -1 && wait < 10*time.Second { // it was not yet there to hear it
			continue
		}
		if want := "drey: interrupted; every file is as it was\n"; code != 1 || stderr != want || p.stdout.Len() > 0 {
			t.Errorf("exit code %d, want 1\n%s%s", code, &p.stdout, stderr)
		}
		break
	}
	after, err := files(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(before, after) {
		t.Errorf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// Whenever the interrupt comes, there are all files or none.
func TestInterruptAnywhere(t *testing.T) {
	t.Parallel()
	complete := lay(t, notes)
	generate(t, complete)
	whole, err := exec.Command("sh", "-c", "cd "+complete+" && find . | sort").Output()
	if err != nil {
		t.Fatal(err)
	}
	for wait := time.Duration(0); wait < 2*time.Second; wait += 150 * time.Millisecond {
		dir := lay(t, notes)
		p := start(t, dir, "generate")
		time.Sleep(wait)
		p.interrupt()
		stderr, code := p.end()
		found, err := exec.Command("sh", "-c", "cd "+dir+" && find . | sort").Output()
		if err != nil {
			t.Fatal(err)
		}
		switch code {
		case 0:
			if !bytes.Equal(found, whole) {
				t.Errorf("after %s and success there are\n%s", wait, found)
			}
			return // it was too late, and would be later on
		default:
			if n := bytes.Count(found, []byte("\n")); n != 1+2+len(notes) {
				t.Errorf("after %s and exit code %d (%s) there are\n%s", wait, code, stderr, found)
			}
		}
	}
}

// A watching drey generates after each change, says what is wrong, gives a note
// once, and ends well.
func TestWatch(t *testing.T) {
	t.Parallel()
	dir := lay(t, notes)
	p := start(t, dir, "generate", "--watch")
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(p.stderr); s.Scan(); {
			lines <- s.Text()
		}
	}()
	// rest waits until it watches again and returns what it said before.
	rest := func() string {
		t.Helper()
		var said []string
		timeout := time.After(time.Minute)
		for {
			select {
			case line, ok := <-lines:
				if !ok {
					t.Fatalf("it has ended: %s", strings.Join(said, "\n"))
				}
				if line == "watching; interrupt to end" {
					return strings.Join(said, "\n")
				}
				said = append(said, line)
			case <-timeout:
				t.Fatalf("it does nothing: %s", strings.Join(said, "\n"))
			}
		}
	}
	has := func(file, text string) {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !bytes.Contains(content, []byte(text)) {
			t.Errorf("%s has no %q: %v", file, text, err)
		}
	}
	change := func(file, content, want string) {
		t.Helper()
		write(t, filepath.Join(dir, file), content)
		if said := rest(); said != want {
			t.Errorf("after a change of %s:\n got %s\nwant %s", file, said, want)
		}
	}

	if said := rest(); !strings.HasPrefix(said, "note: there is no go.mod above db, ") || strings.Contains(said, "\n") {
		t.Errorf("at first: got %q, want the one note", said)
	}
	has("db/queries.sql.go", "Titles(")
	change("sql/queries.sql", "-- name: Heads :many\nSELECT title FROM notes;\n", "")
	has("db/queries.sql.go", "Heads(")
	change("sql/queries.sql", "-- name: Heads :many\nSELECT title FROM note;\n",
		"sql/queries.sql:2:1: query Heads: SQLite refuses it: no such table: note\n\tfix: the migrations make notes")
	has("db/queries.sql.go", "FROM notes")
	change("sql/queries.sql", "-- name: Heads :many\nSELECT title FROM notes ORDER BY id;\n", "")
	has("db/queries.sql.go", "ORDER BY id")
	change("migrations/00002_tags.sql", "-- +goose Up\nCREATE TABLE tags (name TEXT NOT NULL PRIMARY KEY);\n", "")
	has("db/drey_sources.go", "var Tags = ")

	p.interrupt()
	for line := range lines {
		t.Error(line)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	if n := strings.Count(p.stdout.String(), "generated files written"); n != 4 {
		t.Errorf("%d runs succeeded, want 4:\n%s", n, fmt.Sprint(&p.stdout))
	}
}
