// Package sqldriver stands between database/sql and the driver of an engine. It
// says how values are bound, what kind a statement is, what a connection must
// have, and how a row is scanned without database/sql. The engines and the core of
// the runtime use it; nobody else can import it.
package sqldriver
