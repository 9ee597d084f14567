package config

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// override is a type override of sqlc's, as far as it tells whether a value of
// the type can say NULL.
type override struct {
	Column   string `yaml:"column"`
	DBType   string `yaml:"db_type"`
	Nullable bool   `yaml:"nullable"`
	Null     bool   `yaml:"null"` // the old name of nullable
	GoType   goType `yaml:"go_type"`
}

// goType is written as a string, or taken apart.
type goType struct {
	Name    string `yaml:"type"`
	Pointer bool   `yaml:"pointer"`
	Slice   bool   `yaml:"slice"`
}

func (t *goType) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		t.Name = n.Value
		return nil
	}
	type plain goType
	return n.Decode((*plain)(t))
}

// nilable are the types besides pointers and slices whose zero value is NULL.
var nilable = []string{"database/sql.Null", "sql.Null", "JSON", "interface{}", "any"}

// saysNull reports whether the zero value of the type is known to be NULL. Of a
// type from elsewhere that is not known.
func (t *goType) saysNull() bool {
	if t.Pointer || t.Slice || strings.HasPrefix(t.Name, "*") || strings.HasPrefix(t.Name, "[]") {
		return true
	}
	for _, prefix := range nilable {
		if t.Name == prefix || strings.HasSuffix(prefix, "Null") && strings.HasPrefix(t.Name, prefix) {
			return true
		}
	}
	return false
}

// NoNull reports whether an override gives a parameter for the column, of which
// NULL is to be a value, a Go type that is not known to have NULL. dbType is the
// column's declared type. The order in which overrides count is sqlc's: those
// for columns first, the global ones before the block's.
func (b *Block) NoNull(table, column, dbType string) bool {
	for i := range b.overrides {
		o := &b.overrides[i]
		if o.GoType.Name == "" || o.Column == "" {
			continue
		}
		parts := strings.Split(o.Column, ".")
		if len(parts) >= 2 && matches(parts[len(parts)-2], table) && matches(parts[len(parts)-1], column) {
			return !o.GoType.saysNull()
		}
	}
	for i := range b.overrides {
		o := &b.overrides[i]
		if o.GoType.Name != "" && o.DBType != "" && strings.EqualFold(o.DBType, dbType) && (o.Nullable || o.Null) {
			return !o.GoType.saysNull()
		}
	}
	return false
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
