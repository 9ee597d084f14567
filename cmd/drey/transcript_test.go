package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// transcript runs a page of docs/ in a folder, from top to bottom: a block that a line
// before names is a file, and of a block of console each line after "$ " is a command, with
// what it prints below. … stands for anything. White space does not count.
func transcript(t *testing.T, page, dir string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "at") // the folder that a command leaves the shell in
	ran := 0
	for _, m := range fence.FindAllStringSubmatch(string(content), -1) {
		switch name, lang, code := m[1], m[2], m[3]; {
		case name != "":
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.WriteFile(file, []byte(code), 0o644); err != nil {
				t.Fatal(err)
			}
		case lang == "console":
			for part := range strings.SplitSeq("\n"+code, "\n$ ") {
				if strings.TrimSpace(part) == "" {
					continue
				}
				command, want, _ := strings.Cut(part, "\n")
				cmd := exec.Command("sh", "-ec", command+"\npwd >"+at)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%s: $ %s: %v\n%s", page, command, err, out)
				}
				if !printed(want).MatchString(strings.Join(strings.Fields(string(out)), " ")) {
					t.Errorf("%s: $ %s prints\n%s\nthe page has\n%s", page, command, out, want)
				}
				now, err := os.ReadFile(at)
				if err != nil {
					t.Fatal(err)
				}
				dir = strings.TrimSpace(string(now))
				ran++
			}
		}
	}
	if ran == 0 {
		t.Errorf("%s has no command", page)
	}
}

// printed matches what a page says that a command prints.
func printed(want string) *regexp.Regexp {
	var parts []string
	for part := range strings.SplitSeq(strings.Join(strings.Fields(want), " "), "…") {
		parts = append(parts, regexp.QuoteMeta(strings.TrimSpace(part)))
	}
	return regexp.MustCompile("^" + strings.Join(parts, "(?s:.*)") + "$")
}

// Who does what the page says, in an empty folder, has a passing test.
func TestStart(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds projects")
	}
	t.Parallel()
	transcript(t, "start.md", t.TempDir())
}

// Who does what the page says, in a project with sqlc, has it under drey.
func TestAdopt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/adopt")); err != nil {
		t.Fatal(err)
	}
	transcript(t, "adopt.md", dir)
}

// The page says how many requirements the command costs a go.mod as a tool.
func TestToolCost(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "docs", "adopt.md"))
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`writes (\d+) lines of indirect requirements`).FindStringSubmatch(string(page))
	if said == nil {
		t.Fatal("the page does not say it")
	}
	rootDir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod := "module example.com/tool\n\ngo 1.26.0\n\ntool github.com/dreysql/drey/cmd/drey\n\nrequire github.com/dreysql/drey v0.0.0\n\nreplace github.com/dreysql/drey => " + rootDir + "\n"
	for name, content := range map[string]string{"go.mod": mod, "go.sum": string(sum)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "mod", "tidy")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
	content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(content), "// indirect"); strconv.Itoa(n) != said[1] {
		t.Errorf("they are %d, the page says %s", n, said[1])
	}
}
