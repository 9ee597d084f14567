// Package ast stands in for go/ast in a worker. The builders of squirrel ask it one thing.
package ast

import (
	"unicode"
	"unicode/utf8"
)

// IsExported reports whether a name begins with a capital letter.
func IsExported(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(first)
}
