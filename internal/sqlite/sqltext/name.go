package sqltext

import "strings"

// Fold maps names that SQLite treats as the same to the same text: ASCII letters
// lose their case, every other byte stays.
func Fold(name string) string {
	for i := range len(name) {
		if lower(name[i]) != name[i] {
			b := []byte(name)
			for j := i; j < len(b); j++ {
				b[j] = lower(b[j])
			}
			return string(b)
		}
	}
	return name
}

// EqualFold compares two names as SQLite does.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Quote quotes an identifier for SQL, always.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal writes a string as an SQL literal. That is not possible for a text with a
// NUL byte: SQLite would end the statement there.
func Literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Unquote returns the name that an identifier stands for: the text between "…",
// `…`, […] or '…' with doubled quotes made single. Any other text is returned
// unchanged.
func Unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	switch q := s[:1]; {
	case q == "[" && s[len(s)-1] == ']':
		return s[1 : len(s)-1]
	case (q == `"` || q == "`" || q == "'") && s[len(s)-1:] == q:
		return strings.ReplaceAll(s[1:len(s)-1], q+q, q)
	}
	return s
}
