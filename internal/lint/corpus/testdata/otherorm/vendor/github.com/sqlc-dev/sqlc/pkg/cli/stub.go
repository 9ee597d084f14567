// Package cli stands in for the real one.
package cli

type DB struct{}
