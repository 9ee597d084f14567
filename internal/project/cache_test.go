package project

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The go command's build ID is taken, not one that anybody can give.
func TestBuildID(t *testing.T) {
	dir := t.TempDir()
	build := func(text string, flags ...string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() { println("+text+") }\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "program")
		args := append(append([]string{"build"}, flags...), "-o", out, filepath.Join(dir, "main.go"))
		c := exec.Command("go", args...)
		c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0") // only read, not run
		if msg, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, msg)
		}
		return string(buildID(out))
	}
	one, other := build("1"), build("2")
	if one == "" || one == other || build("1") != one {
		t.Errorf("the IDs are %q and %q", one, other)
	}
	for _, flag := range []string{"-ldflags=-buildid=", "-ldflags=-buildid=mine", "-ldflags=-buildid=a/b/c/d"} {
		if id := build("1", flag); id != "" {
			t.Errorf("%s: %q", flag, id)
		}
	}
	if id := buildID(filepath.Join(dir, "main.go")); id != nil {
		t.Errorf("a text has the ID %q", id)
	}
}
