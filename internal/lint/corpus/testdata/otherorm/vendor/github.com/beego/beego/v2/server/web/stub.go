// Package web stands in for the real one.
package web

type DB struct{}
