package sqldriver

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ErrNaN: a float is not a number. SQLite would make NULL of it.
var ErrNaN = errors.New("NaN cannot be bound: SQLite makes NULL of it")

// ErrPattern: SQLite's LIKE would misread the pattern of a Like, or what
// Contains, HasPrefix or HasSuffix look for is not valid UTF-8.
var ErrPattern = errors.New("the pattern cannot be matched")

// Bindable converts a value as database/sql does, also of types that are
// time.Time by another name, and gives a time its stored form. NaN is
// [ErrNaN].
func Bindable(v any) (driver.Value, error) {
	switch v := v.(type) { // the usual ones, without reflection
	case nil, int64, string, bool, []byte:
		return v, nil
	case *int64:
		return pointed(v)
	case *string:
		return pointed(v)
	case *bool:
		return pointed(v)
	}
	var value any // a type that drey generate knows as well, which looks into no package
	value, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		t, ok := namedTime(v)
		if !ok {
			return value, err
		}
		value = t
	}
	switch v := value.(type) {
	case time.Time:
		text, err := TimeText(v)
		if err != nil {
			return nil, err
		}
		return text, nil
	case float64:
		if math.IsNaN(v) {
			return nil, ErrNaN
		}
	}
	return value, nil
}

func pointed[T any](v *T) (driver.Value, error) {
	if v == nil {
		return nil, nil
	}
	return *v, nil
}

// BindAll checks the arguments of a statement last of all. It refuses a text
// that SQLite would match as another one. It converts what a wrapper between
// database/sql and the connection did not have converted.
func BindAll(query string, args []driver.NamedValue) error {
	for i := range args {
		var value any = args[i].Value
		switch v := value.(type) {
		case time.Time, float64:
			value, err := Bindable(v)
			if err != nil {
				return fmt.Errorf("argument %d: %w", i+1, err)
			}
			args[i].Value = value
		case string:
			if err := CheckPattern(query, args[i]); err != nil {
				return fmt.Errorf("argument %d: %w", i+1, err)
			}
		}
	}
	return nil
}

// CheckPattern refuses an argument of a query that SQLite would match as another
// text. The error is [ErrPattern].
func CheckPattern(query string, arg driver.NamedValue) error {
	if text, ok := arg.Value.(string); ok && strings.IndexByte(text, 0) >= 0 && isPattern(query, &arg) {
		return fmt.Errorf("%w: SQLite would end %.40q at its NUL", ErrPattern, text)
	}
	return nil
}

// endAtNUL are the operators and functions whose operands end at a NUL.
// endOperand are the words that such an operand does not have at its own
// depth.
var (
	endAtNUL   = wordSet("LIKE", "GLOB", "MATCH")
	endOperand = wordSet(",", "AND", "OR", "ESCAPE", "THEN", "ELSE", "END", "WHEN", "AS", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW",
		"UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "RETURNING", "LEFT", "INNER", "CROSS", "JOIN", "ON", "SET")
)

func wordSet(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// isPattern reports whether the argument is an operand of LIKE, GLOB or MATCH, or
// in the one that follows, as in name LIKE '%' || ? || '%'. It does not look
// through the columns, of a CTE for one, that an argument is selected as.
func isPattern(query string, arg *driver.NamedValue) bool {
	w := Words{Text: query, All: true}
	var before string      // the word before, if it is the argument
	depth, within := 0, -1 // within is the depth of the operand that goes on
	for last := 0; ; {
		word := w.Next()
		switch {
		case word == "":
			return false
		case word == "(":
			depth++
		case word == ")":
			if depth--; depth < within {
				within = -1
			}
		case endAtNUL[word]:
			if before != "" {
				return true
			}
			within = depth
		case depth == within && endOperand[word]:
			within = -1
		}
		if word == "NOT" {
			continue // before LIKE
		}
		before = ""
		if strings.ContainsAny(word[:1], "?:@$") {
			number, err := strconv.Atoi(word[1:])
			if err != nil {
				number = last + 1 // of ?; a name has none that is looked at
			}
			last = max(last, number)
			if arg.Name == "" && number == arg.Ordinal || arg.Name != "" && strings.EqualFold(word[1:], arg.Name) {
				if within >= 0 {
					return true
				}
				before = word
			}
		}
	}
}
