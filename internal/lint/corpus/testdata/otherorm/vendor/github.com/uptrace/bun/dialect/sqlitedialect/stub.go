// Package sqlitedialect stands in for the real one.
package sqlitedialect

type DB struct{}
