// Package mattn tries https://github.com/mattn/go-sqlite3, which needs cgo: without it,
// this package does not have tests.
package mattn
