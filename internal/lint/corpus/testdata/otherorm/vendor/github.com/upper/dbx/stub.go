// Package dbx stands in for the real one.
package dbx

type DB struct{}
