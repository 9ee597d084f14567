package sqldriver

import "strings"

// Kind is what a statement does with the database.
type Kind uint8

const (
	Writing     Kind = iota // it may change the database
	Reading                 // it cannot
	Controlling             // it begins or ends a transaction
)

// leading has the kind of each statement by its first word. All others may
// write. WITH is looked into.
var leading = map[string]Kind{
	"SELECT": Reading, "VALUES": Reading, "EXPLAIN": Reading,
	"BEGIN": Controlling, "COMMIT": Controlling, "END": Controlling, "ROLLBACK": Controlling,
	"SAVEPOINT": Controlling, "RELEASE": Controlling,
}

// KindOf returns the kind of a text by the words of its first statement. A
// wrong guess is harmless: connections that read refuse to write.
func KindOf(query string) Kind {
	w := Words{Text: query}
	first := w.Next()
	if k, ok := leading[first]; ok {
		return k
	}
	if first != "WITH" {
		return Writing
	}
	// WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (query), …
	name := true
	for {
		switch word := w.Next(); {
		case word == "":
			return Writing
		case word == ",":
			name = true
		case word == "RECURSIVE" && name:
		case name:
			name = false
		case word == "SELECT", word == "VALUES":
			return Reading
		case word == "INSERT", word == "REPLACE", word == "UPDATE", word == "DELETE":
			return Writing
		}
	}
}

// Words reads the words of a text that stand outside of parentheses, in upper
// case, and its commas. Names in quotes are words of one quote.
type Words struct {
	Text string
	At   int
	All  bool // also those inside parentheses, the parentheses, and parameters
}

// Next returns the next word, and "" after the last.
func (w *Words) Next() string {
	depth := 0
	for w.At < len(w.Text) {
		c, from := w.Text[w.At], w.At
		w.At++
		switch {
		case c == '-' && strings.HasPrefix(w.Text[w.At:], "-"):
			w.skipTo("\n")
		case c == '/' && strings.HasPrefix(w.Text[w.At:], "*"):
			w.At++
			w.skipTo("*/")
		case c == '\'', c == '"', c == '`', c == '[':
			end := c
			if c == '[' {
				end = ']'
			}
			w.skipTo(string(end)) // a doubled quote begins what is skipped next
			if depth == 0 {
				return string(c)
			}
		case w.All && (c == '(' || c == ')'):
			return string(c)
		case w.All && (c == '?' || c == ':' || c == '@'):
			w.skipWord()
			return strings.ToUpper(w.Text[from:w.At])
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth > 0:
		case c == ',':
			return ","
		case isWord(c):
			w.skipWord()
			return strings.ToUpper(w.Text[from:w.At])
		}
	}
	return ""
}

func (w *Words) skipWord() {
	for w.At < len(w.Text) && isWord(w.Text[w.At]) {
		w.At++
	}
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func (w *Words) skipTo(end string) {
	if i := strings.Index(w.Text[w.At:], end); i >= 0 {
		w.At += i + len(end)
		return
	}
	w.At = len(w.Text)
}
