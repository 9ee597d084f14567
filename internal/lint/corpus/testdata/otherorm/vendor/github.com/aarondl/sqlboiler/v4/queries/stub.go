// Package queries stands in for the real one.
package queries

type DB struct{}
