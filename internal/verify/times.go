package verify

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// times: what is compared with a time or a date has the same form. Text is larger
// than every number, and a time in another form is neither equal nor in order.
func (s *subject) times() {
	if s.info == nil {
		return
	}
	for _, c := range s.info.Comparisons {
		for _, sides := range [][2]infer.Operand{{c.L, c.R}, {c.R, c.L}} {
			if wrong, fix := s.unlike(c.Op, sides[0], sides[1]); wrong != "" {
				start, end := s.emitted.span(sides[1].Pos, sides[1].End)
				text := oneLine(s.written.Text[start:end])
				s.problem(start, strings.ReplaceAll(fix, "$x", text), "%s %s", text, wrong)
				break
			}
		}
	}
}

// unlike tells why a value cannot be compared with x, or "", and what to write for
// it: $x is the text of x.
func (s *subject) unlike(op string, x, value infer.Operand) (wrong, fix string) {
	t := value.Type
	number := t.Class != infer.Unknown && t.Class&^(infer.Integer|infer.Real) == 0
	form := s.formOf(x.Type)
	if cast, ok := value.Expr.(*ast.CastExpr); ok && sqltime.FormOf(t.Cast) != sqltime.None {
		if form == sqltime.None && (x.Type.Source().Column != nil || x.Type.Class&^infer.Text != 0 && sqltime.FormOf(x.Type.Cast) == sqltime.None) {
			return "", "" // one of numbers
		}
		start, end := s.emitted.span(syntax.Span(cast.X))
		of := oneLine(s.written.Text[start:end])
		if _, ok := cast.X.(*ast.BindParam); ok {
			return "is a number to SQLite, the year: no time and no date is equal to it", "leave the CAST out, or write CAST(" + of + " AS TEXT)"
		}
		return "is a number to SQLite, the year: no time and no date is equal to it", "write " + functions[sqltime.FormOf(t.Cast)] + "(" + of + ")"
	}
	switch other := s.formOf(t); {
	case form == sqltime.None:
	case number:
		return fmt.Sprintf("is a number, and it is compared with %s, which is text: text is larger than every number", nameOf(x.Type)),
			"write " + functions[form] + "($x, 'unixepoch'), if it is in seconds since 1970"
	case other != sqltime.None && other != form && equality[op]:
		if form == sqltime.Date {
			return "is a time, and it is compared with the date " + nameOf(x.Type) + ": they have two forms, and are never equal", "write date($x)"
		}
	case value.Expr != nil && constant(value.Expr):
		return s.otherForm(op, form, value.Expr)
	}
	return "", ""
}

// beginning matches the texts that a time can begin with. They include days that no
// month has, and texts without a digit at their beginning: nobody means those as a
// time.
var beginning = regexp.MustCompile(`^([0-9]{0,4}|[0-9]{4}-[0-9]{0,2}|[0-9]{4}-[0-9]{2}-[0-9]{0,2}([ Tt].*)?|[^0-9].*)$`)

var functions = map[sqltime.Form]string{sqltime.Time: "datetime", sqltime.Date: "date"}

var equality = map[string]bool{"=": true, "==": true, "<>": true, "!=": true, "IN": true, "IS": true, "IS NOT": true}

// formOf returns the form of a value that is a time in Go.
func (s *subject) formOf(t infer.Type) sqltime.Form {
	form := sqltime.None
	for _, o := range t.Same() {
		field, of := s.modelField(o), sqltime.FormOf(o.Column.Type)
		if field == nil || form != sqltime.None && of != form {
			return sqltime.None
		}
		if base := parseGoType(field.Type).base; base != "time.Time" && base != "TextTime" {
			return sqltime.None
		}
		form = of
	}
	return form
}

func nameOf(t infer.Type) string {
	o := t.Source()
	return o.Table.Name + "." + o.Column.Name
}

// constant reports whether an expression only consists of literals.
func constant(x ast.Expr) bool {
	is := true
	syntax.Walk(x, func(x ast.Expr) bool {
		switch x.(type) {
		case *ast.QualifiedRef, *ast.BindParam, *ast.SubqueryExpr, *ast.ExistsExpr, *ast.VectorExpr:
			_, is = syntax.Bool(x)
		case *ast.InExpr:
			is = false // of a SELECT, it may be
		}
		return is
	})
	return is
}

// otherForm evaluates a constant that is compared with times or dates. A text that
// a time begins with sorts correctly against it, and a time of day sorts after the
// beginning of its day: such a text is only wrong in a test for equality.
func (s *subject) otherForm(op string, form sqltime.Form, x ast.Expr) (wrong, fix string) {
	from, to := syntax.Span(x)
	text := s.emitted.sql[from:to]
	ordered := "substr(f, 1, length(v)) = v"
	if form == sqltime.Date {
		ordered = "length(v) > 10 AND substr(v, 12) NOT GLOB '00:00*'"
		if lower := strings.ToLower(text); strings.Contains(lower, "now") && !strings.Contains(lower, "start of") || strings.HasPrefix(lower, "current_") {
			ordered = "length(v) > 10" // whatever the clock says now
		}
	}
	got, err := s.Conn.Strings(fmt.Sprintf(`SELECT CASE WHEN f IS NULL THEN '?' || v
		WHEN f IS NOT NULL AND f <> v AND (%t OR NOT (%s)) THEN f ELSE '' END
		FROM (SELECT v, %s AS f FROM (SELECT (%s) AS v)) WHERE typeof(v) = 'text'`, equality[op], ordered, form.Of("v"), text))
	if err != nil || len(got) != 1 || got[0] == "" {
		return "", ""
	}
	if v, ok := strings.CutPrefix(got[0], "?"); ok {
		if beginning.MatchString(v) {
			return "", "" // it sorts correctly against what begins with it
		}
		return "is not a time of the form 2006-01-02 15:04:05, and it is compared with times, which are text", "write the time in that form, a date as 2006-01-02"
	}
	fix = "write " + functions[form] + "($x)"
	if _, ok := x.(*ast.Literal); ok && len(text) > 0 && text[0] == '\'' {
		fix = "write '" + got[0] + "'"
	}
	return "has another form than the times and dates of the column that it is compared with", fix
}
