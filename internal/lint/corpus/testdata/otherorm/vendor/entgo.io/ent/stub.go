// Package ent stands in for the real one.
package ent

type DB struct{}
