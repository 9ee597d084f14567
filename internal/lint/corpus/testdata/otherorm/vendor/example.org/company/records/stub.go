// Package records stands in for the real one.
package records

type DB struct{}
