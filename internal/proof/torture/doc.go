// Package torture tests what must not happen to a service on internal/db: a
// write that was acknowledged and is gone, half of a write that was not
// acknowledged, an error that says busy, a leak. "make torture" runs the long
// forms of the tests.
package torture
