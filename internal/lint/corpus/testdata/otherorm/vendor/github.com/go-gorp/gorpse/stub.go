// Package gorpse stands in for the real one.
package gorpse

type DB struct{}
