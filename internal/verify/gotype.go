package verify

import "strings"

// goType is a Go type as sqlc writes it.
type goType struct {
	text     string
	base     string // without what makes it nullable or a slice: "string" of sql.NullString, *string and []string
	nullable bool   // it can take NULL
}

// nullTypes are database/sql's.
var nullTypes = map[string]string{
	"sql.NullString": "string", "sql.NullInt64": "int64", "sql.NullInt32": "int32", "sql.NullInt16": "int16",
	"sql.NullByte": "byte", "sql.NullFloat64": "float64", "sql.NullBool": "bool", "sql.NullTime": "time.Time",
}

func parseGoType(text string) goType {
	t := goType{text: text, base: text}
	if generic, ok := strings.CutPrefix(text, "sql.Null["); ok {
		t.base, t.nullable = strings.TrimSuffix(generic, "]"), true
	}
	if base, ok := nullTypes[text]; ok {
		t.base, t.nullable = base, true
	}
	if base, ok := strings.CutPrefix(text, "*"); ok {
		t.base, t.nullable = base, true
	}
	switch t.base {
	case "any", "interface{}":
		t.base, t.nullable = "any", true
	case "[]byte":
		t.nullable = true
	}
	return t
}

// element is the type of a slice's elements.
func (t goType) element() goType { return parseGoType(strings.TrimPrefix(t.text, "[]")) }

// numbers are the integer types.
var integers = map[string]bool{
	"int": true, "int8": true, "int16": true, "int32": true, "int64": true, "byte": true,
	"uint": true, "uint8": true, "uint16": true, "uint32": true, "uint64": true,
}

// known reports whether the type is one that sqlc chooses by itself: what a
// type from an override can do is not known.
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
