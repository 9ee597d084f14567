package remote

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Text is an SQL text with the places of its parameters.
type Text struct {
	SQL    string
	Count  int // the largest number of a parameter
	params []param
	names  map[string]int // :name, @name and $name by their numbers
}

// param is a parameter in the text.
type param struct {
	start, end int
	number     int // from 1, as SQLite gives them out
}

// Parse finds the parameters of a text and numbers them as SQLite does, see
// https://www.sqlite.org/lang_expr.html#varparam. If one has a number above most, the
// error is tooMany.
func Parse(sql string, most int, tooMany error) (*Text, error) {
	t := &Text{SQL: sql}
	for at := 0; at < len(sql); {
		end := at + Token(sql[at:])
		if v := sql[at:end]; Variable(v) {
			number, err := t.number(v, most, tooMany)
			if err != nil {
				return nil, err
			}
			t.Count = max(t.Count, number)
			t.params = append(t.params, param{at, end, number})
		}
		at = end
	}
	return t, nil
}

// NumberAt is the number of the parameter that begins there, 0 if there is none.
func (t *Text) NumberAt(start int) int {
	for _, p := range t.params {
		if p.start == start {
			return p.number
		}
	}
	return 0
}

func (t *Text) number(v string, most int, tooMany error) (int, error) {
	number := t.Count + 1
	switch {
	case v == "?":
	case v[0] == '?':
		n, err := strconv.Atoi(v[1:])
		if err != nil || n < 1 {
			return 0, fmt.Errorf("parameter %s: its number must be between 1 and %d", v, most)
		}
		number = n
	default:
		if n, ok := t.names[v]; ok {
			return n, nil
		}
		if t.names == nil {
			t.names = map[string]int{}
		}
		t.names[v] = number
	}
	if number > most {
		return 0, tooMany
	}
	return number, nil
}

// Named reports whether parameters have names.
func (t *Text) Named() bool { return t.names != nil }

// Arguments puts the arguments in the order of the parameters' numbers.
func (t *Text) Arguments(args []driver.NamedValue) ([]driver.Value, error) {
	bound, given := make([]driver.Value, t.Count), make([]bool, t.Count)
	for _, a := range args {
		number := a.Ordinal
		if a.Name != "" {
			if number = t.named(a.Name); number == 0 {
				return nil, fmt.Errorf("the statement has no parameter %q", a.Name)
			}
		}
		if number > t.Count {
			return nil, fmt.Errorf("%d arguments for %d parameters", len(args), t.Count)
		}
		bound[number-1], given[number-1] = a.Value, true
	}
	for i, ok := range given {
		if !ok {
			return nil, fmt.Errorf("missing argument with index %d: the statement has %d parameters", i+1, t.Count)
		}
	}
	return bound, nil
}

func (t *Text) named(name string) int {
	for _, prefix := range []string{":", "@", "$"} {
		if n, ok := t.names[prefix+name]; ok {
			return n
		}
	}
	return 0
}

// Render returns the text with all parameters by number. Those that are chosen become
// expressions of a type, INTEGER or TEXT, that do not have an affinity, as parameters do
// not: a CAST has one, and a plus takes it away
// (https://www.sqlite.org/datatype3.html#affinity_of_expressions).
func (t *Text) Render(sqlType string, chosen func(number int) bool) string {
	var b strings.Builder
	at := 0
	for _, p := range t.params {
		b.WriteString(t.SQL[at:p.start])
		if chosen(p.number) {
			fmt.Fprintf(&b, "(+CAST(?%d AS %s))", p.number, sqlType)
		} else {
			fmt.Fprintf(&b, "?%d", p.number)
		}
		at = p.end
	}
	b.WriteString(t.SQL[at:])
	return b.String()
}

// Texts keeps what was made of texts.
type Texts[T any] struct {
	Make func(sql string) (T, error)

	mu   sync.Mutex
	made map[string]T
}

// MaxTexts bounds them. When it is reached all are dropped: to parse costs little
// against the round trip that follows.
const MaxTexts = 512

// Of returns what is made of a text.
func (t *Texts[T]) Of(sql string) (T, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if made, ok := t.made[sql]; ok {
		return made, nil
	}
	made, err := t.Make(sql)
	if err != nil {
		return made, err
	}
	if t.made == nil || len(t.made) == MaxTexts {
		t.made = map[string]T{}
	}
	t.made[sql] = made
	return made, nil
}

// Outcome is what a statement has changed.
type Outcome struct{ Affected, LastID int64 }

// LastInsertId returns the id of the row that was inserted last.
func (o Outcome) LastInsertId() (int64, error) { return o.LastID, nil }

// RowsAffected returns the number of rows that were changed.
func (o Outcome) RowsAffected() (int64, error) { return o.Affected, nil }
