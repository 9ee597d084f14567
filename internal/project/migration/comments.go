package migration

import (
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Comment returns what the comments beside and above a table's CREATE statement say,
// without their marks and on one line, "" where there are none. A table that is rebuilt
// keeps the comments of the one in whose place it comes, where its own statement has
// none.
func (p *Places) Comment(table string) string { return p.ColumnComment(table, "") }

// ColumnComment is Comment for a column, which CREATE TABLE or ALTER TABLE ADD COLUMN
// declares.
func (p *Places) ColumnComment(table, column string) string {
	t := p.tables[sqltext.Fold(table)]
	if t == nil {
		return ""
	}
	return t.comments[sqltext.Fold(column)]
}

// inherit takes over the comments of a table for what does not have one.
func (t *table) inherit(old *table) {
	for name, comment := range old.comments {
		if _, there := t.columns[name]; (there || name == "") && t.comments[name] == "" {
			t.comments[name] = comment
		}
	}
}

// above returns the comments on the lines right above a line of the file. A
// StatementBegin may stand between; what is above any other annotation is about the
// migration.
func (f *File) above(line int) string {
	lines := strings.Split(string(f.Content), "\n")
	var list []string
	for i := min(line-1, len(lines)) - 1; i >= 0; i-- {
		l := strings.TrimSpace(lines[i])
		if !strings.HasPrefix(l, "--") || isAnnotation(l) && !strings.EqualFold(annotationName(l), "StatementBegin") {
			break
		}
		if !isAnnotation(l) {
			list = append(list, l)
		}
	}
	slices.Reverse(list)
	return strings.Join(list, "\n")
}

// item is a part of a statement that comments may be about.
type item struct {
	start, stop int
	column      string // "" for the table
	nothing     bool   // a constraint of the table
}

// comment keeps the comments of a statement that creates a table or a view, or adds a
// column.
func (p *Places) comment(stmt ast.Stmt, s *Statement, part sqltext.Statement) {
	var t *table
	var items []item
	switch c := stmt.(type) {
	case *ast.CreateTableStmt:
		t = p.tables[sqltext.Fold(c.Name.Name.Name)]
		items = append(items, item{})
		for _, def := range c.Columns {
			items = append(items, item{start: def.Start, stop: def.Stop, column: def.Name.Name})
		}
		for _, k := range c.Constraints {
			items = append(items, item{start: k.Start, stop: k.Stop, nothing: true})
		}
	case *ast.CreateVirtualTableStmt:
		t = p.tables[sqltext.Fold(c.Name.Name.Name)]
		items = append(items, item{})
	case *ast.AlterTableStmt:
		if c.Action != ast.AlterAddColumn {
			return
		}
		t = p.tables[sqltext.Fold(c.Table.Name.Name)]
		items = append(items, item{column: c.ColumnDef.Name.Name})
	}
	if t == nil {
		return
	}
	found := make([][]string, len(items))
	above := s.Comment
	if part.Start > 0 {
		above = ""
	}
	found[0] = appendComment(found[0], above)
	r := commentReader{sql: s.SQL, part: part, items: items}
	for i, text := range r.read {
		found[i] = appendComment(found[i], text)
	}
	for i, it := range items {
		if text := strings.Join(found[i], " "); text != "" && !it.nothing {
			t.comments[sqltext.Fold(it.column)] = text
		}
	}
}

// commentReader tells which item each comment of a statement is about.
type commentReader struct {
	sql   string
	part  sqltext.Statement
	items []item
}

// read yields the comments, each with the index of its item. A comment beside an item
// is about it. One on a line of its own is about the item that comes right below it, or
// in which it stands; an empty line ends that.
func (r *commentReader) read(yield func(int, string) bool) {
	begin, end := r.part.Start, r.part.End()
	beside := false // a token that counts stands before on the line
	var waiting []string
	after := false // the statement has ended
	for t := range sqltext.All(r.sql) {
		switch {
		case t.Kind == sqltext.Space:
			if breaks := strings.Count(t.Text, "\n"); breaks > 0 {
				if beside = false; after {
					return
				}
				if breaks > 1 {
					waiting = nil
				}
			}
		case t.Kind == sqltext.Comment:
			at := t.Start - begin
			switch {
			case t.Start >= end && !beside:
				return
			case t.Start >= end: // after the end: about a column that is added, or the table
				if !yield(0, t.Text) {
					return
				}
			case beside && at > 0:
				if !yield(r.last(at), t.Text) {
					return
				}
			case !beside:
				waiting = append(waiting, t.Text)
			}
			beside = beside || strings.Contains(t.Text, "\n")
		case t.Start < begin: // another statement
			beside, waiting = true, nil
		case t.Start >= end && t.Text != ";":
			return
		default:
			beside, after = true, t.Start >= end
			if i := r.last(t.Start - begin); len(waiting) > 0 && t.Text != "," && (t.Start-begin < r.items[i].stop || i == 0 && t.Start == begin) {
				for _, text := range waiting {
					if !yield(i, text) {
						return
					}
				}
			}
			if t.Text != "," {
				waiting = nil
			}
		}
	}
}

// last returns the last item that begins at or before an offset.
func (r *commentReader) last(at int) int {
	for i := len(r.items) - 1; i > 0; i-- {
		if r.items[i].start <= at {
			return i
		}
	}
	return 0
}

// appendComment adds the text of comments, without their marks, and without what is
// written for a program.
func appendComment(list []string, comment string) []string {
	comment = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(comment), "/*"), "*/")
	for line := range strings.Lines(comment) {
		line = strings.Trim(line, "-*= \t\r\n")
		if line != "" && !strings.HasPrefix(line, "drey:") && !strings.HasPrefix(line, "+goose") && !strings.HasPrefix(line, "name:") {
			list = append(list, line)
		}
	}
	return list
}
