// Package otelsql stands in for the real one.
package otelsql

type DB struct{}
