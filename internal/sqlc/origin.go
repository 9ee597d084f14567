package sqlc

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// origin is where a staged query comes from: one statement of a file.
type origin struct {
	file  *query.File
	block int
	start int          // of the first token, as an offset in the file
	first int          // of the statement itself, after the comments
	query string       // its name, "" if sqlc does not find one
	words []v131.Token // the statement with the text before it
}

const byteOrderMark = "\ufeff"

// text returns what is staged, before it becomes ASCII.
func (o *origin) text() string {
	var b strings.Builder
	for _, w := range o.words {
		b.WriteString(w.Spelled)
	}
	return b.String()
}

// statements splits a file. Stray semicolons become blanks, so that offsets hold.
func statements(f *query.File, names v131.Spelling) []*origin {
	content := string(f.Content)
	text := []byte(content)
	var list []*origin
	start := 0
	if strings.HasPrefix(content, byteOrderMark) {
		start = len(byteOrderMark)
	}
	for _, s := range sqltext.Split(content) {
		blank(text[start:s.Start], content[start:s.Start])
		end := s.End()
		if s.Ended {
			for t := range sqltext.All(content[end:]) {
				if t.Is(";") {
					end += t.End()
					break
				}
			}
		}
		list = append(list, &origin{
			file: f, start: start, first: s.Start,
			query: queryName(content[start:s.Start]),
			words: names.Query(string(text[start:s.End()])),
		})
		start = end
	}
	return list
}

func blank(text []byte, content string) {
	for _, t := range sqltext.Tokens(content) {
		if t.Is(";") {
			text[t.Start] = ' '
		}
	}
}

// queryName finds the name as sqlc does: in the first line of a comment that has a
// name.
func queryName(text string) string {
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) >= 4 && fields[1] == "name:" && (fields[0] == "--" || fields[0] == "/*") {
			return fields[2]
		}
	}
	return ""
}

// unreadable tells why sqlc could not read the file, or would misread it.
func unreadable(f *query.File) *diag.Problem {
	p := &diag.Problem{File: f.Path, Err: ErrRefused}
	switch base := path.Base(f.Path); {
	case !strings.HasSuffix(base, ".sql"), strings.HasPrefix(base, "."), strings.HasSuffix(base, ".down.sql"):
		p.Msg = "sqlc passes over a file of this name"
		p.Fix = "give it a name that ends in .sql, does not begin with a dot and does not end in .down.sql"
	case !utf8.Valid(f.Content):
		p.Line, p.Col = sqltext.Position(string(f.Content), len(validPrefix(f.Content)))
		p.Msg, p.Fix = "this is not valid UTF-8", "save the file as UTF-8"
	default:
		return nil
	}
	return p
}

func validPrefix(b []byte) []byte {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return b[:i]
		}
		i += size
	}
	return b
}

// position maps a place in the staged file to one in the user's. sqlc says 1:1 if
// it does not know the place; then the result is where the statement begins.
func (o *origin) position(line, col int) (int, int) {
	offset := o.first
	if at, ok := o.offset(line, col); ok && (line > 1 || col > 1) {
		offset = at
	}
	return sqltext.Position(string(o.file.Content), offset)
}

// offset returns the offset in the file of a line and column in the staged text.
func (o *origin) offset(line, col int) (int, bool) {
	staged := v131.Encode(o.text())
	at := 0
	for ; line > 1; line-- {
		n := strings.IndexByte(staged[at:], '\n')
		if n < 0 {
			return 0, false
		}
		at += n + 1
	}
	at += col - 1
	if at < 0 || at > len(staged) {
		return 0, false
	}
	at = len(v131.Decode(staged[:at]))
	for _, w := range o.words {
		if at < len(w.Spelled) {
			return o.start + w.Start + min(at, len(w.Text)), true
		}
		at -= len(w.Spelled)
	}
	return o.start + o.words[len(o.words)-1].End(), true
}
