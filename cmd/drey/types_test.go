package main

import "testing"

// testdata/types has columns whose Go types overrides name, and tests of what
// the generated code does with them.
func TestTypes(t *testing.T) {
	t.Parallel()
	dir := newProject(t, "testdata/types", "example.com/types")
	generate(t, dir)
	goTest(t, dir)
}
