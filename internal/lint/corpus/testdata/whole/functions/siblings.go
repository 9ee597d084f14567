package main

import (
	"database/sql"
	"flag"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

type dropping func(q string) uint8
type counting func(q string) uint8

type tables struct{ db *sql.DB }

func (t tables) second(_, b string) string { return b }

func (t tables) write(b *strings.Builder, s string) { b.WriteString(s) }

func (t tables) known(s string) bool { return s == "a" || s == "b" }

func (t tables) drop(q string) uint8 {
	// @native-sql the callers have the reason
	t.db.Exec(q) // ok: it is a value of a type whose values are called with constants
	return 0
}

func (t tables) count(q string) uint8 {
	// @native-sql the callers have the reason
	t.db.Exec(q) // want `calls of count as a value`
	return 0
}

type all struct {
	drop  dropping
	count counting
}

func siblings(db *sql.DB, name string) {
	t := tables{db}
	a := &all{t.drop, t.count}
	a.drop("DELETE FROM x")
	a.count("SELECT count(*) FROM x WHERE name = '" + name + "'")

	second, write, known := t.second, t.write, t.known
	// @native-sql the callers have the reason
	db.Exec("DELETE FROM x ORDER BY " + second(name, "id")) // ok: the first is left out
	// @native-sql the callers have the reason
	db.Exec("DELETE FROM x ORDER BY " + second("id", name)) // want `can be injected`
	var b strings.Builder
	write(&b, "DELETE FROM x ORDER BY ")
	// @native-sql the callers have the reason
	db.Exec(b.String()) // ok: a constant is written
	var c strings.Builder
	write(&c, name)
	// @native-sql the callers have the reason
	db.Exec(c.String()) // want `can be injected`
	if known(name) {
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM " + name) // ok: it is checked
	}
	if t.known(name) {
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM " + name) // ok: it is checked
	}

	filepath.WalkDir(name, func(path string, _ fs.DirEntry, _ error) error {
		// @native-sql the callers have the reason
		_, err := db.Exec("DELETE FROM files WHERE path = '" + path + "'") // want `can be injected`
		return err
	})

	// In the hands of another module a function is called with whatever there is.
	flag.Func("dropped", "a table", func(table string) error {
		// @native-sql the callers have the reason
		_, err := db.Exec("DELETE FROM " + table) // want `can be injected`
		return err
	})
	sorted := []func(string, uint64) bool{func(table string, _ uint64) bool {
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM " + table) // want `can be injected`
		return true
	}}
	sorted[0]("x", 1)
	slices.Reverse(sorted)
	kept := []func(string, uint64, uint64) bool{func(table string, _, _ uint64) bool {
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM " + table) // ok: what is called is given constants
		return true
	}}
	kept[0]("x", 1, 2)

	// @native-sql the callers have the reason
	db.Exec("DELETE FROM x ORDER BY " + orders[name]("x")) // ok: the functions of a table return constants
	// @native-sql the callers have the reason
	db.Exec("DELETE FROM x ORDER BY " + others[name](name)) // want `can be injected`
	// @native-sql the callers have the reason
	db.Exec("DELETE FROM x ORDER BY " + more[name](name)) // want `can be injected`
	more["c"] = func(s string) string { return s }
	if f, ok := orders[name]; ok {
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM x ORDER BY " + f(name)) // ok: the functions of a table return constants
	}
	steps := []func(string) uint16{func(s string) uint16 {
		// @native-sql the callers have the reason
		db.Exec(s) // want `called as a value|can be injected`
		return 0
	}}
	for _, step := range steps {
		step("DELETE FROM x WHERE name = '" + name + "'")
	}
}

var orders = map[string]func(string) string{
	"id":   func(string) string { return "id" },
	"name": byName,
}

var others = map[string]func(string) string{
	"id":   func(string) string { return "id" },
	"name": func(s string) string { return s },
}

var more = map[string]func(string) string{
	"id": func(string) string { return "id" },
}

func byName(string) string { return "name" }
