// Package sqlscan stands in for the real one.
package sqlscan

type DB struct{}
