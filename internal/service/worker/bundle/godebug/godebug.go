// Package godebug stands in the place of internal/godebug in a worker, which does not have
// GODEBUG: every setting has its default.
package godebug

// Setting is a setting of GODEBUG.
type Setting struct{ name string }

// New returns a setting by its name.
func New(name string) *Setting { return &Setting{name} }

// Name is its name.
func (s *Setting) Name() string { return s.name }

// Value is empty, for the default.
func (s *Setting) Value() string { return "" }

// IncNonDefault counts nothing.
func (s *Setting) IncNonDefault() {}
