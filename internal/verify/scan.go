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

// fits tells why a Go type cannot hold a column, "" where it can or where that
// is not known. declared is the declared type of the column behind it.
func fits(t goType, typ infer.Type, declared string) string {
	if !t.known() {
		return ""
	}
	if t.base == "time.Time" && !timeTypes[strings.ToUpper(declared)] {
		return "the driver makes a time only of a column that is declared DATE, DATETIME or TIMESTAMP"
	}
	if wrong := typ.Class &^ scannable[t.base]; wrong != 0 {
		return "it can be " + wrong.String()
	}
	if t.base == "bool" && typ.Class == infer.Integer && !typ.Bool && typ.Column == nil {
		return "it can be an integer other than 0 and 1"
	}
	if !t.nullable && typ.Null == infer.CanBeNull {
		return "it can be NULL: " + typ.Why
	}
	return ""
}
