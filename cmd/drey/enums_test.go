package main

import (
	"os/exec"
	"testing"
)

// testdata/enums has columns whose CHECK lists their values, and tests of the Go
// types that come of it.
func TestEnums(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "testdata/enums", "example.com/enums")
	generate(t, dir)
	if out, err := exec.Command("drey", "generate", "--check", "--dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("drey generate --check: %v\n%s", err, out)
	}
	goTest(t, dir)
}
