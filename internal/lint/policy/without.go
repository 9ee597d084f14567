package policy

import (
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Without returns a text without the column that a message of SQLite's is about, so
// that SQLite tells of the next. ok is false if the message is about something else.
func Without(text, msg string) (rest string, ok bool) {
	name, ok := strings.CutPrefix(msg, "no such column: ")
	if !ok || strings.ContainsAny(name, `"' `) {
		return "", false
	}
	qualifier, column := "", name
	if at := strings.LastIndex(name, "."); at >= 0 {
		qualifier, column = name[:at], name[at+1:]
	}
	var b strings.Builder
	from := 0
	tokens := sqltext.Significant(text)
	for i, t := range tokens {
		if !t.Ident() || !sqltext.EqualFold(t.Name(), column) {
			continue
		}
		start := t.Start
		dotted := i > 1 && tokens[i-1].Is(".")
		switch {
		case dotted && qualifier != "" && sqltext.EqualFold(tokens[i-2].Name(), qualifier):
			start = tokens[i-2].Start
		case dotted || qualifier != "":
			continue
		}
		b.WriteString(text[from:start] + "NULL")
		from = t.End()
	}
	return b.String() + text[from:], from > 0
}

// Named returns the name without a qualifier that a message of SQLite's ends in.
func Named(msg string) string { return msg[strings.LastIndexAny(msg, " .")+1:] }
