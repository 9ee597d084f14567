package infer

import (
	"maps"
	"slices"
)

// Functions are the names of SQLite's functions that are known here, sorted.
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
