// Package pq stands in for the real one.
package pq

type DB struct{}
