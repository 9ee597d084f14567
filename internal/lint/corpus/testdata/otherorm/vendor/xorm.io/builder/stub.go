// Package builder stands in for the real one.
package builder

type DB struct{}
