// Package gotype reads the Go types that sqlc writes, and says which of them
// sqlc gives a column.
package gotype

import (
	"math"
	"strings"
)

// Type is a Go type as sqlc writes it.
type Type struct {
	Text     string
	Base     string // without what makes it nullable or a slice: "string" of sql.NullString, *string and []string
	Nullable bool   // it can take NULL
	Named    string // the type with a name of its own that Base is the basic type of, "" where Base is the type itself
}

// nullTypes are database/sql's.
var nullTypes = map[string]string{
	"sql.NullString": "string", "sql.NullInt64": "int64", "sql.NullInt32": "int32", "sql.NullInt16": "int16",
	"sql.NullByte": "byte", "sql.NullFloat64": "float64", "sql.NullBool": "bool", "sql.NullTime": "time.Time",
}

// Parse reads a type.
func Parse(text string) Type {
	t := Type{Text: text, Base: text}
	if generic, ok := strings.CutPrefix(text, "sql.Null["); ok {
		t.Base, t.Nullable = strings.TrimSuffix(generic, "]"), true
	}
	if base, ok := nullTypes[text]; ok {
		t.Base, t.Nullable = base, true
	}
	if base, ok := strings.CutPrefix(text, "*"); ok {
		t.Base, t.Nullable = base, true
	}
	switch t.Base {
	case "any", "interface{}":
		t.Base, t.Nullable = "any", true
	case "[]byte":
		t.Nullable = true
	}
	return t
}

// TakesNull is the type that a row has for a column that can be NULL and that sqlc.yaml gives
// t: one of Go's own types becomes one that takes NULL, every other stays.
func (t Type) TakesNull(pointers bool) string {
	if _, integer := Integers[t.Base]; !t.Nullable && (integer || others[t.Base]) {
		return OrNull(t.Base, pointers)
	}
	return t.Text
}

// others are Go's own types for a column, but for the integers.
var others = map[string]bool{"string": true, "bool": true, "float32": true, "float64": true, "time.Time": true}

// OrNull is the type for values of a base type or NULL: a pointer, or one of
// database/sql's types where it has one and pointers are not asked for.
func OrNull(base string, pointers bool) string {
	if base == "[]byte" || base == "any" {
		return base
	}
	for text, of := range nullTypes {
		if of == base && !pointers {
			return text
		}
	}
	return "*" + base
}

// Range is what an integer type can hold of SQLite's integers.
type Range struct{ Min, Max int64 }

// Integers are the integer types.
var Integers = map[string]Range{
	"int": {math.MinInt64, math.MaxInt64}, "int64": {math.MinInt64, math.MaxInt64},
	"int8": {math.MinInt8, math.MaxInt8}, "int16": {math.MinInt16, math.MaxInt16}, "int32": {math.MinInt32, math.MaxInt32},
	"byte": {0, math.MaxUint8}, "uint8": {0, math.MaxUint8}, "uint16": {0, math.MaxUint16}, "uint32": {0, math.MaxUint32},
	"uint": {0, math.MaxInt64}, "uint64": {0, math.MaxInt64},
}

// names are the declared types, without blanks and in small letters, that sqlc
// v1.31.1 has a Go type for. What it takes for interface{} is not in it.
var names = map[string]string{
	"int": "int64", "integer": "int64", "tinyint": "int64", "smallint": "int64", "mediumint": "int64", "bigint": "int64",
	"unsignedbigint": "int64", "int2": "int64", "int8": "int64",
	"blob": "[]byte",
	"real": "float64", "double": "float64", "doubleprecision": "float64", "float": "float64", "numeric": "float64",
	"boolean": "bool", "bool": "bool",
	"date": "time.Time", "datetime": "time.Time", "timestamp": "time.Time",
	"json": "json.RawMessage", "jsonb": "json.RawMessage",
	"text": "string", "clob": "string",
}

// prefixes are beginnings of such names.
var prefixes = []struct{ prefix, base string }{
	{"character", "string"}, {"varchar", "string"}, {"varyingcharacter", "string"}, {"nchar", "string"},
	{"nativecharacter", "string"}, {"nvarchar", "string"}, {"decimal", "float64"},
}

// Of is the Go type, without what makes it nullable, that sqlc gives a column of
// a declared type where no override does, "any" where it has none.
func Of(declared string) string {
	name := strings.ToLower(strings.Join(strings.Fields(declared), ""))
	if base, ok := names[name]; ok {
		return base
	}
	for _, p := range prefixes {
		if strings.HasPrefix(name, p.prefix) {
			return p.base
		}
	}
	return "any"
}
