// Package jetty stands in for the real one.
package jetty

type DB struct{}
