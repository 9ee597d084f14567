package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced block of the README: a file, if the line before names one,
// or code of a language.
type block struct{ lang, file, code string }

var fence = regexp.MustCompile("(?ms)^(?:`([^`\n]+)`[^\n]*\n\n)?```([a-z]*)\n(.*?)^```$")

func readme(t *testing.T) (text string, blocks []block) {
	t.Helper()
	content, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fence.FindAllStringSubmatch(string(content), -1) {
		blocks = append(blocks, block{lang: m[2], file: m[1], code: m[3]})
	}
	return string(content), blocks
}

// The README's first example is the one that internal/db runs.
func TestReadmeExample(t *testing.T) {
	_, blocks := readme(t)
	example, err := os.ReadFile("../../internal/db/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(example), "// README {\n")
	code, _, _ := strings.Cut(rest, "\t// } README")
	want := strings.ReplaceAll("\n"+code, "\n\t", "\n")[1:]
	if blocks[0].code != want {
		t.Errorf("the README has\n%s\nbut internal/db/example_test.go has\n%s", blocks[0].code, want)
	}
}

// A reader who does what "In your own project" says has a program that runs.
func TestReadmeProject(t *testing.T) {
	text, _ := readme(t)
	_, section, ok := strings.Cut(text, "## In your own project")
	if !ok {
		t.Fatal("the section is gone")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	dir, bin := t.TempDir(), t.TempDir()
	run := func(command string) string {
		t.Helper()
		cmd := exec.Command("sh", "-ec", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
		return string(out)
	}
	self, err := os.Executable() // main_test.go makes it drey under this name
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "drey")); err != nil {
		t.Fatal(err)
	}
	files, commands, last := 0, 0, ""
	for _, m := range fence.FindAllStringSubmatch(section, -1) {
		switch b := (block{lang: m[2], file: m[1], code: m[3]}); {
		case b.file != "":
			path := filepath.Join(dir, b.file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(b.code), 0o644); err != nil {
				t.Fatal(err)
			}
			files++
		case strings.HasPrefix(b.code, "go install "): // this is what is tested here
			if want := "go install github.com/dreysql/drey/cmd/drey@latest\n"; b.code != want {
				t.Errorf("the README installs %q, want %q", b.code, want)
			}
		case b.lang == "sh":
			for _, command := range strings.Split(strings.TrimSpace(b.code), "\n") {
				if command == "go mod tidy" && files < 5 {
					// There is no main.go yet, and the versions are this module's own.
					command = "go get github.com/Masterminds/squirrel@v1.5.4 modernc.org/sqlite@v1.61.1"
				}
				last = run(command)
				commands++
			}
		}
	}
	if files != 5 || commands != 3 {
		t.Errorf("%d files and %d commands, want 5 and 3", files, commands)
	}
	if !bytes.Contains([]byte(last), []byte("buy nuts false true <nil>")) {
		t.Errorf("the program says %q", last)
	}
}
