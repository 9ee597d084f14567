package infer

import (
	"maps"
	"slices"
)

// Functions returns the names of SQLite's functions that this package knows, sorted.
func Functions() []string {
	known := map[string]bool{}
	for name := range functions {
		known[name] = true
	}
	for name := range aggregates {
		known[name] = true
	}
	for name := range picks {
		known[name] = true
	}
	return slices.Sorted(maps.Keys(known))
}
