// Package now stands in for the real one.
package now

type DB struct{}
