// Package exp stands in for the real one.
package exp

type DB struct{}
