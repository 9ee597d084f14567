// Package orm stands in for the real one.
package orm

type DB struct{}
