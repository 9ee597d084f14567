// Package sqlx stands in for the real one.
package sqlx

type DB struct{}
