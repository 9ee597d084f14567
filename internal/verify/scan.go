package verify

import (
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// scannable maps Go types to the storage classes from modernc.org/sqlite that
// database/sql can put into them. A test asks both.
var scannable = map[string]infer.Class{
	"float64":         infer.Integer | infer.Real,
	"float32":         infer.Integer | infer.Real,
	"bool":            infer.Integer, // 0 and 1
	"string":          infer.Integer | infer.Real | infer.Text | infer.Blob,
	"[]byte":          infer.Integer | infer.Real | infer.Text | infer.Blob,
	"json.RawMessage": infer.Blob,
	"time.Time":       infer.Text, // of a column that is declared as a time
	"any":             infer.Integer | infer.Real | infer.Text | infer.Blob,
}

func init() {
	for t := range integers {
		scannable[t] = infer.Integer
	}
}

// misfit says why a Go type cannot hold a column. The zero value says that it can,
// or that it is not known.
type misfit struct {
	why  string
	null bool // because of NULL alone
}

// fits compares a Go type with what a column can be. declared is the declared type
// of the column that it comes from.
func fits(t goType, typ infer.Type, declared string) misfit {
	switch wrong := typ.Occurs() &^ scannable[t.base]; {
	case !t.known():
	case t.base == "time.Time" && sqltime.FormOf(declared) == sqltime.None:
		return misfit{why: "the driver makes a time only of a column that is declared DATE, DATETIME or TIMESTAMP"}
	case wrong != 0:
		return misfit{why: "it can be " + wrong.String()}
	case t.base == "bool" && typ.Class == infer.Integer && !typ.Bool && typ.Column == nil:
		return misfit{why: "it can be an integer other than 0 and 1"}
	case !t.nullable && typ.Null == infer.CanBeNull:
		return misfit{why: typ.Why, null: true}
	}
	return misfit{}
}

// holds is like fits, for values that must come back unchanged: a large integer is
// rounded when it is scanned into a float64.
func holds(t goType, typ infer.Type, declared string) misfit {
	m := fits(t, typ, declared)
	if (m.null || m == misfit{}) && t.base == "float64" && typ.Column == nil && typ.Wide() {
		return misfit{why: inexact(typ)}
	}
	return m
}

// inexact says why a float64 cannot hold an expression.
func inexact(t infer.Type) string {
	if t.Class == infer.Unknown {
		return "it may be an integer, of which a float64 keeps 53 bits: what is calculated with is not declared as a number"
	}
	return "it can be an integer, of which a float64 keeps 53 bits"
}

// String says why, as the end of a sentence.
func (m misfit) String() string {
	if m.null {
		return "it can be NULL: " + m.why
	}
	return m.why
}
