//go:build js && wasm

// Package drbg stands in the place of crypto/internal/fips140/drbg in a worker, which does not
// run in FIPS mode: random bytes are the host's, as they are without this package.
package drbg

import (
	"crypto/internal/sysrand"
	"io"
)

// Read fills b with random bytes of the host's.
func Read(b []byte) { sysrand.Read(b) }

// DefaultReader is embedded in the reader of crypto/rand, by which it is recognized.
type DefaultReader interface{ defaultReader() }

// ReadWithReader fills b from r.
func ReadWithReader(r io.Reader, b []byte) error {
	if _, ok := r.(DefaultReader); ok {
		Read(b)
		return nil
	}
	_, err := io.ReadFull(r, b)
	return err
}

// SetTestingReader is for tests of the Go distribution.
func SetTestingReader(io.Reader) { panic("drbg: not in a worker") }
