package emit

import (
	"strings"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// handle is a typed column of a source.
type handle struct {
	Nullable bool         // NULL may be stored in it, whatever the Go type says
	Computed bool         // SQLite computes it: nothing can be assigned to it
	Version  bool         // it counts the changes of its row: nothing can be assigned to it
	Field    string       // its name in the source's struct
	Quoted   string       // the column in SQL
	Kind     string       // the runtime's type: "TextColumn", …
	Type     string       // T
	Form     sqltime.Form // the form of its values as text
	Numeric  bool         // SQLite keeps numbers in it, which Go may bind as text
	Comment  string
}

// typeArgs returns the type arguments of the handle's type. A text column's type
// does not have one for its values.
func (h *handle) typeArgs(r *relation) string {
	if h.Kind == textKind || h.Kind == "Null"+textKind {
		return r.Marker
	}
	return r.Marker + ", " + h.Type
}

// bare returns the type of a column's values without NULL, and whether the type of
// the row's field says that it can be NULL.
func bare(goType string) (t string, nullable bool) {
	if inner, ok := strings.CutPrefix(goType, "*"); ok {
		return inner, true
	}
	if inner, ok := strings.CutPrefix(goType, "sql.Null["); ok {
		return strings.TrimSuffix(inner, "]"), true
	}
	if t, ok := nullTypes[goType]; ok {
		return t, true
	}
	if pkg, t, _ := strings.Cut(goType, ".Null"); t == "UUID" || t == "Decimal" { // of well-known packages
		return pkg + "." + t, true
	}
	return goType, false
}

// nullTypes are database/sql's types for what may be NULL.
var nullTypes = map[string]string{
	"sql.NullBool":    "bool",
	"sql.NullByte":    "byte",
	"sql.NullFloat64": "float64",
	"sql.NullInt16":   "int16",
	"sql.NullInt32":   "int32",
	"sql.NullInt64":   "int64",
	"sql.NullString":  "string",
	"sql.NullTime":    "time.Time",
}

// unordered are the types whose values can only be compared for equality.
var unordered = map[string]bool{
	"bool": true, "[]byte": true, "interface{}": true, "any": true,
	"json.RawMessage": true, "JSON": true,
}

// exact are types for exact numbers in well-known packages. As TEXT they keep their
// digits, but SQLite sorts them as text, "10" before "9". As INTEGER, REAL or
// NUMERIC it sorts them as numbers.
var exact = map[string]bool{
	"decimal.Decimal": true, "apd.Decimal": true,
	"big.Int": true, "big.Rat": true, "big.Float": true,
}

// numbers are the types that the runtime's Number has.
var numbers = map[string]bool{
	"int": true, "int8": true, "int16": true, "int32": true, "int64": true,
	"byte": true, "uint8": true, "uint16": true, "uint32": true, "float32": true, "float64": true,
}

const textKind = "TextColumn"

// madeOf returns the basic type that a type is made of, or the type itself if that
// is not known. A number type with its own method for storing it only counts as a
// number in a column of numbers. c is nil if the column is not known.
func (p *plan) madeOf(t string, c *schema.Column) string {
	if p.in.Basic == nil {
		return t
	}
	path, name := "", t
	if pkg, selected, ok := strings.Cut(t, "."); ok {
		if path, name = p.in.Package.Imports[pkg], selected; path == "" {
			return t
		}
	}
	basic, valuer := p.in.Basic(path, name)
	if basic == "" || basic != "string" && valuer && (c == nil || !isNumber(infer.AffinityOf(c.Affine()))) {
		return t
	}
	return basic
}

func isNumber(a infer.Affinity) bool {
	return a == infer.IntegerAffinity || a == infer.RealAffinity || a == infer.NumericAffinity
}

// kindOf returns the runtime's handle type for values of type t, which is made of
// the type basic.
func kindOf(basic, t string, nullable bool) (kind string) {
	switch {
	case t == "string":
		kind = textKind
	case basic == "string":
		kind = "NamedTextColumn"
	case numbers[basic]:
		kind = "NumberColumn"
	case unordered[basic]:
		kind = "Column"
	default:
		kind = "OrderedColumn"
	}
	if nullable {
		return "Null" + kind
	}
	return kind
}

// undecided reports whether a type is used for columns with and without NULL alike,
// so that only the schema can tell.
func undecided(t string) bool { return unordered[t] && t != "bool" }

// refusesNull reports whether a type is known to refuse NULL in a scan. A type of
// the project's own may have a place for NULL.
func refusesNull(t string) bool {
	return t == "string" || t == "bool" || numbers[t] || t == "time.Time" || t == "UnixTime" || t == "UnixMilli" || t == "TextTime"
}

// columnHandle returns the handle of a table's column, with goType as the type of
// its field in the row.
func (p *plan) columnHandle(c *schema.Column, field, goType string) handle {
	t, nullable := bare(goType)
	h := handle{Field: field, Quoted: sqltext.Quote(c.Name), Type: t, Comment: describeColumn(c)}
	h.Nullable = !c.NotNull
	h.Computed = c.Generated != schema.NotGenerated
	nullable = nullable || undecided(t) && !c.NotNull
	h.Kind = kindOf(p.madeOf(t, c), t, nullable)
	if sortsAsText(c, t) {
		h.Kind = kindOf("any", "any", nullable) // only compared for equality
	}
	h.Form = formOf(c.Type, t)
	h.Numeric = p.numeric(c.Affine(), t, c)
	return h
}

// numeric reports whether a column of numbers has values of a type that may be bound
// as text, such as a decimal.
func (p *plan) numeric(declared, t string, c *schema.Column) bool {
	switch t {
	case "bool", "[]byte", "UnixTime", "UnixMilli":
		return false
	}
	return isNumber(infer.AffinityOf(declared)) && sqltime.FormOf(declared) == sqltime.None && !numbers[p.madeOf(t, c)]
}

// formOf returns the form of the values of a column whose Go type t is a time.
func formOf(declaredType, t string) sqltime.Form {
	switch {
	case t == "string" || t == "bool" || t == "[]byte" || ownNumber(t):
		return sqltime.None
	case t == "TextTime" && sqltime.FormOf(declaredType) == sqltime.None:
		return sqltime.Time
	}
	return sqltime.FormOf(declaredType)
}

// sortsAsText reports whether a column keeps the digits of exact numbers.
func sortsAsText(c *schema.Column, t string) bool {
	affinity := infer.AffinityOf(c.Affine())
	return exact[t] && (affinity == infer.TextAffinity || affinity == infer.BlobAffinity)
}

// describeColumn describes the column's declaration in short.
func describeColumn(c *schema.Column) string {
	words := []string{c.Type}
	if c.Generated != schema.NotGenerated {
		words = append(words, "generated")
	}
	return strings.TrimSpace(strings.Join(words, " "))
}
