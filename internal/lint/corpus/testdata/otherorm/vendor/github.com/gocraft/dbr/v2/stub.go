// Package dbr stands in for the real one.
package dbr

type DB struct{}
