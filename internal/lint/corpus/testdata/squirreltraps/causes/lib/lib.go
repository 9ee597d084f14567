// Package lib has the names of tables, which another package chooses.
package lib

type Names struct{ Orders, Lines string }
