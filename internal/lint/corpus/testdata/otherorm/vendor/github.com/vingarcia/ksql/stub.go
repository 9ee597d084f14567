// Package ksql stands in for the real one.
package ksql

type DB struct{}
