package seed

import (
	"encoding/hex"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// maxStatement are the bytes of a statement of a script: D1 takes 100,000, see
// https://developers.cloudflare.com/d1/platform/limits/.
const maxStatement = 50_000

// script writes rows as SQL.
type script struct {
	w      io.Writer
	insert string // of the statement that is being written
	b      strings.Builder
}

func (s *script) row(insert string, values []any) error {
	var b strings.Builder
	b.WriteString("(")
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(literal(v))
	}
	b.WriteString(")")
	if s.insert != insert || s.b.Len()+b.Len() > maxStatement {
		if err := s.flush(); err != nil {
			return err
		}
		s.insert = insert
		s.b.WriteString(strings.TrimSuffix(insert, " "))
	} else {
		s.b.WriteString(",")
	}
	s.b.WriteString("\n  " + b.String())
	return nil
}

func (s *script) statement(sql string) error {
	if err := s.flush(); err != nil {
		return err
	}
	_, err := io.WriteString(s.w, sql+";\n")
	return err
}

// flush ends the statement.
func (s *script) flush() error {
	if s.b.Len() == 0 {
		return nil
	}
	_, err := io.WriteString(s.w, s.b.String()+";\n")
	s.b.Reset()
	s.insert = ""
	return err
}

// literal is a value in SQL.
func literal(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.IsInf(v, 0) {
			return map[bool]string{true: "9e999", false: "-9e999"}[v > 0]
		}
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return text
	case string:
		return sqltext.Literal(v)
	case []byte:
		return "x'" + hex.EncodeToString(v) + "'"
	}
	return "NULL"
}
