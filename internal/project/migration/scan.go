package migration

import (
	"fmt"
	"strings"
	"unicode"
)

// passage is a statement by goose's rules, in the place where it stands.
type passage struct {
	text  string
	lines []int  // in the file, from 1, of each line of text
	col   int    // in the file, from 1, of the first byte
	path  string // of that file, "" for the migration's own
	block bool   // it stands between StatementBegin and StatementEnd
}

// content is what goose reads in a file.
type content struct {
	hasUp    bool
	noTx     bool
	downLine int // of "-- +goose Down", or 0
	up, down []passage
}

// fault is what goose cannot read, or drey does not want.
type fault struct {
	line     int
	msg, fix string
}

type section int

const (
	none section = iota // above -- +goose Up
	up
	down
)

// scanner follows goose's parser, which works on lines: it knows neither
// strings nor block comments. See
// https://pressly.github.io/goose/documentation/annotations.
type scanner struct {
	content
	section section
	envsub  bool // goose replaces variables in the lines of statements
	begin   int  // the line of an open StatementBegin, or 0
	empty   int  // that of a pair without SQL, after which goose drops a line, or 0

	// The statement that is not at its end yet.
	text  []string
	lines []int
}

// scan reads a migration as goose does. It stops at the first fault.
func scan(text string) (content, *fault) {
	s := &scanner{}
	s.hasUp = hasUp(text)
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		read := s.line
		if isAnnotation(line) {
			read = s.annotation
		}
		if f := read(number, line); f != nil {
			return s.content, f
		}
	}
	switch {
	case s.section == none:
		return s.content, noUp(1)
	case s.begin > 0:
		return s.content, noEnd(s.begin)
	}
	return s.content, s.unfinished()
}

func hasUp(text string) bool {
	for line := range strings.Lines(text) {
		if isAnnotation(line) && strings.EqualFold(annotationName(line), "Up") {
			return true
		}
	}
	return false
}

// line reads a line that is not an annotation.
func (s *scanner) line(number int, line string) *fault {
	switch {
	case s.section == none && strings.TrimSpace(line) == "":
		return nil
	case len(s.text) == 0 && (line == "" || strings.HasPrefix(strings.TrimSpace(line), "--")):
		return nil
	case s.section == none && !s.hasUp:
		return noUp(number)
	case s.section == none:
		return &fault{number, `there is SQL above "-- +goose Up"`, `make "-- +goose Up" the first line`}
	}
	if begin := s.empty; begin > 0 {
		if s.empty = 0; strings.TrimSpace(line) != "" {
			return &fault{begin, fmt.Sprintf("there is no SQL between StatementBegin and StatementEnd, so goose drops line %d", number), "delete StatementBegin and StatementEnd"}
		}
		return nil
	}
	if s.envsub && strings.Contains(line, "$") {
		return substituted(number)
	}
	s.text = append(s.text, line)
	s.lines = append(s.lines, number)
	if s.begin == 0 && EndsStatement(line) {
		s.flush(false)
	}
	return nil
}

// flush ends a statement.
func (s *scanner) flush(block bool) {
	first := 0
	for first < len(s.text)-1 && strings.TrimSpace(s.text[first]) == "" {
		first++
	}
	head := s.text[first]
	read := passage{
		text:  strings.TrimSpace(strings.Join(s.text, "\n")),
		lines: s.lines[first:],
		col:   1 + len(head) - len(strings.TrimLeftFunc(head, unicode.IsSpace)),
		block: block,
	}
	if s.section == up {
		s.up = append(s.up, read)
	} else {
		s.down = append(s.down, read)
	}
	s.text, s.lines = nil, nil
}

// unfinished finds a statement that does not end before its section does.
func (s *scanner) unfinished() *fault {
	comment := false
	for i, line := range s.text {
		switch line = strings.TrimSpace(line); {
		case line == "":
		case strings.HasPrefix(line, "--"):
			comment = true
		default:
			return &fault{s.lines[i], "the statement that begins here does not end before its section does",
				"end it with a semicolon at the end of a line"}
		}
	}
	if comment {
		return &fault{s.lines[0], "this line has blanks only, and goose takes the comment below it for an unfinished statement",
			"delete the blanks"}
	}
	s.text, s.lines = nil, nil
	return nil
}

// EndsStatement is goose's rule for the end of a statement: the last word of
// the line, or the last one before a word that begins with --, ends in a
// semicolon.
func EndsStatement(line string) bool {
	last := ""
	for word := range strings.FieldsSeq(line) {
		if strings.HasPrefix(word, "--") {
			break
		}
		last = word
	}
	return strings.HasSuffix(last, ";")
}
