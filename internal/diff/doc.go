// Package diff compares SQLite schemas and writes the goose migration that
// leads from one to the other and back.
package diff
