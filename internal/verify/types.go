package verify

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// results: each field's Go type can hold what its column can be.
func (s *subject) results() bool {
	if s.info == nil || len(s.info.Columns) != len(s.m.Scan) {
		return true // nothing is known about the columns
	}
	embeds := map[string]bool{}
	for i := range s.m.Scan {
		s.result(i, embeds)
	}
	s.returned()
	return true
}

// result checks one column. embeds are those that were reported already.
func (s *subject) result(i int, embeds map[string]bool) {
	col := s.info.Columns[i]
	f := s.complete(i, col)
	typ := parseGoType(f.Type)
	wrong := holds(typ, col.Type, s.stmt.Columns[i].DeclType)
	if f.Via != "" {
		wrong = misfit{}
	}
	embed, _, embedded := strings.Cut(f.Name, ".")
	switch {
	case s.noted(col, typ):
	case wrong == misfit{}:
		if mixed(col.Type) && typ.base == "time.Time" && col.Type.View == "" {
			s.warn(s.origin(col.Pos), "declare the columns alike, or select them one by one",
				"column %s is a date of one column and a time of another, which have two forms: where it is a date, Eq and what else its handle has does not find it", s.label(i, f))
		}
		s.loose(i, f, typ, col)
		s.guessed(i, f, typ, col)
	case s.checker.reported[col.Type.View]:
	case wrong.null && embedded && embeds[embed]:
	case wrong.null && embedded:
		embeds[embed] = true
		s.problem(s.origin(col.Pos), embedFix(embed), "sqlc.embed makes %s a struct whose fields cannot be NULL, but %s", embed, wrong.why)
	default:
		s.problem(s.origin(col.Pos), s.remedy(typ, col), "column %s is of type %s in Go, but %s", s.label(i, f), f.Type, wrong)
	}
}

// label names a result column.
func (s *subject) label(i int, f sqlc.Field) string {
	if f.Name != "" {
		return f.Name
	}
	return s.stmt.Columns[i].Name
}

// loose warns about an expression for which sqlc has not found a type.
func (s *subject) loose(i int, f sqlc.Field, typ goType, col infer.Column) {
	if typ.base != "any" || typ.text == "any" || s.overridden(col.Type) || col.Type.Column != nil || strings.Contains(f.Name, ".") || s.checker.reported[col.Type.View] {
		return
	}
	s.warn(s.origin(col.Pos), s.castFix(col), "sqlc has no type for column %s: it is %s in Go", s.label(i, f), f.Type)
}

// guessed warns about an expression if sqlc has guessed its type from an operator,
// or from one arm of a CASE, and the type cannot be known.
func (s *subject) guessed(i int, f sqlc.Field, typ goType, col infer.Column) {
	t := col.Type
	if !integers[typ.base] || t.Column != nil || t.Class != infer.Unknown || s.checker.reported[t.View] {
		return
	}
	if field := s.modelField(t.Source()); field != nil && parseGoType(field.Type).base == typ.base {
		return
	}
	s.warn(s.origin(col.Pos), s.castFix(col), "column %s is of type %s in Go, which is a guess of sqlc's: it is calculated from what is not declared as a number", s.label(i, f), f.Type)
}

func embedFix(embed string) string {
	return fmt.Sprintf("select the columns of %s one by one, which makes them nullable in Go,\n"+
		"or rule the missing row out: an inner join, or WHERE key IS NOT NULL", embed)
}

// remedy says how to write a column so that sqlc's type for it holds.
func (s *subject) remedy(typ goType, col infer.Column) string {
	switch typ.base {
	case "time.Time":
		return timeFix
	case "json.RawMessage":
		return jsonFix
	}
	return s.castFix(col)
}

const (
	timeFix = "select the column itself, as in ORDER BY x DESC LIMIT 1 for max(x); or CAST(… AS TEXT); or store an integer"
	jsonFix = "use the JSON type of the generated package, in sqlc.yaml under gen.go:\noverrides:\n  - column: \"table.column\"\n    go_type: {type: \"JSON\"}"
)

// castTypes are the types to cast to for each class.
var castTypes = map[infer.Class]string{
	infer.Integer: "INTEGER", infer.Real: "REAL", infer.Integer | infer.Real: "REAL", infer.Text: "TEXT", infer.Blob: "BLOB",
}

// castFix shows the expression with a CAST that tells its type.
func (s *subject) castFix(col infer.Column) string {
	expr, alias := s.writtenAs(col)
	write := "write"
	if expr == "" {
		expr = sqltext.Quote(col.Name)
		if words := sqltext.Significant(col.Name); len(words) == 1 && words[0].Name() == col.Name {
			expr = col.Name
		}
		write, alias = "list the columns in place of the star, with", " AS "+expr
	}
	to, ok := castTypes[col.Type.Class]
	switch {
	case !ok:
		return fmt.Sprintf(write+" CAST(%s AS …)%s, with INTEGER, REAL, TEXT or BLOB", expr, alias)
	case col.Type.Bool:
		to = "BOOLEAN"
	}
	return fmt.Sprintf(write+" CAST(%s AS %s)%s", expr, to, alias)
}

// writtenAs returns a result column as its author wrote it, on one line, and its
// alias with the AS before it. Both are empty for a column of a star.
func (s *subject) writtenAs(col infer.Column) (expr, alias string) {
	from, to := s.emitted.span(col.Pos, col.End)
	expr = oneLine(s.written.Text[from:to])
	tokens := sqltext.Significant(expr)
	n := len(tokens)
	if n < 2 || col.Name == "" || !sqltext.EqualFold(tokens[n-1].Name(), col.Name) || tokens[n-2].Is(".") {
		switch { // the name of a column remains its name
		case n == 1:
			alias = " AS " + expr
		case n == 3 && tokens[1].Is("."):
			alias = " AS " + tokens[n-1].Text
		}
		return expr, alias
	}
	end := tokens[n-1].Start
	if tokens[n-2].Is("AS") {
		end = tokens[n-2].Start
	}
	return strings.TrimSpace(expr[:end]), " AS " + tokens[n-1].Text
}

// oneLine returns the words of an expression without its comments.
func oneLine(expr string) string {
	var b strings.Builder
	blank := false
	for _, t := range sqltext.Tokens(expr) {
		if t.Blank() {
			blank = true
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteString(t.Text)
	}
	return b.String()
}
