package verify

import (
	"fmt"

	"github.com/agnivade/levenshtein"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// macros are sqlc's own functions, with the arguments that each takes.
var macros = []struct{ name, takes string }{
	{"arg", "name"}, {"narg", "name"}, // these can be given a type
	{"slice", "names"}, {"embed", "table"},
}

// macroFaults finds the calls of sqlc's functions that sqlc could not read either:
// SQLite would only say that there is a syntax error. The wording of the last two
// is sqlc's.
func (s *subject) macroFaults() (problems diag.Problems) {
	tokens := sqltext.Significant(s.written.Text)
	for i := 0; i+3 < len(tokens); i++ {
		rest := tokens[i:]
		if _, _, n := query.Macro(rest); n > 0 || !rest[0].Ident() || !rest[1].Is(".") || !rest[2].Ident() || !rest[3].Is("(") {
			continue
		}
		pkg, name := fold(rest[0].Name()), fold(rest[2].Name())
		at := nearestMacro(name)
		macro := macros[at]
		known := macro.name == name
		if pkg != "sqlc" && !(known && levenshtein.ComputeDistance(pkg, "sqlc") <= 2) {
			continue
		}
		fix := fmt.Sprintf("write sqlc.%s(%s)", macro.name, macro.takes)
		args, end := arguments(rest[3:])
		if len(args) == 1 && query.IsArgument(args[0]) {
			fix = fmt.Sprintf("write sqlc.%s(%s)", macro.name, args[0][0].Text)
		}
		p := s.at(rest[0].Start)
		p.Fix, p.Err = fix, sqlc.ErrRefused
		call := s.written.Text[rest[0].Start:rest[2].End()]
		switch {
		case pkg != "sqlc":
			p.Msg = fmt.Sprintf("there is no function %s: sqlc's own begin with sqlc.", call)
		case !known:
			p.Msg = fmt.Sprintf("sqlc: function %q does not exist", call)
		case len(args) != 1:
			p.Msg = fmt.Sprintf("sqlc: expected 1 parameter to %s; got %d", call, len(args))
			if len(args) > 1 && query.IsArgument(args[0]) && at < 2 {
				p.Fix = fmt.Sprintf("write sqlc.%s(%s), with a name alone; a type is given by CAST(sqlc.%s(%s) AS …)",
					macro.name, args[0][0].Text, macro.name, args[0][0].Text)
			}
		default:
			p.Msg = fmt.Sprintf("sqlc: expected parameter to %s to be string or reference", call)
			p.Fix += ", with a name or a string between the brackets"
		}
		problems = append(problems, p)
		i += end + 2
	}
	return problems
}

// nearestMacro returns the number of the function whose name is closest to a name.
func nearestMacro(name string) int {
	best, least := 0, len(name)+10
	for i, m := range macros {
		if d := levenshtein.ComputeDistance(name, m.name); d < least {
			best, least = i, d
		}
	}
	return best
}

// arguments returns the tokens of each argument of a call, which begins at its
// bracket, and the number of tokens up to the closing bracket.
func arguments(tokens []sqltext.Token) (args [][]sqltext.Token, n int) {
	depth := 0
	var arg []sqltext.Token
	for i, t := range tokens {
		switch {
		case t.Is("("):
			if depth++; depth == 1 {
				continue
			}
		case t.Is(")"):
			if depth--; depth == 0 {
				if len(arg) > 0 || len(args) > 0 {
					args = append(args, arg)
				}
				return args, i
			}
		case t.Is(",") && depth == 1:
			args, arg = append(args, arg), nil
			continue
		}
		arg = append(arg, t)
	}
	return append(args, arg), len(tokens)
}
