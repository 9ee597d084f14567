// Package proto stands in for the real one.
package proto

type DB struct{}
