// Package boil stands in for the real one.
package boil

type DB struct{}
