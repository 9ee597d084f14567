// Package gorm stands in for the real one.
package gorm

type DB struct{}
