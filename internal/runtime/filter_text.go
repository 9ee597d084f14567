package drey

import (
	"database/sql"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// scanner reads a condition from its front.
type scanner struct {
	text  string
	last  string // what was cut last
	whole bool   // the value goes to the end, whatever is in it
}

func (s *scanner) cut(prefix string) bool {
	rest, ok := strings.CutPrefix(s.text, prefix)
	if ok {
		s.text, s.last = rest, prefix
	}
	return ok
}

// value reads up to a comma or a parenthesis, or a string in double quotes.
func (s *scanner) value() (text, problem string) {
	if s.whole {
		return s.text, ""
	}
	if s.cut(`"`) {
		return s.quoted()
	}
	end := strings.IndexAny(s.text, ",()")
	if end < 0 {
		return "", "a parenthesis is not closed"
	}
	text, s.text = s.text[:end], s.text[end:]
	return text, ""
}

// quoted reads to the closing quote. A backslash escapes the next character.
func (s *scanner) quoted() (text, problem string) {
	var b strings.Builder
	for i := 0; i < len(s.text); i++ {
		switch ch := s.text[i]; {
		case ch == '"':
			s.text = s.text[i+1:]
			return b.String(), ""
		case ch == '\\' && i+1 < len(s.text):
			i++
			b.WriteByte(s.text[i])
		default:
			b.WriteByte(ch)
		}
	}
	return "", "a quote is not closed"
}

// list reads (a,b,"c").
func (s *scanner) list() (texts []string, problem string) {
	inner := &scanner{text: s.text}
	if !inner.cut("(") {
		return nil, "a list stands in parentheses"
	}
	for {
		text, problem := inner.value()
		if problem != "" {
			return nil, problem
		}
		texts = append(texts, text)
		if inner.cut(")") {
			break
		}
		if !inner.cut(",") {
			return nil, "the values of a list stand between commas; one with a comma or a parenthesis in double quotes"
		}
	}
	if len(texts) == 1 && texts[0] == "" && s.text[1] == ')' {
		texts = nil
	}
	if s.whole && inner.text != "" {
		return nil, fmt.Sprintf("%q follows the list", inner.text)
	}
	s.text = inner.text
	return texts, ""
}

// parseText parses a text to a value of type t.
func parseText(t reflect.Type, text string) (any, error) {
	v := reflect.New(t)
	err := parseInto(v.Interface(), text)
	return v.Elem().Interface(), err
}

// filterableAs returns what the type of a column's values adds to its operators.
func filterableAs(t reflect.Type) (can filterable) {
	kind := t.Kind()
	switch reflect.New(t).Interface().(type) {
	case *JSON, *json.RawMessage: // a document has many forms
		return 0
	case *time.Time, encoding.TextUnmarshaler, sql.Scanner:
		can = canParse
	}
	switch {
	case kind == reflect.String:
		can |= canParse | canMatch
	case kind == reflect.Bool:
		can |= canParse | isBool
	case kind >= reflect.Int && kind <= reflect.Uint64, kind == reflect.Float32, kind == reflect.Float64, isBytes(t):
		can |= canParse
	}
	return can
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// parseInto parses a text to a value: by the type's own UnmarshalText or Scan,
// or by what kind of type it is.
func parseInto(to any, text string) (err error) {
	switch to := to.(type) {
	case *time.Time:
		*to, err = parseTime(text)
		return err
	case *TextTime:
		to.Time, err = parseTime(text)
		return err
	case *UnixTime:
		var t time.Time
		t, err = parseTime(text)
		*to = Unix(t)
		return err
	case *UnixMilli:
		var t time.Time
		t, err = parseTime(text)
		*to = Milli(t)
		return err
	case encoding.TextUnmarshaler:
		return to.UnmarshalText([]byte(text))
	case sql.Scanner:
		return scanText(to, text)
	}
	v := reflect.ValueOf(to).Elem()
	switch kind := v.Kind(); {
	case kind == reflect.String:
		v.SetString(text)
	case kind == reflect.Bool:
		if text != "true" && text != "false" {
			return errors.New("it is neither true nor false")
		}
		v.SetBool(text == "true")
	case v.CanInt():
		var n int64
		n, err = strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(n)
	case v.CanUint():
		var n uint64
		n, err = strconv.ParseUint(text, 10, v.Type().Bits())
		v.SetUint(n)
	case v.CanFloat():
		var f float64
		f, err = strconv.ParseFloat(text, v.Type().Bits())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return errors.New("it is no finite number")
		}
		v.SetFloat(f)
	default: // bytes
		var b []byte
		b, err = hex.DecodeString(strings.TrimPrefix(text, `\x`))
		v.SetBytes(b)
	}
	var number *strconv.NumError
	if errors.As(err, &number) {
		return number.Err
	}
	return err
}

// scanText gives a text to a type that scans what the database has, which may be
// a number or a time and not a text.
func scanText(to sql.Scanner, text string) error {
	err := to.Scan(text)
	if err == nil {
		return nil
	}
	forms := []any{[]byte(text)}
	if n, e := strconv.ParseInt(text, 10, 64); e == nil {
		forms = append(forms, n)
	}
	if f, e := strconv.ParseFloat(text, 64); e == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
		forms = append(forms, f)
	}
	if t, e := parseTime(text); e == nil {
		forms = append(forms, t)
	}
	for _, form := range forms {
		if to.Scan(form) == nil {
			return nil
		}
	}
	return err
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return sqldriver.InYears(t)
		}
	}
	return time.Time{}, errors.New("it is no time like 2026-01-02T15:04:05Z and no date like 2026-01-02")
}
