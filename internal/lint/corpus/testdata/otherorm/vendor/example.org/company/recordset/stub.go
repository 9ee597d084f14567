// Package recordset stands in for the real one.
package recordset

type DB struct{}
