package typedcolumns

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/lint/builder"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// order is an ordering by a handle.
type order struct{ handle, method, nulls string }

// directions are the methods of a handle and of its ordering, by the words after a
// column in ORDER BY.
var directions = map[string][2]string{
	"":                 {"Asc", ""},
	"ASC":              {"Asc", ""},
	"DESC":             {"Desc", ""},
	"NULLS FIRST":      {"Asc", "NullsFirst"},
	"ASC NULLS FIRST":  {"Asc", "NullsFirst"},
	"DESC NULLS FIRST": {"Desc", "NullsFirst"},
	"NULLS LAST":       {"Asc", "NullsLast"},
	"ASC NULLS LAST":   {"Asc", "NullsLast"},
	"DESC NULLS LAST":  {"Desc", "NullsLast"},
}

// orderings are squirrel's methods that order.
var orderings = []string{"OrderBy", "OrderByClause"}

// ordered returns the only table that a SELECT reads, as table does, if its columns can
// have their table's name before them in ORDER BY: in a compound they cannot, and a name
// that a result column has means that.
func (c *checker) ordered(s *builder.Statement) string {
	name := c.table(s)
	if name == "" || s.Kind != builder.Select || s.Use == builder.Nested || len(s.All("Suffix", "SuffixExpr", "Column", "RemoveColumns")) > 0 ||
		s.Use == builder.Text && c.chains.Embedded(s) {
		return ""
	}
	results := map[string]bool{} // the names of results that are not columns of that name
	for _, call := range s.All("Select", "Columns") {
		if call.Ellipsis.IsValid() {
			return ""
		}
		for _, a := range call.Args {
			text, ok := c.constant(a)
			if !ok {
				return ""
			}
			for part := range strings.SplitSeq(text, ",") {
				tokens := sqltext.Significant(part)
				if len(tokens) > 0 && (len(tokens) > 3 || plain(part, name) == "") {
					results[sqltext.Fold(tokens[len(tokens)-1].Name())] = true
				}
			}
		}
	}
	for _, call := range s.All(orderings...) {
		for _, a := range call.Args {
			if text, ok := c.constant(a); ok && slices.ContainsFunc(sqltext.Significant(text), func(t sqltext.Token) bool { return t.Ident() && results[sqltext.Fold(t.Name())] }) {
				return ""
			}
		}
	}
	return name
}

// order returns the replacement of a call that orders, if all of its arguments are
// columns.
func (c *checker) order(call *ast.CallExpr, name string) []replacement {
	t, ok := c.tables[name]
	sel, isSel := call.Fun.(*ast.SelectorExpr)
	if !ok || !isSel || name == "" || call.Ellipsis.IsValid() || len(call.Args) == 0 || sel.Sel.Name == "OrderByClause" && len(call.Args) > 1 {
		return nil
	}
	r := replacement{pos: sel.Sel.Pos(), end: call.End()}
	for _, a := range call.Args {
		text, ok := c.constant(a)
		if !ok {
			return nil
		}
		tokens := sqltext.Significant(text)
		n := 1 // the number of tokens of the column
		if len(tokens) > 2 && tokens[1].Is(".") {
			n = 3
		}
		if len(tokens) < n || strings.Contains(text, "--") || strings.Contains(text, "/*") {
			return nil // a comment may hide what follows
		}
		var words []string
		for _, t := range tokens[n:] {
			words = append(words, strings.ToUpper(t.Text))
		}
		field := t.fields[plain(text[:tokens[n-1].End()], name)]
		how, ok := directions[strings.Join(words, " ")]
		if field == "" || !ok || !c.has(t.source, field, how[0]) {
			return nil
		}
		r.orders = append(r.orders, order{t.source + "." + field, how[0], how[1]})
	}
	return []replacement{r}
}

// clauses is the calls of OrderByClause for the orderings. name is that of the generated
// package.
func (r *replacement) clauses(name string) string {
	var calls []string
	for _, o := range r.orders {
		text := "OrderByClause(" + name + "." + o.handle + "." + o.method + "()"
		if o.nulls != "" {
			text += "." + o.nulls + "()"
		}
		calls = append(calls, text+")")
	}
	return strings.Join(calls, ".")
}
