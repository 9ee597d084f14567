// Package sqldriver is what stands between database/sql and the driver of an
// engine: how values are bound, what kind a statement is, what a connection has to
// have, and how a row is scanned without database/sql. The engines and the core of
// the runtime stand on it; nobody else can import it.
package sqldriver
