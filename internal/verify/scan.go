package verify

import (
	"strings"

	"github.com/dreysql/drey/internal/infer"
)

// scannable are the storage classes that database/sql can put into a Go type,
// coming from modernc.org/sqlite. A test asks both.
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

// timeTypes are the declared types whose text modernc.org/sqlite makes a time
// of.
var timeTypes = map[string]bool{"DATE": true, "DATETIME": true, "TIMESTAMP": true}

// misfit is why a Go type cannot hold a column; the zero value says that it
// can, or that it is not known.
type misfit struct {
	why  string
	null bool // because of NULL alone
}

// fits compares a Go type with what a column can be. declared is the declared
// type of the column behind it.
func fits(t goType, typ infer.Type, declared string) misfit {
	switch wrong := typ.Class &^ scannable[t.base]; {
	case !t.known():
	case t.base == "time.Time" && !timeTypes[strings.ToUpper(declared)]:
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

// String says why, as the end of a sentence.
func (m misfit) String() string {
	if m.null {
		return "it can be NULL: " + m.why
	}
	return m.why
}
