// Package bob stands in for the real one.
package bob

type DB struct{}
