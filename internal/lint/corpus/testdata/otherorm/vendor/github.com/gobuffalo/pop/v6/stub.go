// Package pop stands in for the real one.
package pop

type DB struct{}
