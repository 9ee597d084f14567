// Package otel runs the client of internal/db over the driver that
// https://github.com/XSAM/otelsql wraps, as docs/transactions.md shows it.
package otel
