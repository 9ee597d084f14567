package main

import (
	"os/exec"
	"testing"
)

// testdata/fixtures is one project with a block of sqlc.yaml, and a package of
// tests, for each subject: kinds of tables, names, names that clash with
// generated code, sqlc's options.
func TestFixtures(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "testdata/fixtures", "example.com/fixtures")
	generate(t, dir)
	if out, err := exec.Command("drey", "generate", "--check", "--dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("drey generate --check: %v\n%s", err, out)
	}
	goTest(t, dir)
}
