//go:build !js

package rqlite

import (
	"maps"
	"slices"
	"strings"
)

// change brings what is known up to date with a statement that makes, alters or drops a
// table, a view or a trigger.
func (r *reads) change(sql string) {
	list, tables := tokens(sql), r.tables
	word := func(i int) string {
		if i < len(list) {
			return list[i].word
		}
		return ""
	}
	name := func(i int) string {
		if i < len(list) {
			return unquoted(sql[list[i].from:list[i].to])
		}
		return ""
	}
	if word(0) == "CREATE" && word(1) == "TRIGGER" {
		r.addTrigger(sql)
		return
	}
	if word(1) != "TABLE" && word(1) != "VIEW" && word(1) != "TRIGGER" {
		return
	}
	i := 2
	for slices.Contains([]string{"IF", "NOT", "EXISTS"}, word(i)) {
		i++
	}
	if word(i+1) == "." {
		i += 2
	}
	if word(1) == "TRIGGER" {
		delete(r.triggers, fold(name(i)))
		return
	}
	if word(1) == "VIEW" {
		if delete(r.views, fold(name(i))); word(0) == "CREATE" {
			r.addViews(map[string]string{fold(name(i)): sql})
		}
		return
	}
	table := fold(name(i))
	switch i++; {
	case word(0) == "DROP":
		delete(tables, table)
		maps.DeleteFunc(r.triggers, func(_ string, t trigger) bool { return t.table == table })
	case word(0) == "CREATE" && word(i) == "(":
		tables[table] = declared(sql, list[i+1:])
	case word(i) == "ADD":
		if i++; word(i) == "COLUMN" {
			i++
		}
		if i < len(list) {
			tables[table] = append(slices.Clone(tables[table]), declared(sql, list[i:])...)
		}
	case word(i) == "DROP":
		if i++; word(i) == "COLUMN" {
			i++
		}
		tables[table] = slices.DeleteFunc(slices.Clone(tables[table]), func(d defaulted) bool { return fold(d.name) == fold(name(i)) })
	case word(i) == "RENAME" && word(i+1) == "TO":
		tables[fold(name(i+2))] = tables[table]
		delete(tables, table)
		r.renameTable(table, fold(name(i+2)))
	case word(i) == "RENAME":
		if i++; word(i) == "COLUMN" {
			i++
		}
		tables[table] = slices.Clone(tables[table])
		for at, d := range tables[table] {
			if fold(d.name) == fold(name(i)) {
				tables[table][at].name = name(i + 2)
			}
		}
	}
}

// created are the name and the columns of a CREATE TABLE whose DEFAULTs read the clock.
func created(sql string) (table string, columns []defaulted) {
	r := reads{tables: map[string][]defaulted{}}
	r.change(sql)
	for table, columns = range r.tables {
	}
	return table, columns
}

// declared are the columns of a declaration whose DEFAULTs read the clock, up to the
// parenthesis that ends it.
func declared(sql string, list []significant) (columns []defaulted) {
	depth, first := 0, 0
	for i, t := range list {
		switch t.word {
		case "(":
			depth++
		case ")":
			depth--
		}
		switch {
		case depth < 0:
			return columns
		case depth == 0 && t.word == ",":
			first = i + 1
		case depth == 0 && t.word == "DEFAULT" && i+1 < len(list):
			to := list[i+1].to
			for in, j := 0, i+1; j < len(list); j++ {
				switch list[j].word {
				case "(":
					in++
				case ")":
					in--
				case "+", "-":
					continue // a sign
				}
				if to = list[j].to; in <= 0 {
					break
				}
			}
			if d, reads := defaultOf(unquoted(sql[list[first].from:list[first].to]), sql[list[i+1].from:to]); reads {
				d.notNull, d.always = notNull(list[first:])
				columns = append(columns, d)
			}
		}
	}
	return columns
}

// notNull reports whether a column's declaration says NOT NULL, and with ON CONFLICT
// REPLACE.
func notNull(list []significant) (notNull, always bool) {
	depth := 0
	says := func(words ...string) bool {
		return len(list) >= len(words) && slices.EqualFunc(list[:len(words)], words, func(t significant, word string) bool { return t.word == word })
	}
	for ; len(list) > 0; list = list[1:] {
		switch list[0].word {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth < 0 || depth == 0 && list[0].word == "," {
			break
		}
		if depth == 0 && says("NOT", "NULL") {
			notNull = true
			always = always || says("NOT", "NULL", "ON", "CONFLICT", "REPLACE")
		}
	}
	return notNull, always
}

// unquoted is a name without its quotes.
func unquoted(name string) string {
	if len(name) < 2 || !strings.ContainsAny(name[:1], "\"'`[") {
		return name
	}
	return strings.ReplaceAll(name[1:len(name)-1], name[:1]+name[:1], name[:1])
}

// fold is a name as SQLite compares names: ASCII letters are the same in both cases.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}
