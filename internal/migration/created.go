package migration

import (
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Created finds where a table, view, index or trigger was created last. kind is
// SQLite's word for it, TABLE as in CREATE TABLE. The path is "" where no
// migration creates it.
func Created(migrations []Migration, kind, name string) (path string, line int) {
	for _, m := range migrations {
		for _, s := range m.Up {
			for _, part := range sqltext.Split(s.SQL) {
				if !creates(sqltext.Significant(part.Text), kind, name) {
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

// creates reports whether a statement is CREATE … kind [IF NOT EXISTS]
// [schema.]name.
func creates(tokens []sqltext.Token, kind, name string) bool {
	if len(tokens) == 0 || !tokens[0].Is("CREATE") {
		return false
	}
	i := 1
	for i < len(tokens) && (tokens[i].Is("TEMP") || tokens[i].Is("TEMPORARY") || tokens[i].Is("UNIQUE") || tokens[i].Is("VIRTUAL")) {
		i++
	}
	if i >= len(tokens) || !tokens[i].Is(kind) {
		return false
	}
	tokens = tokens[i+1:]
	if len(tokens) > 3 && tokens[0].Is("IF") && tokens[1].Is("NOT") && tokens[2].Is("EXISTS") {
		tokens = tokens[3:]
	}
	if len(tokens) > 2 && tokens[1].Is(".") {
		tokens = tokens[2:]
	}
	return len(tokens) > 0 && sqltext.EqualFold(tokens[0].Name(), name)
}
