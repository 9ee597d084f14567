package drawing

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible returns a text on one line, with U+FFFD in place of what is not UTF-8 and of
// what cannot be seen or changes the direction of writing.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			return ' '
		case r == '\u200c' || r == '\u200d': // that join letters, or not
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Noncharacter_Code_Point, r):
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// list joins names.
func list(names []string) string {
	shown := make([]string, len(names))
	for i, name := range names {
		if shown[i] = name; name == "" {
			shown[i] = "?" // the key of a table that is not there
		}
	}
	return strings.Join(shown, ", ")
}

// actions say what happens to the rows that refer to one that goes or changes.
func (r *Reference) actions() string {
	text := ""
	if r.OnDelete != "NO ACTION" {
		text = " ON DELETE " + r.OnDelete
	}
	if r.OnUpdate != "NO ACTION" {
		text += " ON UPDATE " + r.OnUpdate
	}
	return text
}
