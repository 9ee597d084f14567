// Package yaml stands in for the real one.
package yaml

type DB struct{}
