// Package sq stands in for the real one.
package sq

type DB struct{}
