package migration

import (
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Created finds where a table, view, index or trigger was created last. kind is
// SQLite's word for it, TABLE as in CREATE TABLE. The path is "" if no
// migration creates it.
func Created(migrations []Migration, kind, name string) (path string, line int) {
	for _, m := range migrations {
		for _, s := range m.Up {
			for _, part := range sqltext.Split(s.SQL) {
				stmt, _ := syntax.Parse(part.Text)
				if word, created := syntax.Created(stmt); word != kind || !sqltext.EqualFold(created.Name.Name, name) {
					continue
				}
				path, line = m.Path, s.Line
				if line > 0 {
					line += strings.Count(s.SQL[:part.Start], "\n")
				}
			}
		}
	}
	return path, line
}
