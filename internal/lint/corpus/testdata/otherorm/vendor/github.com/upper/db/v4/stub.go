// Package db stands in for the real one.
package db

type DB struct{}
