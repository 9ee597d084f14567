// Package migrate stands in for the real one.
package migrate

type DB struct{}
