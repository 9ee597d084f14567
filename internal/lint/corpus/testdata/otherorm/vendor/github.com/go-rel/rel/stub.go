// Package rel stands in for the real one.
package rel

type DB struct{}
