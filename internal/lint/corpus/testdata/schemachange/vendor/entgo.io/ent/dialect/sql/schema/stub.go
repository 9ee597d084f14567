// Package schema stands in for the real one.
package schema

type MigrateOption func()
