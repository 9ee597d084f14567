// Package torture has the tests of what must not happen to a service on
// internal/db: a write that was acknowledged and is gone, half of one that was
// not, an error that says busy, a leak. "make torture" runs their long forms.
package torture
