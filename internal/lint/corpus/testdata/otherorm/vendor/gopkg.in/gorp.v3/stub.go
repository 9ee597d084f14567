// Package gorp stands in for the real one.
package gorp

type DB struct{}
