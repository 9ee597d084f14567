// Package fakedb stands in for the real one.
package fakedb

type DB struct{}
