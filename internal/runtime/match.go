package drey

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// SQLite's LIKE ends its pattern and its text at a NUL, and takes U+FFFE, U+FFFF
// and bytes that are not UTF-8 for U+FFFD. So whether a text contains, begins or
// ends with another is decided by instr and =, which compare all bytes. Like
// refuses the patterns that LIKE would misread; a text in the column is matched
// with U+FFFF in place of each NUL.

// maxPattern is SQLite's limit on a pattern, in bytes. D1 says so itself where
// its limit is lower.
const maxPattern = 50_000

// maxLead bounds the characters by which SQLite finds its place in an index. D1
// takes that many even with a backslash before each: it has patterns of up to 50
// bytes.
const maxLead = 24

func checkText(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("%w: %q is not valid UTF-8", sqldriver.ErrPattern, text)
	}
	return nil
}

func checkPattern(pattern string) error {
	switch {
	case len(pattern) > maxPattern:
		return fmt.Errorf("%w: it has %d bytes, and may have %d", sqldriver.ErrPattern, len(pattern), maxPattern)
	case strings.IndexByte(pattern, 0) >= 0:
		return fmt.Errorf("%w: LIKE would end %q at its NUL", sqldriver.ErrPattern, pattern)
	case strings.ContainsAny(pattern, "\ufffd\ufffe\uffff"):
		return fmt.Errorf("%w: LIKE takes U+FFFD, U+FFFE and U+FFFF for one another", sqldriver.ErrPattern)
	}
	return checkText(pattern)
}

// leadOf returns the pattern of all texts that begin with the same ASCII as
// text, up to a NUL or one of the characters of stop; it is "" if that is every
// text. After ASCII alone, a text's bytes cannot be read in another way.
func leadOf(text, stop string) string {
	lead := asciiOf(text, stop)
	if lead == "" {
		return ""
	}
	return likeEscaper.Replace(lead) + "%"
}

// asciiOf is the ASCII that the text begins with, up to those characters.
func asciiOf(text, stop string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r == 0 || r >= utf8.RuneSelf || strings.ContainsRune(stop, r) })
	if end < 0 {
		end = len(text)
	}
	return text[:min(end, maxLead)]
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// matching is a predicate that looks for text, in an index if it begins with ASCII.
func matching[S any](on *operand, o op, text, lead string, err error) Predicate[S] {
	if err != nil {
		return invalid[S](fmt.Errorf("%s: %w", on.name(), err))
	}
	if lead == "" {
		return compare[S](on, o, text)
	}
	return Predicate[S]{node{on: *on, op: o + 1, vals: [2]any{text, lead}}}
}

func likeText[S any](on *operand, pattern string) Predicate[S] {
	return matching[S](on, opLike, pattern, leadOf(pattern, "%_"), checkPattern(pattern))
}

// likeEscaped is likeText of a pattern in which a backslash takes the meaning from %, _
// and itself.
func likeEscaped[S any](on *operand, pattern string) Predicate[S] {
	return matching[S](on, opLikeEscaped, pattern, leadOf(pattern, `%_\`), checkPattern(pattern))
}

func globText[S any](on *operand, pattern string) Predicate[S] {
	lead := asciiOf(pattern, "*?[")
	if lead != "" {
		lead += "*"
	}
	return matching[S](on, opGlob, pattern, lead, checkPattern(pattern))
}

func containsText[S any](on *operand, text string) Predicate[S] {
	return matching[S](on, opContains, text, "", checkText(text))
}

func prefixText[S any](on *operand, text string) Predicate[S] {
	return matching[S](on, opPrefix, text, leadOf(text, ""), checkText(text))
}

func suffixText[S any](on *operand, text string) Predicate[S] {
	if text == "" {
		return prefixText[S](on, text)
	}
	return matching[S](on, opSuffix, text, "", checkText(text))
}

// The SQL of the operators on text. {} is the operand.
const (
	// inIndex is what SQLite can look up in an index whose collation is NOCASE.
	// What comes after it does not depend on it.
	inIndex = `({} LIKE ? ESCAPE '\' AND `

	// SQLite's replace does not find a NUL, so JSON's notation of it is replaced.
	likeSQL = `CASE WHEN instr({}, char(0)) ` +
		`THEN replace(replace(json_quote({} || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' LIKE ? ` +
		`ELSE {} LIKE ? END`
	likeEscapedSQL = `CASE WHEN instr({}, char(0)) ` +
		`THEN replace(replace(json_quote({} || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' LIKE ? ESCAPE '\' ` +
		`ELSE {} LIKE ? ESCAPE '\' END`
	globSQL = `CASE WHEN instr({}, char(0)) ` +
		`THEN replace(replace(json_quote({} || ''), '\\', '\u005c'), '\u0000', char(65535)) ->> '$' GLOB ? ` +
		`ELSE {} GLOB ? END`
	containsSQL = `instr(lower({}), lower(?)) > 0`
	prefixSQL   = `instr(lower({}), lower(?)) = 1`
	// A part of an empty BLOB is NULL.
	suffixSQL = `(length(CAST({} AS BLOB)) > 0 AND ` +
		`lower(CAST(substr(CAST({} AS BLOB), -length(CAST(? AS BLOB))) AS TEXT)) = lower(?))`
)
