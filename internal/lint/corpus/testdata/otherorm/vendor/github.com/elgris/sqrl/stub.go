// Package sqrl stands in for the real one.
package sqrl

type DB struct{}
