package v131

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Message is one complaint of sqlc's. Line and Col count from 1; 1:1 may also mean
// that the place is not known.
type Message struct {
	File      string // as sqlc names it, slash-separated; "" for other output
	Line, Col int
	Text      string
}

var (
	located = regexp.MustCompile(`^(.+?\.sql):(\d+):(\d+): (.*)$`)
	// syntaxError is what the parser prints by itself; its columns are from 0.
	syntaxError = regexp.MustCompile(`(?m)^line (\d+):(\d+) (.*)$`)
)

// Messages splits what sqlc says. Lines that are not a complaint about a file stay
// together, each after its "# package".
func Messages(said string) []Message {
	var list []Message
	var other []string
	pkg := ""
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		if m := located.FindStringSubmatch(line); m != nil {
			row, _ := strconv.Atoi(m[2]) // digits, by the pattern
			col, _ := strconv.Atoi(m[3])
			list = append(list, Message{filepath.ToSlash(m[1]), row, col, Decode(m[4])})
			continue
		}
		if name, ok := strings.CutPrefix(line, "# package "); ok {
			pkg = "package " + name + ": "
		} else if line != "" && !syntaxError.MatchString(line) {
			other = append(other, pkg+Decode(line))
		}
	}
	if len(other) > 0 {
		list = append(list, Message{Text: strings.Join(other, "\n")})
	}
	return list
}

// SyntaxErrors returns the places, line and column from 1, where the parser has
// printed a syntax error with these words. It does not print in which file.
func SyntaxErrors(said, text string) (places [][2]int) {
	for _, m := range syntaxError.FindAllStringSubmatch(said, -1) {
		if Decode(m[3]) == text {
			line, _ := strconv.Atoi(m[1]) // digits, by the pattern
			col, _ := strconv.Atoi(m[2])
			places = append(places, [2]int{line, col + 1})
		}
	}
	return places
}

// Names reports whether a syntax error names the first token of a text, or the end
// of the text if there is none.
func Names(text, rest string) bool {
	for t := range sqltext.All(rest) {
		return strings.Contains(text, t.Text+"'") || t.Is(";") && strings.Contains(text, "<EOF>")
	}
	return strings.Contains(text, "<EOF>")
}

// Brief leaves out the list of everything that the parser would have accepted.
func Brief(text string) string {
	before, _, _ := strings.Cut(text, " expecting {")
	return before
}
