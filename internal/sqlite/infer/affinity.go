package infer

import (
	"strings"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Affinity is the affinity of a declared type, by the rules of
// https://www.sqlite.org/datatype3.html#determination_of_column_affinity.
type Affinity uint8

// The affinities. BlobAffinity is also that of an expression, which does not
// convert anything.
const (
	BlobAffinity Affinity = iota
	TextAffinity
	NumericAffinity
	IntegerAffinity
	RealAffinity
)

var affinityRules = []struct {
	part string
	is   Affinity
}{
	{"int", IntegerAffinity},
	{"char", TextAffinity},
	{"clob", TextAffinity},
	{"text", TextAffinity},
	{"blob", BlobAffinity},
	{"real", RealAffinity},
	{"floa", RealAffinity},
	{"doub", RealAffinity},
}

// AffinityOf returns the affinity that SQLite gives a declared type.
func AffinityOf(declared string) Affinity {
	if declared == "" {
		return BlobAffinity
	}
	declared = fold(declared)
	for _, rule := range affinityRules {
		if strings.Contains(declared, rule.part) {
			return rule.is
		}
	}
	return NumericAffinity
}

// classes are what columns of an affinity hold. A BLOB or NUMERIC column does not
// say anything for certain: a time or a JSON text stays text in it.
var classes = map[Affinity]Class{IntegerAffinity: Integer, RealAffinity: Real, TextAffinity: Text}

// Column is the type of a table's column when it is read from the table itself.
func (a *Analyzer) Column(t *schema.Table, c *schema.Column) Type { return a.columnType(t, c) }

// columnType returns the type of a table's column when it is read from the table
// itself.
func (a *Analyzer) columnType(t *schema.Table, c *schema.Column) Type {
	typ := Type{Class: classes[AffinityOf(c.Affine())], Null: NotNull, Table: t, Column: c}
	switch name := fold(c.Type); {
	case t.Strict && name == "any":
		typ.Class = Unknown
	case name == "bool" || name == "boolean":
		typ.Class, typ.Bool = Integer, true
	case strings.HasPrefix(name, "decimal") || name == "numeric":
		typ.small = true // whoever declares it reads floating point numbers from it
	}
	switch {
	case t.FTS5():
		typ = typ.orNull(fts5Null)
	case t.Kind != schema.KindTable:
		typ.Null = MaybeNull
	case c.NotNull:
	case a.checksOf(t).NotNull(c):
	case keyed(t, c.Name):
		typ.Null = MaybeNull // SQLite allows it, but nobody intends it
	default:
		typ = typ.orNull("column " + t.Name + "." + c.Name + " is nullable")
	}
	return typ
}

// checksOf returns the CHECKs of a table.
func (a *Analyzer) checksOf(t *schema.Table) *checks.Table {
	if a.checks[t] == nil {
		a.checks[t] = checks.Of(t)
	}
	return a.checks[t]
}

const fts5Null = "FTS5 lets each of its columns be NULL"

func keyed(t *schema.Table, column string) bool {
	for _, k := range t.PrimaryKey {
		if sqltext.EqualFold(k, column) {
			return true
		}
	}
	return false
}
