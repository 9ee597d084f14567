package drawing

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What Mermaid draws at most where nobody has raised its limits, as on GitHub:
// maxTextSize and maxEdges of its configuration.
const (
	mermaidCharacters = 50_000
	mermaidLines      = 500
)

// TooLarge says why Mermaid will not draw a diagram, "" if it will.
func TooLarge(diagram []byte) string {
	if n := utf8.RuneCount(diagram); n > mermaidCharacters {
		return fmt.Sprintf("the diagram has %d characters, and Mermaid draws %d at most", n, mermaidCharacters)
	}
	if n := len(mermaidReference.FindAll(diagram, -1)); n > mermaidLines {
		return fmt.Sprintf("the diagram has %d foreign keys, and Mermaid draws %d at most", n, mermaidLines)
	}
	return ""
}

// Mermaid writes schemas as one [entity relationship diagram]. A line shows a foreign
// key: at the parent || where each row refers to one, |o where it may refer to none, at
// the child o| where one row at most refers, o{ otherwise.
//
// Mermaid takes few names as they are. A table with any other is called table_N there, and
// its name is shown in its place; of a column and a type, what Mermaid does not take
// becomes _, and the true name stands beside it.
//
// [entity relationship diagram]: https://mermaid.js.org/syntax/entityRelationshipDiagram.html
func Mermaid(schemas []*Schema) []byte {
	var b strings.Builder
	b.WriteString("erDiagram\n")
	n := 0
	for _, s := range schemas {
		ids := map[*Table]string{}
		for _, t := range s.Tables {
			n++
			ids[t] = t.Name
			title := t.title()
			if len(schemas) > 1 {
				title = s.Name + ": " + title
			}
			if title != t.Name || !plainTable(t.Name) {
				ids[t] = fmt.Sprintf("table_%d", n)
			}
			b.WriteString("    " + ids[t])
			if ids[t] != title {
				fmt.Fprintf(&b, "[\"%s\"]", mermaidText(title))
			}
			if len(t.Columns) == 0 {
				b.WriteString("\n")
				continue
			}
			b.WriteString(" {\n")
			for _, c := range t.Columns {
				b.WriteString("        " + mermaidColumn(t, c) + "\n")
			}
			b.WriteString("    }\n")
		}
		for _, t := range s.Tables {
			for _, r := range t.Refers {
				parent, child := "||", "o{"
				if r.Optional {
					parent = "|o"
				}
				if r.One {
					child = "o|"
				}
				fmt.Fprintf(&b, "    %s %s--%s %s : \"%s\"\n", ids[r.Parent], parent, child, ids[t], mermaidText(r.label()))
			}
		}
	}
	return []byte(b.String())
}

// title is a table's name, with what marks it.
func (t *Table) title() string {
	title := t.Name
	switch {
	case t.missing:
		title += " (does not exist)"
	case t.Kind != "table":
		title += " (" + string(t.Kind) + ")"
	}
	return strings.TrimSpace(marks[t.Mark] + " " + title)
}

// label says which columns refer.
func (r *Reference) label() string { return strings.TrimSpace(marks[r.Mark] + " " + list(r.From)) }

func mermaidColumn(t *Table, c *Column) string {
	typ := c.Type
	if typ == "" {
		typ = "ANY"
	}
	var keys, notes []string
	for _, k := range []struct {
		is   bool
		mark string
	}{{c.Primary, "PK"}, {c.Foreign, "FK"}, {c.Unique, "UK"}} {
		if k.is {
			keys = append(keys, k.mark)
		}
	}
	name := mermaidWord(c.Name)
	if c.Mark != Same {
		notes = append(notes, marks[c.Mark])
	}
	if name != c.Name {
		notes = append(notes, c.Name)
	}
	if t.null(c) == "NULL" {
		notes = append(notes, "NULL")
	}
	text := mermaidWord(typ) + " " + name
	if len(keys) > 0 {
		text += " " + strings.Join(keys, ", ")
	}
	if len(notes) > 0 {
		text += ` "` + mermaidText(strings.Join(notes, " ")) + `"`
	}
	return text
}

var (
	mermaidName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	// mermaidKeyword are Mermaid's own words, of any version, and the names given here.
	mermaidKeyword   = regexp.MustCompile(`(?i)^(one|only|many|zero|to|optionally|title|direction|style|class|classdef|acctitle|accdescr|erdiagram|end|subgraph|default|[pfu]k|[uo]|table_\d+)$`)
	mermaidKey       = regexp.MustCompile(`(?i)^[pfu]k$`)
	mermaidReference = regexp.MustCompile(`(?m)^    \w+ (\|\||\|o)--`)
	mermaidOther     = regexp.MustCompile(`[^A-Za-z0-9_()]`)
)

// plainTable reports whether Mermaid takes the name of a table as it is, wherever it
// stands.
func plainTable(name string) bool {
	return mermaidName.MatchString(name) && !mermaidKeyword.MatchString(name)
}

// mermaidWord makes a name or a type one that Mermaid takes for a column.
func mermaidWord(name string) string {
	word := mermaidOther.ReplaceAllString(name, "_")
	if word == "" || !mermaidName.MatchString(word[:1]) || mermaidKey.MatchString(word) {
		return "_" + word
	}
	return word
}

// mermaidText escapes a text between double quotes. Mermaid's entities are those of HTML
// with # in the place of &. It takes what stands between two ~ for a type, wherever they
// are.
func mermaidText(text string) string {
	var b strings.Builder
	for _, r := range visible(text) {
		if r < 0x80 && strings.ContainsRune("\"#&;<>\\`*%{}$~", r) {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
