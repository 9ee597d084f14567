package sqlcgen

import (
	"strings"

	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqltext"
)

// ddl is a schema in the few words that sqlc understands: what it needs to know
// of a table are the names and types of its columns and which may be NULL.
// SQLite has read the migrations already, in its own way, so brackets, odd
// constraints and the order of files do not matter to sqlc any more.
//
// A column is NOT NULL where SQLite enforces it, and where PRIMARY KEY stands in
// its own declaration, as sqlc takes it.
func ddl(s *schema.Schema) string {
	var b strings.Builder
	var views []*schema.Table
	for _, t := range s.Tables {
		switch {
		case t.Kind == schema.KindView:
			views = append(views, t)
		case t.Kind == schema.KindVirtual && module(t.SQL) == "fts5":
			b.WriteString(requote(t.SQL) + ";\n")
		default:
			b.WriteString(createTable(t))
		}
	}
	for _, v := range inOrder(views) {
		b.WriteString(requote(v.SQL) + ";\n")
	}
	return b.String()
}

func createTable(t *schema.Table) string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = strings.TrimRight("\n  "+schema.Quote(c.Name)+" "+c.Type, " ")
		if c.NotNull || c.Inline {
			columns[i] += " NOT NULL"
		}
	}
	return "CREATE TABLE " + schema.Quote(t.Name) + " (" + strings.Join(columns, ",") + "\n);\n"
}

// module is the module of a virtual table, in lower case.
func module(create string) string {
	tokens := sqltext.Significant(create)
	for i, t := range tokens {
		if t.Is("USING") && i+1 < len(tokens) {
			return strings.ToLower(tokens[i+1].Name())
		}
	}
	return ""
}

// requote writes identifiers in brackets or backticks in double quotes: sqlc
// takes brackets for a part of the name.
func requote(sql string) string {
	var b strings.Builder
	for _, t := range sqltext.Tokens(sql) {
		if t.Kind == sqltext.Quoted && t.Text[0] != '"' {
			b.WriteString(schema.Quote(t.Name()))
		} else {
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// inOrder puts views after the views that they select from.
func inOrder(views []*schema.Table) []*schema.Table {
	var ordered []*schema.Table
	done := map[*schema.Table]bool{}
	var add func(*schema.Table)
	add = func(v *schema.Table) {
		if done[v] {
			return
		}
		done[v] = true
		for _, t := range sqltext.Significant(v.SQL) {
			for _, other := range views {
				if t.Ident() && schema.EqualFold(t.Name(), other.Name) {
					add(other)
				}
			}
		}
		ordered = append(ordered, v)
	}
	for _, v := range views {
		add(v)
	}
	return ordered
}
