//go:build !js

package rqlite

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// A statement of a batch has another before it in the same text. rqlite prepares only the
// first of a text before it runs it, and what fails then, or fails while it returns rows,
// does not end the transaction: the others would be committed. What fails later ends it.
const (
	// reading stands before a statement whose rows are wanted: rqlite asks for the rows
	// of a text whose first statement reads.
	reading = "SELECT 1;"
	// writing stands before any other. It has no effect, and counts as a write.
	writing = "DROP VIEW IF EXISTS temp.drey;"
)

// appendStatement appends a statement and its arguments as rqlite reads them.
func appendStatement(to []byte, before string, t *text, args []driver.Value) ([]byte, error) {
	sql := t.SQL
	if looksLikeHex := func(number int) bool { return isHex(args[number-1]) }; t.Named() || anyHex(args) {
		sql = t.Render("TEXT", looksLikeHex)
	}
	to = append(to, '[')
	to = appendText(to, before, sql)
	var err error
	for i, v := range args {
		to = append(to, ',')
		if to, err = appendValue(to, v); err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	return append(to, ']'), nil
}

// appendValue appends an argument.
func appendValue(to []byte, v driver.Value) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(to, "null"...), nil
	case int64:
		return strconv.AppendInt(to, v, 10), nil
	case bool:
		if v {
			return append(to, '1'), nil
		}
		return append(to, '0'), nil
	case float64:
		return appendFloat(to, v)
	case string:
		switch {
		case !utf8.ValidString(v):
			return nil, fmt.Errorf("%w cannot be bound; bind []byte", ErrText)
		case isHex(v):
			return appendBytes(to, []byte(v)), nil
		}
		return appendText(to, "", v), nil
	case []byte:
		if v == nil {
			return append(to, "null"...), nil
		}
		return appendBytes(to, v), nil
	case time.Time:
		text, err := sqldriver.TimeText(v)
		if err != nil {
			return nil, err
		}
		return appendText(to, "", text), nil
	}
	return nil, fmt.Errorf("rqlite: a %T cannot be bound", v)
}

// appendFloat appends a number that is not read as an integer.
func appendFloat(to []byte, f float64) ([]byte, error) {
	switch {
	case math.IsInf(f, 0):
		return nil, ErrInfinite
	case math.IsNaN(f):
		return nil, sqldriver.ErrNaN
	}
	start := len(to)
	to = strconv.AppendFloat(to, f, 'g', -1, 64)
	if !strings.ContainsAny(string(to[start:]), ".e") {
		to = append(to, ".0"...)
	}
	return to, nil
}

// appendBytes appends the array of numbers that rqlite takes for a BLOB.
func appendBytes(to, blob []byte) []byte {
	to = append(to, '[')
	for i, b := range blob {
		if i > 0 {
			to = append(to, ',')
		}
		to = strconv.AppendUint(to, uint64(b), 10)
	}
	return append(to, ']')
}

// appendText appends two texts as one string.
func appendText(to []byte, before, text string) []byte {
	to = append(to, '"')
	to = append(to, before...)
	from := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			to = append(to, '\\', c)
		case '\n':
			to = append(to, '\\', 'n')
		default:
			const digits = "0123456789abcdef"
			to = append(to, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	return append(append(to, text[from:]...), '"')
}

// isHex reports whether rqlite would take a text for a BLOB: it looks like an SQL
// literal of one. Such a text is sent as a BLOB, and cast.
func isHex(v driver.Value) bool {
	text, ok := v.(string)
	if !ok || strings.IndexByte(text, '\'') < 0 {
		return false
	}
	text = strings.TrimSpace(text)
	if len(text) < 3 || text[0]|0x20 != 'x' || text[1] != '\'' || text[len(text)-1] != '\'' {
		return false
	}
	_, err := hex.DecodeString(text[2 : len(text)-1])
	return err == nil
}

func anyHex(args []driver.Value) bool {
	for _, v := range args {
		if isHex(v) {
			return true
		}
	}
	return false
}
