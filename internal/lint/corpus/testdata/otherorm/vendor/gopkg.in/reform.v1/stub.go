// Package reform stands in for the real one.
package reform

type DB struct{}
