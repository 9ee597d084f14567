// Package goose stands in for the real one.
package goose

type DB struct{}
