package verify

import (
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// columns: the query returns as many columns as the Go code scans. They are those
// that its author asked for, each in its own field.
func (s *subject) columns() bool {
	rows := s.m.Cmd == ":one" || s.m.Cmd == ":many"
	switch {
	case !rows:
		return true
	case len(s.stmt.Columns) == 0:
		s.problem(0, "use :exec, :execrows or :execresult, or add RETURNING", "it is %s but returns no columns", s.m.Cmd)
		return false
	case len(s.stmt.Columns) != len(s.m.Scan):
		s.problem(0, starFix, "it returns %d columns, but sqlc scans %d", len(s.stmt.Columns), len(s.m.Scan))
		return false
	}
	return s.sameColumns() && s.inOrder()
}

// sameColumns: the columns are those that SQLite finds in the author's query.
func (s *subject) sameColumns() bool {
	if len(s.plain.Columns) != len(s.stmt.Columns) {
		if s.merges() {
			return true // sqlc writes a column that USING merges from both sides
		}
		s.problem(s.starAt(), starFix, "sqlc made %d columns of it, but SQLite finds %d", len(s.stmt.Columns), len(s.plain.Columns))
		return false
	}
	for i, want := range s.plain.Columns {
		got := s.stmt.Columns[i]
		if got.Origin == want.Origin && got.Table == want.Table || sqltext.EqualFold(want.DeclType, "jsonb") {
			continue
		}
		s.problem(s.starAt(), starFix, "sqlc wrote column %d as %s, which is not %s.%s", i+1, got.Name, want.Table, want.Origin)
		return false
	}
	return true
}

// merges reports whether the query has NATURAL or USING.
func (s *subject) merges() bool {
	for _, it := range s.written.Items {
		if (sqltext.Token{Kind: sqltext.Word, Text: it.Text}).Is("NATURAL") || strings.EqualFold(it.Text, "USING") {
			return true
		}
	}
	return false
}

// starAt returns the offset of the first star.
func (s *subject) starAt() int {
	for _, it := range s.written.Items {
		if it.Text == "*" {
			return it.Start
		}
	}
	return 0
}

// inOrder: no column goes into a field with the name of another column. Two columns
// with the same name can only be told apart by their order.
func (s *subject) inOrder() bool {
	for i := range s.m.Scan {
		if s.called(i, i) {
			continue
		}
		for j := range s.stmt.Columns {
			if s.called(i, j) && !s.called(j, j) {
				s.problem(s.starAt(), "in RETURNING, write expressions first and * last: sqlc puts them into that order",
					"sqlc scans the columns in the wrong order: %s goes into %s", s.stmt.Columns[i].Name, s.m.Scan[i].Name)
				return false
			}
		}
	}
	return true
}

// called reports whether a field has the name of a column.
func (s *subject) called(field, column int) bool {
	name := s.m.Scan[field].Name
	name = name[strings.LastIndexByte(name, '.')+1:]
	if base, suffix, ok := cutLast(name, '_'); ok && strings.Trim(suffix, "0123456789") == "" {
		name = base
	}
	c := s.stmt.Columns[column]
	for _, n := range []string{c.Name, c.Origin} {
		if n != "" && plain(s.Names.Field(n)) == plain(name) {
			return true
		}
	}
	return false
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	if i := strings.LastIndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
