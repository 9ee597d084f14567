// Package lib has functions of another package.
package lib

import (
	"os"
	"strings"
)

var Table = "users"

func Upper(s string) string { return strings.ToUpper(s) }

func Twice(a, b string) string { return a + b }

func Second(a, b string) string { _ = a; return b }

func Env() string { return os.Getenv("X") }

func Name() string { return "users" }

func Pair(s string) (string, error) { return "x" + s, nil }

type Opts struct {
	Columns   []string
	Sort, Dir string
}

func (o Opts) Order() string { return o.Sort }

func (o *Opts) Validate() error { return nil }

func Default() *Opts { return &Opts{Sort: "id"} }

type Kind int

func (k Kind) String() string {
	if k == 1 {
		return "a"
	}
	return "b"
}

func Quote(s string) string { return s }

func Column(k Kind) string {
	switch k {
	case 1:
		return "name"
	}
	return "id"
}

func Where(name string) (string, []any) { return "name = ?", []any{name} }

func BadWhere(name string) (string, []any) { return "name = '" + name + "'", nil }

type Builder struct{ sb strings.Builder }

func (b *Builder) Add(s string) *Builder { b.sb.WriteString(s); return b }
func (b *Builder) String() string        { return b.sb.String() }
