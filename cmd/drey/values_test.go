package main

import "testing"

// Values at their extremes, of the types that sqlc.yaml can give a column,
// through both halves of a package.
func TestValues(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "testdata/values", "example.com/values")
	generate(t, dir)
	goTest(t, dir)
}
