// Package migrate stands in for the real one.
package migrate

type Migrate struct{}

func New(source, database string) (*Migrate, error) { return nil, nil }
func (m *Migrate) Up() error                        { return nil }
func (m *Migrate) Version() (uint, bool, error)     { return 0, false, nil }
