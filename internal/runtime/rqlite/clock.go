//go:build !js

package rqlite

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// timeFunctions are the functions that SQLite's clock gets into, by the arguments that are
// times. Without the first of them they read the clock, and so they do for 'now', see
// https://www.sqlite.org/lang_datefunc.html.
var timeFunctions = map[string][]int{
	"DATE": {0}, "TIME": {0}, "DATETIME": {0}, "JULIANDAY": {0}, "UNIXEPOCH": {0}, "STRFTIME": {1}, "TIMEDIFF": {0, 1},
}

// currents are the words that read the clock without being functions, by their form.
var currents = map[string]string{"CURRENT_TIMESTAMP": time.DateTime, "CURRENT_DATE": time.DateOnly, "CURRENT_TIME": time.TimeOnly}

// nondeterministic are the functions that each node would answer differently, with what to
// do instead.
var nondeterministic = map[string]string{
	"RANDOM":        "take a number in Go and bind it",
	"RANDOMBLOB":    "take the bytes in Go and bind them",
	"TOTAL_CHANGES": "count in Go and bind the number",
}

// fixed returns the text of a write in which the clock is read: now stands in the place of
// what would be read by each node that runs the statement, and again by a node that
// restarts and runs its log. It is [ErrStatement] for what is random, and for a node's time
// zone. Statements about the schema stay as they are: what a DEFAULT reads is not read yet.
//
// Not seen is 'now' where it is not written in the call: as a parameter, see bindsClock, or
// in a column.
func fixed(sql string, now time.Time) (string, error) {
	if sqldriver.KindOf(sql) == sqldriver.Reading {
		return sql, nil
	}
	f := fixing{text: sql, now: now.UTC()}
	words := sqldriver.Words{Text: sql, All: true}
	previous := ""
	for word := words.Next(); word != ""; word = words.Next() {
		name, from := word, words.At-len(word)
		if strings.Contains("\"`[", word) {
			name = strings.ToUpper(quotedText(sql, words.At))
			from = words.At - len(name) - 2
		}
		switch {
		case previous == "" && slices.Contains([]string{"CREATE", "ALTER", "DROP"}, word):
			if !filled(words) {
				return sql, nil
			}
		case strings.HasSuffix(strings.TrimRight(sql[:max(from, 0)], " \t\r\n"), "."), slices.Contains([]string{"INTO", "AS", "UPDATE", "FROM", "JOIN"}, previous):
			// the name of a column or of a table
		case currents[word] != "":
			f.replace(from, words.At, "'"+f.now.Format(currents[word])+"'")
		case !called(sql[words.At:]):
		case nondeterministic[name] != "":
			return "", fmt.Errorf("%w: each node would answer %s() differently: %s", ErrStatement, strings.ToLower(name), nondeterministic[name])
		case timeFunctions[name] != nil:
			if err := f.call(name, words); err != nil {
				return "", err
			}
		}
		previous = word
	}
	return f.String(), nil
}

// bindsClock is an error if a write binds a text by which a function of times reads the
// clock.
func (t *text) bindsClock(args []driver.Value) error {
	clock := func(v driver.Value) bool {
		text, ok := v.(string)
		return ok && among(readsClock, text)
	}
	if t.kind == sqldriver.Reading || !slices.ContainsFunc(args, clock) {
		return nil
	}
	words := sqldriver.Words{Text: t.SQL, All: true}
	for word := words.Next(); word != ""; word = words.Next() {
		if timeFunctions[word] == nil || !called(t.SQL[words.At:]) {
			continue
		}
		inner, depth := words, 0
		for w := inner.Next(); w != ""; w = inner.Next() {
			switch w {
			case "(":
				depth++
			case ")":
				depth--
			}
			if depth == 0 {
				break
			}
			n := t.NumberAt(inner.At - len(w))
			if n > 0 && n <= len(args) && clock(args[n-1]) {
				return fmt.Errorf("%w: parameter %d of %s is %q, and each node would read its own clock: write it in the text, or bind a time", ErrStatement, n, strings.ToLower(word), args[n-1])
			}
		}
	}
	return nil
}

// filled reports whether a statement that makes a table fills it, too, by AS SELECT.
func filled(words sqldriver.Words) bool {
	word := words.Next()
	for table := word == "TABLE"; table && word != "" && word != "("; word = words.Next() {
		if word == "AS" {
			return true
		}
	}
	return false
}

// called reports whether what follows a name are arguments.
func called(rest string) bool {
	for {
		rest = strings.TrimLeft(rest, " \t\r\n\f")
		end := ""
		switch {
		case strings.HasPrefix(rest, "--"):
			end = "\n"
		case strings.HasPrefix(rest, "/*"):
			end = "*/"
		default:
			return strings.HasPrefix(rest, "(")
		}
		i := strings.Index(rest, end)
		if i < 0 {
			return false
		}
		rest = rest[i+len(end):]
	}
}

// quotedText is what stands in the quotes that end before at.
func quotedText(sql string, at int) string {
	if at > len(sql) || at < 2 {
		return ""
	}
	open := sql[at-1]
	if open == ']' {
		open = '['
	}
	return sql[strings.LastIndexByte(sql[:at-1], open)+1 : at-1]
}

// fixing is a text that is written anew.
type fixing struct {
	text  string
	now   time.Time
	edits []edit
}

type edit struct {
	from, to int
	with     string
}

func (f *fixing) replace(from, to int, with string) { f.edits = append(f.edits, edit{from, to, with}) }

func (f *fixing) String() string {
	if len(f.edits) == 0 {
		return f.text
	}
	slices.SortStableFunc(f.edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	done := 0
	for _, e := range f.edits {
		b.WriteString(f.text[done:e.from])
		b.WriteString(e.with)
		done = e.to
	}
	return b.String() + f.text[done:]
}

// argument is what a call has between two commas.
type argument struct {
	words  int    // besides parentheses
	quoted string // the string, if that is all there is
	at     int    // the end of that
	clock  bool   // one of its strings is 'now', or means it
}

// readsClock are the strings that are the time that it is. The others are modifiers, which
// alone are taken for it.
var readsClock = []string{"now", "subsec", "subsecond"}

// call reads the arguments of a function of times, which words has just read the name of.
// Calls in them are read after it.
func (f *fixing) call(name string, words sqldriver.Words) error {
	literal := "'" + f.now.Format("2006-01-02 15:04:05.000") + "'"
	words.Next() // (
	var list []argument
	var a argument
	depth, end := 0, 0
	inner := -1 // the depth of a call in the arguments that is read after this one
	for word := words.Next(); ; word = words.Next() {
		if word == "" {
			return nil // SQLite says what is wrong with it
		}
		if depth == 0 && (word == ")" || word == ",") {
			if word == "," || a.words > 0 || len(list) > 0 {
				list = append(list, a)
			}
			a = argument{}
			if word == ")" {
				end = words.At - 1
				break
			}
			continue
		}
		switch word {
		case "(":
			depth++
			continue
		case ")":
			if depth--; depth == inner {
				inner = -1
			}
			continue
		}
		a.words++
		if inner < 0 && timeFunctions[word] != nil && called(f.text[words.At:]) {
			inner = depth
		}
		if inner >= 0 || word != "'" && word != `"` {
			continue
		}
		a.quoted, a.at = quotedText(f.text, words.At), words.At
		a.clock = a.clock || among(readsClock, a.quoted)
		if among([]string{"localtime", "utc"}, a.quoted) {
			return fmt.Errorf("%w: each node would take %s of its own time zone: compute the time in Go and bind it", ErrStatement, strings.ToLower(name))
		}
	}
	for _, at := range timeFunctions[name] {
		if at >= len(list) {
			if at == len(list) && name != "TIMEDIFF" {
				comma := ""
				if at > 0 {
					comma = ", "
				}
				f.replace(end, end, comma+literal)
			}
			continue
		}
		a := list[at]
		from := a.at - len(a.quoted) - 2
		switch {
		case !a.clock:
		case a.words > 1:
			return fmt.Errorf("%w: %s reads the clock by an expression: write 'now' alone, or compute the time in Go and bind it", ErrStatement, strings.ToLower(name))
		case strings.EqualFold(a.quoted, "now"):
			f.replace(from, a.at, literal)
		default: // a modifier
			f.replace(from, from, literal+", ")
		}
	}
	return nil
}

func among(list []string, s string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, s) })
}
