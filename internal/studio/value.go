package studio

import (
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// kind is how the texts of an address and of a form become values of a column.
type kind uint8

const (
	anyKind     kind = iota // of an expression or a column without a type: what the text looks like
	textKind                // the text
	numberKind              // a number
	numericKind             // a number if it looks like one, a text if not: dates, decimals
	boolKind                // true and false as well
	blobKind                // hexadecimal digits
)

var kindNames = [...]string{"any", "text", "number", "numeric", "bool", "blob"}

func (k kind) String() string { return kindNames[k] }

// kindIn is the kind of a column that is declared so in a table. In one that is STRICT,
// ANY converts nothing.
func kindIn(t *schema.Table, declared string) kind {
	if t.Strict && strings.EqualFold(declared, "ANY") {
		return anyKind
	}
	return kindOf(declared)
}

func kindOf(declared string) kind {
	switch strings.ToUpper(declared) {
	case "BOOL", "BOOLEAN":
		return boolKind
	}
	switch infer.AffinityOf(declared) {
	case infer.TextAffinity:
		return textKind
	case infer.IntegerAffinity, infer.RealAffinity:
		return numberKind
	case infer.NumericAffinity:
		return numericKind
	}
	if strings.Contains(strings.ToUpper(declared), "BLOB") {
		return blobKind
	}
	return anyKind
}

var numberForm = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// number reads a number as SQLite does: an integer if it is one that fits.
func number(text string) (any, bool) {
	if !numberForm.MatchString(text) {
		return nil, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// literal reads x'0a' and 'a ”quoted” text'.
func literal(text string) (any, bool) {
	if len(text) > 1 && text[0] == '\'' && text[len(text)-1] == '\'' {
		return strings.ReplaceAll(text[1:len(text)-1], "''", "'"), true
	}
	if len(text) > 2 && (text[0] == 'x' || text[0] == 'X') && text[1] == '\'' && text[len(text)-1] == '\'' {
		b, err := hex.DecodeString(text[2 : len(text)-1])
		return b, err == nil
	}
	return nil, false
}

// parse reads a value as an address has it.
func (k kind) parse(text string) (any, error) {
	switch k {
	case textKind:
		return text, nil
	case numberKind:
		if v, ok := number(text); ok {
			return v, nil
		}
		return nil, errors.New("it is not a number")
	case boolKind:
		switch strings.ToLower(text) {
		case "true":
			return int64(1), nil
		case "false":
			return int64(0), nil
		}
	case blobKind:
		if v, ok := literal(text); ok {
			return v, nil
		}
		if len(text) > 0 && strings.Contains("+-", text[:1]) {
			if v, ok := number(text); ok {
				return v, nil
			}
		}
		b, err := hex.DecodeString(text)
		if err != nil {
			return nil, errors.New("write a BLOB in hexadecimal digits, a text 'in quotes', a number with its sign")
		}
		return b, nil
	case anyKind:
		if v, ok := literal(text); ok {
			return v, nil
		}
	}
	if v, ok := number(text); ok {
		return v, nil
	}
	return text, nil
}

// text writes a value so that parse reads it again; ok is false if it cannot be written.
func (k kind) text(v any) (text string, ok bool) {
	switch v := v.(type) {
	case int64:
		text = strconv.FormatInt(v, 10)
		if k == blobKind && v >= 0 {
			text = "+" + text
		}
	case float64:
		text = formatFloat(v)
		if k == blobKind && v >= 0 {
			text = "+" + text
		}
	case []byte:
		if text = hex.EncodeToString(v); k != blobKind {
			text = "x'" + text + "'"
		}
	case string:
		if text = v; k == blobKind || k == anyKind {
			text = "'" + strings.ReplaceAll(v, "'", "''") + "'"
			if back, err := k.parse(v); k == anyKind && err == nil && back == any(v) {
				text = v
			}
		}
	default:
		return "", false
	}
	back, err := k.parse(text)
	return text, err == nil && same(back, v)
}

// same reports whether two values are one to SQLite, without affinities.
func same(a, b any) bool {
	one, isBlob := a.([]byte)
	two, both := b.([]byte)
	if isBlob || both {
		return isBlob && both && string(one) == string(two)
	}
	return a == b
}

func formatFloat(v float64) string {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(text, ".eIN") {
		text += ".0"
	}
	return text
}

// The types that the values of filters have. What is of type string has LIKE as well.
type (
	anyText     string
	numberText  string
	numericText string
	boolText    string
	blobText    string
)

func unmarshal[T ~string](k kind, to *T, text []byte) error {
	_, err := k.parse(string(text))
	*to = T(text)
	return err
}

func value(k kind, text string) (driver.Value, error) {
	v, err := k.parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return v, nil
}

func (t *anyText) UnmarshalText(b []byte) error     { return unmarshal(anyKind, t, b) }
func (t *numberText) UnmarshalText(b []byte) error  { return unmarshal(numberKind, t, b) }
func (t *numericText) UnmarshalText(b []byte) error { return unmarshal(numericKind, t, b) }
func (t *boolText) UnmarshalText(b []byte) error    { return unmarshal(boolKind, t, b) }
func (t *blobText) UnmarshalText(b []byte) error    { return unmarshal(blobKind, t, b) }

// Value is what is bound.
func (t anyText) Value() (driver.Value, error)     { return value(anyKind, string(t)) }
func (t numberText) Value() (driver.Value, error)  { return value(numberKind, string(t)) }
func (t numericText) Value() (driver.Value, error) { return value(numericKind, string(t)) }
func (t boolText) Value() (driver.Value, error)    { return value(boolKind, string(t)) }
func (t blobText) Value() (driver.Value, error)    { return value(blobKind, string(t)) }
