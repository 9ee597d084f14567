// Package gdb stands in for the real one.
package gdb

type DB struct{}
