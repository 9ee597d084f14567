package verify

import (
	"strings"

	"github.com/dreysql/drey/internal/gotype"
)

// goType is a Go type as sqlc writes it.
type goType struct {
	text     string
	base     string // without slice and nullability: "string" of sql.NullString, *string and []string
	nullable bool   // it can take NULL
}

func parseGoType(text string) goType {
	t := gotype.Parse(text)
	return goType{t.Text, t.Base, t.Nullable}
}

// element returns the type of a slice's elements.
func (t goType) element() goType { return parseGoType(strings.TrimPrefix(t.text, "[]")) }

// integers are the integer types.
var integers = func() map[string]bool {
	set := map[string]bool{}
	for t := range gotype.Integers {
		set[t] = true
	}
	return set
}()

// known reports whether the type is one that sqlc chooses by itself. It is not
// known what a type from an override can do.
func (t goType) known() bool {
	if integers[t.base] {
		return true
	}
	switch t.base {
	case "float32", "float64", "bool", "string", "[]byte", "time.Time", "json.RawMessage", "any":
		return true
	}
	return false
}
