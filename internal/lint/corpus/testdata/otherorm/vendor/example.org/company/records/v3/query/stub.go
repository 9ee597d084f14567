// Package query stands in for the real one.
package query

type DB struct{}
