// Package inflection stands in for the real one.
package inflection

type DB struct{}
