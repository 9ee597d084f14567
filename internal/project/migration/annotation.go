package migration

import (
	"fmt"
	"strings"
)

func isAnnotation(line string) bool {
	return strings.HasPrefix(strings.TrimSpace(line), "--") && strings.Contains(line, "+goose")
}

// annotations are those that goose knows, in any case.
var annotations = []struct {
	name string
	read func(s *scanner, line int) *fault
}{
	{"Up", (*scanner).readUp},
	{"Down", (*scanner).readDown},
	{"StatementBegin", (*scanner).readBegin},
	{"StatementEnd", (*scanner).readEnd},
	{"NO TRANSACTION", func(s *scanner, _ int) *fault { s.noTx = true; return nil }},
	{"ENVSUB ON", func(s *scanner, _ int) *fault { s.envsub = true; return nil }},
	{"ENVSUB OFF", func(s *scanner, _ int) *fault { s.envsub = false; return nil }},
}

// annotationName is what is left of the line. Like goose it drops every "--".
func annotationName(line string) string {
	return strings.TrimSpace(strings.Replace(strings.ReplaceAll(line, "--", ""), "+goose", "", 1))
}

// annotation reads a line that is one.
func (s *scanner) annotation(number int, line string) *fault {
	if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
		return &fault{number, "goose does not take an annotation with blanks before it", "write it at the start of the line"}
	}
	name := annotationName(line)
	for _, a := range annotations {
		if strings.EqualFold(a.name, name) {
			return a.read(s, number)
		}
	}
	return &fault{number, fmt.Sprintf("goose has no annotation %q", name),
		"it has Up, Down, StatementBegin, StatementEnd and NO TRANSACTION, each on a line of its own"}
}

func noUp(line int) *fault {
	return &fault{line, `there is no line "-- +goose Up" in this migration`,
		`put "-- +goose Up" above the statements, and "-- +goose Down" above those that undo them`}
}

// substituted is a line with what goose may replace: a $ that stands for itself is
// written $$ under ENVSUB, and $ without it.
func substituted(line int) *fault {
	return &fault{line, "ENVSUB ON makes this line depend on the environment of whoever runs goose: what it does to the schema cannot be known",
		"write the value out; a value that differs from place to place goes into a row that the service writes when it starts.\n" +
			"Where nothing is substituted, delete ENVSUB ON, and write $ for $$"}
}

func noEnd(begin int) *fault {
	return &fault{begin, `there is no "-- +goose StatementEnd" to this StatementBegin`, `put "-- +goose StatementEnd" below the statement`}
}

func (s *scanner) readUp(line int) *fault {
	if s.section != none {
		return &fault{line, `this is the second "-- +goose Up"`, "keep one; a migration has one Up section and below it one Down section"}
	}
	s.section = up
	return nil
}

func (s *scanner) readDown(line int) *fault {
	switch {
	case s.section == none:
		return &fault{line, `"-- +goose Down" stands above "-- +goose Up"`, `put "-- +goose Up" and its statements first`}
	case s.section == down:
		return &fault{line, `this is the second "-- +goose Down"`, "keep one; a migration has one Up section and below it one Down section"}
	case s.begin > 0:
		return noEnd(s.begin)
	}
	f := s.unfinished()
	s.section, s.downLine, s.empty = down, line, 0
	return f
}

func (s *scanner) readBegin(line int) *fault {
	switch {
	case s.section == none:
		return &fault{line, `StatementBegin stands above "-- +goose Up"`, `put "-- +goose Up" above it`}
	case s.begin > 0:
		return noEnd(s.begin)
	}
	s.begin, s.empty = line, 0
	return nil
}

// readEnd notes a pair without SQL: goose drops the next line of SQL after it
// without a word, if there is one in the section before the next pair.
func (s *scanner) readEnd(line int) *fault {
	begin := s.begin
	switch {
	case begin == 0:
		return &fault{line, "there is no StatementBegin to this StatementEnd", `put "-- +goose StatementBegin" above the statement`}
	}
	s.begin = 0
	switch {
	case len(s.text) == 0:
		s.empty = begin
	case strings.TrimSpace(strings.Join(s.text, "")) == "":
		s.text, s.lines = nil, nil
	default:
		s.flush(true)
	}
	return nil
}
