package main

import "testing"

// Values at their extremes, of the types that sqlc.yaml can give a column,
// through both halves of a package.
func TestValues(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "testdata/values", "example.com/values")
	goGet(t, dir, "github.com/shopspring/decimal@v1.5.0")
	generate(t, dir)
	goTest(t, dir)
}
