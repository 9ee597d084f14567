// Package goqu stands in for the real one.
package goqu

type DB struct{}
