// Package sql stands in for the real one.
package sql

type DB struct{}
