package drawing

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Markdown writes schemas as a page: what has changed, then each table with its columns,
// keys, constraints, indexes, triggers, foreign keys in both directions and queries. The
// tables are those of GitHub's Markdown.
func Markdown(schemas []*Schema) []byte {
	m := &markdown{}
	for _, s := range schemas {
		m.schema(s)
	}
	return []byte(strings.TrimRight(m.String(), "\n") + "\n")
}

type markdown struct{ strings.Builder }

func (m *markdown) line(format string, args ...any) {
	fmt.Fprintf(&m.Builder, format+"\n", args...)
}

// table writes a table without its empty columns.
func (m *markdown) table(heads []string, rows [][]string) {
	var kept []int
	for i := range heads {
		for _, row := range rows {
			if row[i] != "" {
				kept = append(kept, i)
				break
			}
		}
	}
	row := func(cells []string) {
		for _, i := range kept {
			m.WriteString("| " + strings.ReplaceAll(cells[i], "|", `\|`) + " ")
		}
		m.WriteString("|\n")
	}
	row(heads)
	for range kept {
		m.WriteString("|---")
	}
	m.WriteString("|\n")
	for _, cells := range rows {
		row(cells)
	}
	m.WriteByte('\n')
}

func (m *markdown) schema(s *Schema) {
	m.line("# Schema of %s\n", markdownText(s.Name))
	if len(s.Packages) > 0 {
		m.line("Go: %s\n", codes(s.Packages))
	}
	if s.Compared != "" {
		m.changes(s)
	}
	if len(s.Tables) == 0 {
		m.line("There are no tables.\n")
		return
	}
	var rows [][]string
	for _, t := range s.Tables {
		rows = append(rows, []string{mark(t.Mark), code(t.Name), t.kind(), fmt.Sprint(len(t.Table.Columns)), markdownText(t.Comment)})
	}
	m.table([]string{"±", "Table", "Kind", "Columns", "Comment"}, rows)
	for _, t := range s.Tables {
		m.ofTable(s, t)
	}
}

func (m *markdown) changes(s *Schema) {
	m.line("## Changes since %s\n", markdownText(s.Compared))
	if len(s.Changes) == 0 {
		m.line("None.\n")
		return
	}
	var rows [][]string
	for _, c := range s.Changes {
		kind, name, _ := strings.Cut(c.What, " ")
		rows = append(rows, []string{mark(c.Mark), kind, code(name), markdownText(c.How)})
	}
	m.table([]string{"±", "What", "Name", "How"}, rows)
}

func (m *markdown) ofTable(s *Schema, t *Table) {
	m.line("## %s\n", strings.TrimSpace(mark(t.Mark)+" "+code(t.Name)))
	if kind := t.kind(); kind != "" {
		m.line("%s\n", kind)
	}
	if t.Comment != "" {
		m.line("%s\n", markdownText(t.Comment))
	}
	if len(t.Columns) > 0 {
		m.columns(t)
	}
	if len(t.PrimaryKey) > 1 {
		m.line("- Primary key: %s", code(list(t.PrimaryKey)))
	}
	for _, c := range checks.Of(t.Table).List {
		start, end := syntax.Span(c.Expr)
		name := ""
		if c.Name != "" {
			name = " " + code(c.Name)
		}
		m.line("- CHECK%s: %s", name, code(t.SQL[start:end]))
	}
	for i := range t.Indexes {
		if text := index(&t.Indexes[i]); text != "" {
			m.line("- %s", text)
		}
	}
	for _, r := range t.Refers {
		m.line("- %s", strings.TrimSpace(fmt.Sprintf("%s Refers to %s: %s → %s%s", mark(r.Mark), code(r.Parent.Name), code(list(r.From)), code(list(r.To)), r.actions())))
	}
	for _, r := range t.Referred {
		m.line("- %s", strings.TrimSpace(fmt.Sprintf("%s Referred to by %s: %s → %s%s", mark(r.Mark), code(r.Child.Name), code(list(r.From)), code(list(r.To)), r.actions())))
	}
	for _, trigger := range t.Triggers {
		m.line("- Trigger %s: %s", code(trigger.Name), code(trigger.SQL))
	}
	if len(t.Sources) > 0 {
		m.line("- Selects from %s", codes(t.Sources))
	}
	if t.Kind != schema.KindTable && t.SQL != "" {
		m.line("- %s", code(t.SQL))
	}
	for _, of := range []struct {
		writes bool
		verb   string
	}{{false, "Read"}, {true, "Written"}} {
		var names []string
		for _, q := range t.Queries {
			if q.Writes == of.writes {
				names = append(names, fmt.Sprintf("%s (%s)", code(q.Name), markdownText(fmt.Sprintf("%s:%d", q.File, q.Line))))
			}
		}
		if len(names) > 0 {
			m.line("- %s by %s", of.verb, strings.Join(names, ", "))
		}
	}
	m.line("")
}

func (m *markdown) columns(t *Table) {
	var rows [][]string
	for _, c := range t.Columns {
		var keys []string
		for _, k := range []struct {
			is   bool
			mark string
		}{{c.Primary, "PK"}, {c.Foreign, "FK"}, {c.Unique, "UNIQUE"}} {
			if k.is {
				keys = append(keys, k.mark)
			}
		}
		value := ""
		switch {
		case c.Generated != schema.NotGenerated:
			value = code("AS ("+c.Expr+")") + " " + strings.ToUpper(string(c.Generated))
		case c.Default != "":
			value = code(c.Default)
		}
		rows = append(rows, []string{mark(c.Mark), code(c.Name), code(c.Type), codes(c.Go), strings.Join(keys, ", "), t.null(c), value, code(c.Collation), markdownText(c.Comment)})
	}
	m.table([]string{"±", "Column", "Type", "Go", "Key", "NULL", "Default", "Collation", "Comment"}, rows)
}

// index says what an index is over, "" for that of a primary key, which is told elsewhere.
func index(ix *schema.Index) string {
	var columns []string
	for _, c := range ix.Columns {
		name := c.Name
		if name == "" {
			name = "(expression)"
		}
		if c.Desc {
			name += " DESC"
		}
		columns = append(columns, name)
	}
	over := code(list(columns))
	switch {
	case ix.Origin == "pk":
		return ""
	case ix.Origin == "u":
		return "UNIQUE: " + over
	}
	text := "Index "
	if ix.Unique {
		text = "Unique index "
	}
	text += code(ix.Name) + ": " + over
	if strings.Contains(over, "(expression)") {
		text = strings.Replace(text, over, code(ix.SQL), 1)
	} else if where := ix.Where(); where != "" {
		text += " WHERE " + code(where)
	}
	return text
}

// mark is a sign that Markdown does not take for that of a list.
func mark(m Mark) string {
	if m == Same {
		return ""
	}
	return "`" + marks[m] + "`"
}

func codes(texts []string) string {
	var shown []string
	for _, text := range texts {
		shown = append(shown, code(text))
	}
	return strings.Join(shown, ", ")
}

// code is a text as code, in which nothing but the backquote has a meaning. It is "" for
// an empty text.
func code(text string) string {
	text = strings.Join(strings.Fields(visible(text)), " ")
	if text == "" {
		return ""
	}
	longest := 0
	for run := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '`' }) { // the backquotes
		longest = max(longest, len(run))
	}
	fence, pad := strings.Repeat("`", longest+1), ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		pad = " "
	}
	return fence + pad + text + pad + fence
}

// markdownText escapes what has a meaning in Markdown or HTML.
func markdownText(text string) string {
	var b strings.Builder
	for _, r := range visible(text) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case r < 0x80 && strings.ContainsRune("\\`*_[]#~>!$@", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
