package drey

import (
	"reflect"
	"strconv"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// form says how the values of a field are written if they come as JSON: most stand there as
// they should.
type form struct {
	is       cell
	nullable bool
}

type cell byte

const (
	cellOther cell = iota // has to be scanned first
	cellInteger
	cellText
	cellTruth // 0 or 1
	cellUnix
)

var cellOf = map[reflect.Type]cell{
	reflect.TypeFor[int64]():    cellInteger,
	reflect.TypeFor[string]():   cellText,
	reflect.TypeFor[bool]():     cellTruth,
	reflect.TypeFor[UnixTime](): cellUnix,
}

func formOf(t reflect.Type) form {
	if t.Kind() == reflect.Pointer {
		return form{cellOf[t.Elem()], true}
	}
	return form{cellOf[t], t == reflect.TypeFor[JSON]()}
}

// appendCells appends a row whose values come as JSON. It reports false, and appends nothing, if
// they do not, or if one does not fit its field.
func appendCells(out []byte, from scanRow, fields []any, columns jsonRow) ([]byte, bool) {
	row, ok := from.(*sqldriver.Row)
	if !ok || len(row.Cells()) != len(fields) {
		return out, false
	}
	start := len(out)
	for i, cell := range row.Cells() {
		out = append(out, columns[i].name...)
		if out, ok = columns[i].form.append(out, cell); ok {
			continue
		}
		var err error
		if ok = row.ScanCell(i, fields[i]); ok {
			out, err = appendField(out, fields[i])
		}
		if !ok || err != nil {
			return out[:start], false
		}
	}
	return append(out, '}'), true
}

// append appends what appendField would of the value that a cell is, or reports false.
func (f form) append(out []byte, cell string) ([]byte, bool) {
	if cell == "null" && f.nullable {
		return append(out, cell...), true
	}
	switch f.is {
	case cellInteger:
		if sqldriver.IsInteger(cell) {
			return append(out, cell...), true
		}
	case cellText:
		if sqldriver.IsText(cell) && verbatim(cell[1:len(cell)-1]) {
			return append(out, cell...), true
		}
	case cellTruth:
		if cell == "0" || cell == "1" {
			return strconv.AppendBool(out, cell == "1"), true
		}
	case cellUnix:
		if sqldriver.IsInteger(cell) {
			seconds, _ := strconv.ParseInt(cell, 10, 64)
			if t := time.Unix(seconds, 0).UTC(); 0 <= t.Year() && t.Year() <= 9999 { // or it is an error
				return t.AppendFormat(out, `"`+time.RFC3339+`"`), true
			}
		}
	}
	return out, false
}
