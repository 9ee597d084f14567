package migration

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Kind is the format that a schema is kept in, and what shows it.
type Kind struct {
	*Format
	File     string // relative to the project's root, "" where it is shown by what is not there
	Line     int    // in the file, 0 if its name shows it
	Evidence string // as in `"-- migrate:up"` or `its name ends in .up.sql`
}

// source is an SQL file before it is known what it is.
type source struct {
	path    string
	content []byte
	shows   Kind // Format is nil where nothing shows one
}

func (s *source) base() string { return path.Base(s.path) }

// marks are the comments that a tool cuts a file by. A comment is one only where SQL
// has one, and not in a text that looks like it.
var marks = []struct {
	format *Format
	is     *regexp.Regexp
}{
	{Goose, regexp.MustCompile(`^--+\s*\+goose\b`)},
	{SQLMigrate, regexp.MustCompile(`^-- \+migrate (Up|Down)\b`)},
	{Dbmate, regexp.MustCompile(`^--\s*migrate:(up|down)\b`)},
	{Tern, regexp.MustCompile(`^---- create above / drop below ----`)},
}

var migratePair = regexp.MustCompile(`^([0-9]+)_(.*)\.(up|down)\.sql$`)

// show finds what a file shows of its format. What stands in it counts more than its
// name.
func (s *source) show() Kind {
	if bytes.Contains(s.content, []byte("+goose")) || bytes.Contains(s.content, []byte("migrate")) || bytes.Contains(s.content, []byte("create above")) {
		text := string(s.content)
		for t := range sqltext.All(text) {
			if t.Kind != sqltext.Comment {
				continue
			}
			for _, m := range marks {
				if mark := m.is.FindString(t.Text); mark != "" {
					line, _ := sqltext.Position(text, t.Start)
					return Kind{m.format, s.path, line, fmt.Sprintf("%q", strings.TrimSpace(firstLine(t.Text)))}
				}
			}
		}
	}
	if m := migratePair.FindStringSubmatch(s.base()); m != nil {
		return Kind{GolangMigrate, s.path, 0, fmt.Sprintf("its name ends in .%s.sql", m[3])}
	}
	return Kind{}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// AtlasSum is the file by which a folder is Atlas's.
const AtlasSum = "atlas.sum"

// kind is what most files show. Each file that shows something else is a problem.
func (l *loader) kind(sources []source) Kind {
	count := map[*Format]int{}
	var kind Kind
	for _, s := range sources {
		if f := s.shows.Format; f != nil {
			count[f]++
			if kind.Format == nil || count[f] > count[kind.Format] {
				kind = s.shows
			}
		}
	}
	if kind.Format == nil {
		return l.unmarked(sources)
	}
	for _, s := range slices.Backward(sources) { // the first, but no way down where there is one up
		if s.shows.Format == kind.Format && (!strings.HasSuffix(s.path, ".down.sql") || strings.HasSuffix(kind.File, ".down.sql")) {
			kind = s.shows
		}
	}
	for _, s := range sources {
		if other := s.shows; other.Format != nil && other.Format != kind.Format {
			l.add(&diag.Problem{File: s.path, Line: other.Line,
				Msg: fmt.Sprintf("this is a migration of %s (%s), and %s is one of %s (%s): one schema has one tool", other.Name, other.Evidence, kind.File, kind.Name, kind.Evidence),
				Fix: "keep the migrations of one tool in the folder; where these belong to another database, give them a folder and a block of sqlc.yaml of their own"})
		}
	}
	return kind
}

// unmarked is the kind of files that show nothing by themselves.
func (l *loader) unmarked(sources []source) Kind {
	if len(sources) == 0 {
		return Kind{Format: Goose, Evidence: "there is no migration yet"}
	}
	for _, s := range sources {
		sum := path.Join(path.Dir(s.path), AtlasSum)
		if _, err := os.Stat(filepath.Join(l.root, filepath.FromSlash(sum))); err == nil {
			return Kind{Atlas, sum, 0, "Atlas keeps its sums there"}
		}
	}
	return Kind{Plain, "", 0, "no file shows a tool by its name or by a comment"}
}
