package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced block of the README. It is a file if the line before names
// one.
type block struct{ file, lang, code string }

var fence = regexp.MustCompile("(?ms)^(?:`([^`\n]+)`[^\n]*\n\n)?```([a-z]*)\n(.*?)^```$")

// readme is the blocks of the README's section with that heading, and its text.
func readme(t *testing.T, heading string) (blocks []block, section string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(content), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("the README has no section %q", heading)
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
	blocks, _ := readme(t, "Try it")
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

// Who does what "In your own project" says, in an empty folder, has a program
// that prints what is promised. The versions are those of this module.
func TestReadmeProject(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var install, output string
	blocks, text := readme(t, "In your own project")
	for _, b := range blocks {
		switch {
		case b.file != "":
			path := filepath.Join(dir, b.file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(b.code), 0o644); err != nil {
				t.Fatal(err)
			}
		case install == "":
			install = b.code // the drey in PATH is what it would install
		default:
			cmd := exec.Command("sh", "-ec", b.code)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", b.code, err, out)
			}
			output += string(out)
		}
	}
	if want := "go install github.com/dreysql/drey/cmd/drey@latest\n"; install != want {
		t.Errorf("the first command is %q, want %q", install, want)
	}
	promise := regexp.MustCompile("It prints `(.*)` and `(.*)`").FindStringSubmatch(text)
	if promise == nil || !strings.HasSuffix(output, promise[1]+"\n"+promise[2]+"\n") {
		t.Errorf("promised: %q, printed:\n%s", promise, output)
	}
}
