// Package bridge lets a test run on D1 that is not compiled to WebAssembly: a worker makes
// the driver's calls that the test sends it.
//
// @native-sql it hands on what the layer has made
package bridge

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Path is where the worker takes calls.
const Path = "/bridge"

// Call is a call of the driver.
type Call struct {
	Kind    string // exec, query or batch
	Queries []string
	Args    [][]Argument
}

// Argument is a driver.NamedValue.
type Argument struct {
	Name    string
	Ordinal int
	Value   Value
}

// Value is a driver.Value, as texts that lose nothing.
type Value struct {
	Type  string
	Bytes []byte
}

// Answer is what came of a call.
type Answer struct {
	Results []Result
	Error   *Error
}

// Result is of one statement.
type Result struct {
	Columns      []string
	Rows         [][]Value
	Affected, ID int64
	Error        *Error // that reading the rows ended with
}

// Error is an error with its code.
type Error struct {
	Message string
	Number  int
}

func (e *Error) Error() string { return e.Message }

// Code is that of SQLite.
func (e *Error) Code() int { return e.Number }

// ErrorOf is an error for the other side.
func ErrorOf(err error) *Error {
	if err == nil {
		return nil
	}
	e := &Error{Message: err.Error()}
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		e.Number = coded.Code()
	}
	return e
}

// inexact stands for d1.Inexact.
type inexact string

// ValueOf is a value for the other side.
func ValueOf(v driver.Value) Value {
	switch v := v.(type) {
	case nil:
		return Value{}
	case int64:
		return Value{"int", strconv.AppendInt(nil, v, 10)}
	case float64:
		return Value{"float", strconv.AppendFloat(nil, v, 'g', -1, 64)}
	case bool:
		return Value{"bool", strconv.AppendBool(nil, v)}
	case string:
		return Value{"string", []byte(v)}
	case []byte:
		if v == nil {
			return Value{"nil bytes", nil}
		}
		return Value{"bytes", v}
	case time.Time:
		return Value{"time", []byte(v.Format(time.RFC3339Nano))}
	case fmt.Stringer:
		return Value{"inexact", []byte(v.String())}
	}
	return Value{Type: fmt.Sprintf("%T", v)}
}

// Driver is the value on this side.
func (v Value) Driver() (driver.Value, error) {
	switch v.Type {
	case "":
		return nil, nil
	case "int":
		return strconv.ParseInt(string(v.Bytes), 10, 64)
	case "float":
		return strconv.ParseFloat(string(v.Bytes), 64)
	case "bool":
		return strconv.ParseBool(string(v.Bytes))
	case "string":
		return string(v.Bytes), nil
	case "nil bytes":
		return []byte(nil), nil
	case "bytes":
		return append([]byte{}, v.Bytes...), nil
	case "time":
		return time.Parse(time.RFC3339Nano, string(v.Bytes))
	case "inexact":
		return inexact(v.Bytes), nil
	}
	return nil, fmt.Errorf("a %s", v.Type)
}
