package v131

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// spacedMacro finds a macro with blanks in its brackets. Offsets are those of
// the plain SQL.
func spacedMacro(r *refused) int {
	for i, it := range r.Items {
		if it.Param != nil && it.Param.Kind >= 2 && strings.HasPrefix(strings.ToLower(it.Text), "sqlc") && strings.ContainsAny(it.Text, " \t\n") {
			return r.Plain.Offset(&r.Items[i])
		}
	}
	return -1
}

// embedded finds a sqlc.embed of a table under its own name, which sqlc writes without quotes.
func embedded(r *refused) int {
	for i, it := range r.Items {
		if t := r.Schema.Table(it.Embed); it.Embed != "" && t != nil && (t.Name != sqltext.Fold(t.Name) || unreserved[t.Name]) {
			return r.Plain.Offset(&r.Items[i])
		}
	}
	return -1
}

// wordAsName: the word that sqlc stumbles over stands where SQLite reads a
// name.
func wordAsName(r *refused) int {
	tokens := sqltext.Significant(r.Plain.SQL)
	for i, t := range tokens {
		if t.Is(r.name) && t.Kind == sqltext.Word && i > 0 && (tokens[i-1].Is("AS") || tokens[i-1].Is(".")) {
			return t.Start
		}
	}
	return -1
}

// quoteInName finds a quoted name that has a double quote in it.
func quoteInName(r *refused) int {
	for _, t := range sqltext.Significant(r.Plain.SQL) {
		if t.Kind == sqltext.Quoted && strings.Contains(t.Name(), `"`) {
			return t.Start
		}
	}
	return -1
}

// underscore finds a number with one.
func underscore(r *refused) int {
	for _, t := range sqltext.Significant(r.Plain.SQL) {
		if (t.Kind == sqltext.Integer || t.Kind == sqltext.Float) && strings.Contains(t.Text, "_") {
			return t.Start
		}
	}
	return -1
}

// oddParam returns the number of the first parameter that begins with a dollar or
// has a number for its name, or -1.
func oddParam(r *refused) int {
	return slices.IndexFunc(r.Params, func(p *query.Param) bool {
		return strings.HasPrefix(p.Text, "$") || p.Kind == query.Named && isNumber(p.Name) && !strings.HasPrefix(p.Text, "sqlc")
	})
}

// oddParameter finds that parameter in the plain SQL.
func oddParameter(r *refused) int {
	i := oddParam(r)
	if i < 0 {
		return -1
	}
	at := slices.IndexFunc(r.Items, func(it query.Item) bool { return it.Param == r.Params[i] })
	return r.Plain.Offset(&r.Items[at])
}

func isNumber(name string) bool { return name != "" && strings.Trim(name, "0123456789") == "" }
