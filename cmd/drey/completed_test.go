package main

import "testing"

// testdata/completed has queries whose types drey completes, and tests that run
// them in both halves of the package.
func TestCompleted(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "testdata/completed", "example.com/completed")
	generate(t, dir)
	goTest(t, dir)
}
