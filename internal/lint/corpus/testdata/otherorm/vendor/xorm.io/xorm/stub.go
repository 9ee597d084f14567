// Package xorm stands in for the real one.
package xorm

type DB struct{}
