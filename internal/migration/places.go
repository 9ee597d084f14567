package migration

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Places are where the migrations made the tables and columns that there are in
// the end, through renames and rebuilds.
type Places struct {
	migrations []Migration
	tables     map[string]*table // by folded name
	writes     []write
}

type table struct {
	place
	names   map[string]bool  // that it had, folded
	columns map[string]place // by folded name
}

type place struct {
	path string
	line int
}

// write is a statement that may write rows, and the table that it names then.
type write struct {
	place
	table *table
	texts map[string]bool // its strings
}

// FindPlaces reads the statements of migrations.
func FindPlaces(migrations []Migration) *Places {
	p := &Places{migrations: migrations, tables: map[string]*table{}}
	for _, m := range migrations {
		for _, s := range m.Up {
			for _, part := range sqltext.Split(s.SQL) {
				at := func(offset int) place {
					if s.Line == 0 {
						return place{m.Path, 0}
					}
					return place{m.Path, s.Line + strings.Count(s.SQL[:part.Start+offset], "\n")}
				}
				p.statement(sqltext.Significant(part.Text), at)
			}
		}
	}
	return p
}

// Table returns where a table was created, "" where no migration does.
func (p *Places) Table(name string) (path string, line int) {
	t := p.tables[sqltext.Fold(name)]
	if t == nil {
		return "", 0
	}
	return t.path, t.line
}

// Column returns where a column was declared, or its table created where that is
// not known.
func (p *Places) Column(table, column string) (path string, line int) {
	t := p.tables[sqltext.Fold(table)]
	if t == nil {
		return "", 0
	}
	if at, ok := t.columns[sqltext.Fold(column)]; ok {
		return at.path, at.line
	}
	return t.path, t.line
}

// Trigger returns where a trigger was created, "" where no migration does.
func (p *Places) Trigger(name string) (path string, line int) {
	return Created(p.migrations, "TRIGGER", name)
}

// Write returns the first statement that writes rows of a table and has the
// string in it, or else the last that writes any, or else where the table was
// created.
func (p *Places) Write(table, text string) (path string, line int) {
	path, line = p.Table(table)
	t := p.tables[sqltext.Fold(table)]
	for _, w := range p.writes {
		if w.table != t {
			continue
		}
		if path, line = w.path, w.line; w.texts[text] {
			break
		}
	}
	return path, line
}

// statement follows one statement.
func (p *Places) statement(tokens []sqltext.Token, at func(offset int) place) {
	if len(tokens) < 3 {
		return
	}
	is := func(i int, word string) bool { return i < len(tokens) && tokens[i].Is(word) }
	switch {
	case is(0, "CREATE"):
		i := 1
		for is(i, "TEMP") || is(i, "TEMPORARY") || is(i, "VIRTUAL") {
			i++
		}
		if !is(i, "TABLE") {
			return
		}
		if i++; is(i, "IF") && is(i+1, "NOT") && is(i+2, "EXISTS") {
			i += 3
		}
		name, i := qualified(tokens, i)
		if name != "" && p.tables[name] == nil { // of IF NOT EXISTS the first counts
			t := &table{place: at(tokens[0].Start), names: map[string]bool{name: true}, columns: map[string]place{}}
			p.tables[name] = t
			t.define(tokens[i:], at)
		}
	case is(0, "DROP") && is(1, "TABLE"):
		i := 2
		if is(i, "IF") && is(i+1, "EXISTS") {
			i += 2
		}
		name, _ := qualified(tokens, i)
		delete(p.tables, name)
	case is(0, "ALTER") && is(1, "TABLE"):
		name, i := qualified(tokens, 2)
		if t := p.tables[name]; t != nil {
			p.alter(t, name, tokens[i:], at)
		}
	case is(0, "INSERT"), is(0, "REPLACE"), is(0, "UPDATE"), is(0, "WITH"):
		p.write(tokens, at)
	}
}

// qualified reads [schema.]name, and returns the name folded and what follows.
func qualified(tokens []sqltext.Token, i int) (name string, next int) {
	if i+2 < len(tokens) && tokens[i+1].Is(".") {
		i += 2
	}
	if i >= len(tokens) {
		return "", i
	}
	return sqltext.Fold(tokens[i].Name()), i + 1
}

// define reads the columns of CREATE TABLE t (…).
func (t *table) define(tokens []sqltext.Token, at func(offset int) place) {
	depth, first := 0, false
	for _, tok := range tokens {
		switch {
		case tok.Is("("):
			depth++
			first = depth == 1
			continue
		case tok.Is(")"):
			if depth--; depth == 0 {
				return
			}
		case depth == 0: // CREATE TABLE t AS SELECT …
			return
		case depth == 1 && tok.Is(","):
			first = true
			continue
		case depth == 1 && first && !constraint(tok):
			t.columns[sqltext.Fold(tok.Name())] = at(tok.Start)
		}
		first = false
	}
}

// constraint reports whether a definition that begins so is none of a column.
func constraint(t sqltext.Token) bool {
	return slices.ContainsFunc([]string{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}, t.Is)
}

func (p *Places) alter(t *table, name string, tokens []sqltext.Token, at func(offset int) place) {
	is := func(i int, word string) bool { return i < len(tokens) && tokens[i].Is(word) }
	i := 1
	switch {
	case is(0, "RENAME") && is(1, "TO") && len(tokens) > 2:
		to := sqltext.Fold(tokens[2].Name())
		delete(p.tables, name)
		p.tables[to] = t
		t.names[to] = true
	case is(0, "RENAME"):
		if is(1, "COLUMN") {
			i++
		}
		if is(i+1, "TO") && i+2 < len(tokens) {
			from, to := sqltext.Fold(tokens[i].Name()), sqltext.Fold(tokens[i+2].Name())
			if old, ok := t.columns[from]; ok {
				delete(t.columns, from)
				t.columns[to] = old
			}
		}
	case is(0, "ADD"), is(0, "DROP"):
		if is(1, "COLUMN") {
			i++
		}
		if i >= len(tokens) {
			return
		}
		delete(t.columns, sqltext.Fold(tokens[i].Name()))
		if is(0, "ADD") {
			t.columns[sqltext.Fold(tokens[i].Name())] = at(tokens[i].Start)
		}
	}
}

// write notes a statement at each table that it names.
func (p *Places) write(tokens []sqltext.Token, at func(offset int) place) {
	texts, seen := map[string]bool{}, map[*table]bool{}
	for _, tok := range tokens {
		if tok.Kind == sqltext.String {
			texts[tok.Name()] = true
		}
	}
	for _, tok := range tokens {
		if t := p.tables[sqltext.Fold(tok.Name())]; tok.Ident() && t != nil && !seen[t] {
			seen[t] = true
			p.writes = append(p.writes, write{at(tokens[0].Start), t, texts})
		}
	}
}
