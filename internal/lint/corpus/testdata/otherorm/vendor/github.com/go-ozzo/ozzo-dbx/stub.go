// Package ozzo_dbx stands in for the real one.
package ozzo_dbx

type DB struct{}
