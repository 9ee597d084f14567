package emit_test

import (
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/dreysql/drey/internal/emit"
)

// A project gets the folders of the engines that it uses, and of what these need.
func TestEngines(t *testing.T) {
	for engines, want := range map[emit.Engines][]string{
		{}:                       {".", "internal/sqldriver", "sqlite"},
		{D1: true}:               {".", "d1", "internal/remote", "internal/sqldriver", "sqlite"},
		{Rqlite: true}:           {".", "internal/remote", "internal/sqldriver", "rqlite", "sqlite"},
		{D1: true, Rqlite: true}: {".", "d1", "internal/remote", "internal/sqldriver", "rqlite", "sqlite"},
	} {
		files, err := emit.Runtime("example.com/m/db/drey", "test", engines)
		if err != nil {
			t.Fatal(err)
		}
		folders := map[string]bool{}
		for name := range files {
			folders[path.Dir(name)] = true
		}
		if got := slices.Sorted(maps.Keys(folders)); !slices.Equal(got, want) {
			t.Errorf("%+v: %q, want %q", engines, got, want)
		}
	}
}
