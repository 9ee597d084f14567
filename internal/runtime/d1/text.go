package d1

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// MaxParameters is how many values a statement of D1 binds at most.
const MaxParameters = 100

// text is an SQL text with the places of its parameters.
type text struct {
	sql    string
	params []param
	names  map[string]int // :name, @name and $name by their numbers
	count  int            // the largest number

	mu       sync.Mutex
	rendered map[set]string // by the parameters that are integers
}

// param is a parameter in the text.
type param struct {
	start, end int
	number     int // from 1, as SQLite gives them out
}

// set is a set of parameters.
type set [MaxParameters/64 + 1]uint64

func (s *set) add(number int)      { s[number/64] |= 1 << (number % 64) }
func (s *set) has(number int) bool { return s[number/64]&(1<<(number%64)) != 0 }

// parse finds the parameters of a text and numbers them as SQLite does, see
// https://www.sqlite.org/lang_expr.html#varparam.
func parse(sql string) (*text, error) {
	t := &text{sql: sql}
	for at := 0; at < len(sql); {
		end := at + token(sql[at:])
		if v := sql[at:end]; variable(v) {
			number, err := t.number(v)
			if err != nil {
				return nil, err
			}
			t.count = max(t.count, number)
			t.params = append(t.params, param{at, end, number})
		}
		at = end
	}
	return t, nil
}

func (t *text) number(v string) (int, error) {
	number := t.count + 1
	switch {
	case v == "?":
	case v[0] == '?':
		n, err := strconv.Atoi(v[1:])
		if err != nil || n < 1 {
			return 0, fmt.Errorf("parameter %s: its number must be between 1 and %d", v, MaxParameters)
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
	if number > MaxParameters {
		return 0, ErrParameters
	}
	return number, nil
}

// render returns the text for D1, which knows parameters only by number. Those
// that are integers become expressions that are integers to SQLite and, like a
// parameter, do not have an affinity.
func (t *text) render(integers set) string {
	if integers == (set{}) && t.names == nil {
		return t.sql
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if sql, ok := t.rendered[integers]; ok {
		return sql
	}
	var b strings.Builder
	at := 0
	for _, p := range t.params {
		b.WriteString(t.sql[at:p.start])
		if integers.has(p.number) {
			fmt.Fprintf(&b, "(+CAST(?%d AS INTEGER))", p.number)
		} else {
			fmt.Fprintf(&b, "?%d", p.number)
		}
		at = p.end
	}
	b.WriteString(t.sql[at:])
	if t.rendered == nil || len(t.rendered) == maxRenderings {
		t.rendered = map[set]string{}
	}
	t.rendered[integers] = b.String()
	return b.String()
}

// maxRenderings bounds what is kept of a text whose parameters are now integers,
// now something else.
const maxRenderings = 8

// selects reports whether a statement is a SELECT, perhaps after comments. Any
// other statement may change something.
func selects(sql string) bool {
	for len(sql) > 0 {
		n := token(sql)
		switch word := sql[:n]; {
		case strings.TrimSpace(word) == "", strings.HasPrefix(word, "--"), strings.HasPrefix(word, "/*"):
			sql = sql[n:]
		default:
			return strings.EqualFold(word, "SELECT")
		}
	}
	return false
}

// token returns the length of the token, or of a part of one, that sql begins
// with. It separates strings, quoted names, comments and words from
// parameters. A text that SQLite refuses need not be separated well.
func token(sql string) int {
	switch c := sql[0]; {
	case c == '\'' || c == '"' || c == '`':
		return quoted(sql, c) // a doubled quote begins another token, which is as good
	case c == '[':
		return quoted(sql, ']')
	case strings.HasPrefix(sql, "--"):
		return until(sql, "\n")
	case strings.HasPrefix(sql, "/*"):
		return 2 + until(sql[2:], "*/")
	case c == '?':
		return 1 + while(sql[1:], digit)
	case c == '$' || c == '@' || c == ':':
		return 1 + name(sql[1:])
	case wordByte(c):
		return while(sql, wordByte)
	}
	return 1
}

// variable reports whether a token is a parameter.
func variable(token string) bool {
	return token[0] == '?' || len(token) > 1 && (token[0] == '$' || token[0] == '@' || token[0] == ':')
}

// name returns the length of a parameter's name, which may have parts, as in
// $name::x, and end with a suffix in parentheses.
func name(sql string) int {
	n := 0
	for n < len(sql) {
		switch {
		case wordByte(sql[n]):
			n++
		case strings.HasPrefix(sql[n:], "::"):
			n += 2
		case sql[n] == '(' && n > 0:
			end := while(sql[n+1:], func(c byte) bool { return c != ')' && c > ' ' }) + n + 1
			if end < len(sql) && sql[end] == ')' {
				return end + 1
			}
			return n
		default:
			return n
		}
	}
	return n
}

// quoted returns the length of what stands in quotes.
func quoted(sql string, end byte) int {
	if i := strings.IndexByte(sql[1:], end); i >= 0 {
		return i + 2
	}
	return len(sql)
}

// until returns the length up to and with the end.
func until(sql, end string) int {
	if i := strings.Index(sql, end); i >= 0 {
		return i + len(end)
	}
	return len(sql)
}

func while(sql string, class func(byte) bool) int {
	for i := range len(sql) {
		if !class(sql[i]) {
			return i
		}
	}
	return len(sql)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// wordByte is a byte of a name, a keyword or a number.
func wordByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || digit(c) || c == '_' || c == '$' || c >= 0x80
}
