// Package go_sqlbuilder stands in for the real one.
package go_sqlbuilder

type DB struct{}
