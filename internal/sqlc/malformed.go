package sqlc

import (
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
)

// badSource finds the file that sqlc prints when it is not Go, and returns problems
// of the queries in it, and the rest of what sqlc says.
func (s *staging) badSource(said string) (problems diag.Problems, rest string) {
	rest, source := v131.CutSource(said)
	if source == "" {
		return nil, said
	}
	source = v131.Decode(source)
	instead := ""
	if problems = s.malformed(source); len(problems) == 0 {
		msg, _ := syntaxErrorIn(source)
		instead = "what it generates is no Go: " + msg + "\n"
	}
	return problems, v131.ReplaceSourceError(rest, instead)
}

// syntaxErrorIn returns the first syntax error in a text that has to be Go, with
// its line.
func syntaxErrorIn(code string) (msg string, found bool) {
	_, err := parser.ParseFile(token.NewFileSet(), "", code, parser.SkipObjectResolution)
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return "", false
	}
	lines := strings.Split(code, "\n")
	return list[0].Msg + ": " + strings.TrimSpace(lines[min(list[0].Pos.Line, len(lines))-1]), true
}

var queryStart = regexp.MustCompile("(?m)^const \\S+ = `-- name: (\\S+) :")

// malformed finds the queries whose methods are not Go, in the decoded text of
// generated files. That text has the names of result columns and parameters
// unchanged.
func (s *staging) malformed(source string) (problems diag.Problems) {
	starts := queryStart.FindAllStringSubmatchIndex(source, -1)
	for i, at := range starts {
		end := len(source)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		code, _, _ := strings.Cut(source[at[0]:end], v131.SourceStart)
		msg, ok := syntaxErrorIn("package p\n" + code)
		if !ok {
			continue
		}
		problems = append(problems, s.ofQuery(source[at[2]:at[3]], &diag.Problem{
			Msg: "what sqlc generates for it is no Go: " + msg, Err: ErrNotGo,
			Fix: "give the result columns and parameters names that Go can have, as in AS total and sqlc.arg(total)",
		})...)
	}
	return problems
}

// ofQuery returns copies of a problem, placed at the statements with that name.
func (s *staging) ofQuery(name string, p *diag.Problem) (problems diag.Problems) {
	for _, o := range s.origins {
		if o.query != name {
			continue
		}
		there := *p
		there.File, there.Query = o.file.Path, name
		there.Line, there.Col = o.position(1, 1)
		problems = append(problems, &there)
	}
	return problems
}
