// Package mocks is for tests.
package mocks

import "testing"

type Grafting struct {
	T     *testing.T
	Names []string
}

func (g Grafting) Table(of string) (string, error) { return g.Names[0], nil }
func (g Grafting) Orders() []string                { return g.Names }

func New(t *testing.T, names ...string) Grafting { return Grafting{t, names} }
