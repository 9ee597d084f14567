// Package pg stands in for the real one.
package pg

type DB struct{}
