// Package squirrel stands in for the real one.
package squirrel

type DB struct{}
