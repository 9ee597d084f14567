package diff

import (
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// definitions are the texts of a table's columns, by their names in lower case;
// nil where the statement has no list of columns.
func definitions(create string) map[string]string {
	tokens := sqltext.Significant(create)
	open := -1
	for i, t := range tokens {
		if t.Is("(") {
			open = i
			break
		}
		if t.Is("AS") {
			return nil
		}
	}
	if open < 0 {
		return nil
	}
	list := map[string]string{}
	depth, first := 0, open+1
	for i := open; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		}
		if (depth == 1 && tokens[i].Is(",") || depth == 0) && i > first {
			text := create[tokens[first].Start:tokens[i-1].End()]
			if !isConstraint(tokens[first]) {
				list[sqltext.Fold(tokens[first].Name())] = text
			}
			first = i + 1
		}
		if depth == 0 {
			break
		}
	}
	return list
}

// isConstraint: the first word of a constraint of the table, none of which may
// be the bare name of a column.
func isConstraint(t sqltext.Token) bool {
	for _, word := range []string{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"} {
		if t.Is(word) {
			return true
		}
	}
	return false
}

// named is a CREATE TABLE or CREATE VIRTUAL TABLE with another name.
func named(create, name string) string {
	tokens := sqltext.Significant(create)
	for i, t := range tokens {
		if t.Is("TABLE") && i+1 < len(tokens) {
			return create[:tokens[i+1].Start] + sqltext.Quote(name) + create[tokens[i+1].End():]
		}
	}
	return create
}

func hasWord(sql, word string) bool {
	for _, t := range sqltext.Significant(sql) {
		if t.Is(word) {
			return true
		}
	}
	return false
}
