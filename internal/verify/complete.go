package verify

import "github.com/dreysql/drey/internal/sqlcgen"

// completion is what the query's method is to be completed with.
func (s *subject) completion() *sqlcgen.Completion { return s.completions.Method(s.m.Name) }

// runtimeName is the name of a function of package runtime in the package.
func (c *checker) runtimeName(name string) string {
	if c.Runtime == nil {
		return name
	}
	return c.Runtime(name)
}
