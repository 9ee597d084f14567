package migration

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// part is what a tool runs of a file in one direction.
type part struct {
	path string
	text string
	line int  // of the first line of text in the file
	bare bool // it runs without the tool's transaction
}

// translation is a migration of another tool on its way to the one of goose's.
type translation struct {
	format   *Format
	above    part // comments above the first mark
	up, down *part

	text  strings.Builder
	lines []fileLine // that the lines of text come from
}

type fileLine struct {
	path string
	line int
}

// file makes the goose migration. The texts are kept line by line, so that every
// statement and comment has its place in the tool's own file.
func (t *translation) file() ([]byte, content, *diag.Problem) {
	noTx := t.up.bare || t.down != nil && t.down.bare
	var want [2]string // what goose has to read, in each section
	if noTx {
		t.write("-- +goose NO TRANSACTION", t.up.path, t.up.line)
	}
	if problem := t.comments(&t.above); problem != nil {
		return nil, content{}, problem
	}
	for i, section := range []struct {
		mark string
		*part
	}{{"-- +goose Up", t.up}, {"-- +goose Down", t.down}} {
		if section.part == nil {
			continue
		}
		t.write(section.mark, section.path, max(1, section.line-1))
		wrap := noTx && !section.bare && len(sqltext.Split(section.text)) > 0
		if want[i] = section.text; wrap {
			want[i] = "BEGIN;" + section.text + "\n;COMMIT;"
			t.write("BEGIN;", section.path, section.line)
		}
		if problem := t.section(section.part); problem != nil {
			return nil, content{}, problem
		}
		if wrap {
			t.write("COMMIT;", section.path, section.line)
		}
	}
	text, fault := scan(t.text.String())
	if fault != nil {
		at := t.lines[min(fault.line, len(t.lines))-1]
		return nil, content{}, &diag.Problem{File: at.path, Line: at.line, Msg: fault.msg, Fix: fault.fix}
	}
	if problem := t.place(&text, want); problem != nil {
		return nil, content{}, problem
	}
	return []byte(t.text.String()), text, nil
}

// write adds a line that comes from one in a file.
func (t *translation) write(text, path string, line int) {
	t.text.WriteString(text + "\n")
	t.lines = append(t.lines, fileLine{path, line})
}

// keep adds a line of a file. One that goose would take for an annotation is a problem.
func (t *translation) keep(text, path string, line int) *diag.Problem {
	if isAnnotation(text) {
		return &diag.Problem{File: path, Line: line, Msg: `goose, with which drey runs the file in memory, would take this line for an annotation`,
			Fix: "write the line without +goose"}
	}
	t.write(text, path, line)
	return nil
}

// place gives the passages their places in the tool's own files, and holds what goose
// reads to what the tool reads.
func (t *translation) place(text *content, want [2]string) *diag.Problem {
	for i, passages := range [][]passage{text.up, text.down} {
		var ran strings.Builder
		for j := range passages {
			p := &passages[j]
			fmt.Fprintf(&ran, "%s\n;\n", p.text)
			p.path = t.lines[p.lines[0]-1].path
			p.block = p.block || !t.format.byLines // drey has cut it, as SQLite does
			for k, line := range p.lines {
				p.lines[k] = t.lines[line-1].line
			}
		}
		if t.format.byLines {
			continue
		}
		got, _ := words(ran.String())
		if wanted, legal := words(want[i]); legal && !slices.Equal(got, wanted) {
			original := []*part{t.up, t.down}[i]
			return &diag.Problem{File: original.path, Line: original.line, Msg: "drey does not read this file as " + t.format.reader() + " would",
				Fix: "end each statement with a semicolon at the end of a line"}
		}
	}
	if text.downLine > 0 {
		text.downLine = t.lines[text.downLine-1].line
	}
	return nil
}

// words are the tokens of SQL without semicolons, and whether SQLite knows them all.
func words(sql string) (list []string, legal bool) {
	legal = true
	for _, t := range sqltext.Significant(strings.ReplaceAll(sql, "\r\n", "\n")) {
		legal = legal && t.Kind != sqltext.Illegal
		if !t.Is(";") {
			list = append(list, t.Text)
		}
	}
	return list, legal
}

// comments keeps what stands above the statements.
func (t *translation) comments(p *part) *diag.Problem {
	for i, line := range linesOf(p.text) {
		if problem := t.keep(strings.TrimRight(line, " \t"), p.path, p.line+i); problem != nil {
			return problem
		}
	}
	return nil
}

// linesOf are the lines of a text without their ends, and without an empty last one.
func linesOf(text string) []string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}

// group are statements that share lines, from 0.
type group struct{ first, last int }

// section keeps the lines of a part, with statement blocks where goose would end a
// statement elsewhere than SQLite does.
func (t *translation) section(p *part) *diag.Problem {
	lines := linesOf(p.text)
	next := 0
	for _, g := range groups(p.text) {
		g.first, g.last = min(g.first, len(lines)-1), min(g.last, len(lines)-1) // a text that is not closed may end in a line end
		for ; next < g.first; next++ {
			if problem := t.keep(strings.TrimRight(lines[next], " \t"), p.path, p.line+next); problem != nil {
				return problem
			}
		}
		block := needsBlock(lines[g.first : g.last+1])
		if block {
			t.write("-- +goose StatementBegin", p.path, p.line+g.first)
		}
		for ; next <= g.last; next++ {
			if problem := t.keep(lines[next], p.path, p.line+next); problem != nil {
				return problem
			}
		}
		if block {
			t.write("-- +goose StatementEnd", p.path, p.line+g.last)
		}
	}
	for ; next < len(lines); next++ {
		line := strings.TrimRight(lines[next], " \t")
		if line != "" && !isComment(line) { // of a block comment, which goose would take for a statement
			line = "-- " + line
		}
		if problem := t.keep(line, p.path, p.line+next); problem != nil {
			return problem
		}
	}
	return nil
}

func isComment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "--") }

// groups finds the statements. A block comment, which is SQL to goose, goes with the
// statement below it, or with the last one; and so does a semicolon alone.
func groups(text string) []group {
	line, seen := 0, 0
	lineOf := func(offset int) int { // of offsets that do not fall
		line += strings.Count(text[seen:offset], "\n")
		seen = offset
		return line
	}
	sql := map[int]bool{}    // lines with what is SQL to goose
	joined := map[int]bool{} // lines whose last token goes on in the next one
	for t := range sqltext.All(text) {
		if t.Kind == sqltext.Space || t.Kind == sqltext.Comment && strings.HasPrefix(t.Text, "--") {
			continue
		}
		first := lineOf(t.Start)
		for i := first; i <= first+strings.Count(t.Text, "\n"); i++ {
			sql[i], joined[i] = true, joined[i] || i > first
		}
	}
	line, seen = 0, 0
	var list []group
	for _, s := range sqltext.Split(text) {
		g := group{first: lineOf(s.Start)}
		end := s.End()
		if s.Ended {
			for token := range sqltext.All(text[s.End():]) {
				if end = s.End() + token.End(); token.Is(";") {
					break
				}
			}
		}
		g.last = lineOf(end - 1)
		from := 0
		if n := len(list); n > 0 {
			from = list[n-1].last + 1
		}
		for i := from; i < g.first; i++ {
			if sql[i] {
				g.first = i
			}
		}
		for joined[g.last+1] {
			g.last++
		}
		if n := len(list); n > 0 && g.first < from {
			list[n-1].last = max(list[n-1].last, g.last)
			continue
		}
		list = append(list, g)
	}
	if n := len(list); n > 0 {
		for i := range sql {
			list[n-1].last = max(list[n-1].last, i)
		}
	}
	return list
}

// needsBlock reports whether goose would not read these lines as one statement.
func needsBlock(lines []string) bool {
	for i, line := range lines {
		if EndsStatement(line) != (i == len(lines)-1) {
			return true
		}
	}
	return false
}
