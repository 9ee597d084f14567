// Package bun stands in for the real one.
package bun

type DB struct{}
