package runtime

import (
	"database/sql"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
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

// quoted reads to the closing quote. A backslash takes the next character for
// itself.
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
	switch {
	case len(texts) == 1 && texts[0] == "" && inner.last == ")" && s.text[1] == ')':
		return nil, "the list is empty"
	case s.whole && inner.text != "":
		return nil, fmt.Sprintf("%q follows the list", inner.text)
	}
	s.text = inner.text
	return texts, ""
}

// parseText makes a value of type T of a text.
func parseText[T any](text string) (any, error) {
	var v T
	err := parseInto(&v, text)
	return v, err
}

var errNotFilterable = errors.New("a column of this type cannot be compared with a text")

func parseInto(to any, text string) (err error) {
	switch to := to.(type) {
	case *string:
		*to = text
	case *int64:
		*to, err = strconv.ParseInt(text, 10, 64)
	case *int:
		*to, err = strconv.Atoi(text)
	case *int32:
		var n int64
		n, err = strconv.ParseInt(text, 10, 32)
		*to = int32(n)
	case *int16:
		var n int64
		n, err = strconv.ParseInt(text, 10, 16)
		*to = int16(n)
	case *uint8:
		var n uint64
		n, err = strconv.ParseUint(text, 10, 8)
		*to = uint8(n)
	case *float64:
		*to, err = strconv.ParseFloat(text, 64)
		if math.IsNaN(*to) || math.IsInf(*to, 0) {
			return errors.New("it is no finite number")
		}
	case *bool:
		if text != "true" && text != "false" {
			return errors.New("it is neither true nor false")
		}
		*to = text == "true"
	case *[]byte:
		*to, err = hex.DecodeString(strings.TrimPrefix(text, `\x`))
	case *time.Time:
		*to, err = parseTime(text)
	case *TextTime:
		to.Time, err = parseTime(text)
	case *UnixTime:
		var t time.Time
		t, err = parseTime(text)
		*to = Unix(t)
	case *UnixMilli:
		var t time.Time
		t, err = parseTime(text)
		*to = Milli(t)
	case *JSON:
		return errNotFilterable
	case encoding.TextUnmarshaler:
		return to.UnmarshalText([]byte(text))
	case sql.Scanner:
		return to.Scan(text)
	default:
		return errNotFilterable
	}
	var number *strconv.NumError
	if errors.As(err, &number) {
		return number.Err
	}
	return err
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return inYears(t)
		}
	}
	return time.Time{}, errors.New("it is no time like 2026-01-02T15:04:05Z and no date like 2026-01-02")
}
