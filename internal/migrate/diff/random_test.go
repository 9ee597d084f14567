package diff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/alter"
)

// world is a random schema.
type world struct {
	tables []*table
}

type table struct {
	name, was            string   // was is its name in the schema from which this one was made
	had                  []string // the names of its columns there
	key                  string   // how the primary key is declared
	autoincrement        bool
	withoutRowID, strict bool
	columns              []*column
	indexes              []string
	view, trigger        string
	search               bool // an FTS5 table over the first text column
}

type column struct {
	name, kind string
	was        string
	clauses    []string
	parent     *table // it refers to
	action     string
}

var (
	tableNames  = []string{"users", "posts", "order", "Line items", "tags", "audit_log"}
	columnNames = []string{"a", "b", "group", "Two words", "e", "f", "state", "né"}
	kinds       = []string{"INTEGER", "TEXT", "REAL", "BLOB"}
	actions     = []string{"ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE RESTRICT", "", "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func quote(name string) string { return `"` + name + `"` }

func (c *column) sql() string {
	parts := append([]string{quote(c.name), c.kind}, c.clauses...)
	if c.parent != nil {
		parts = append(parts, fmt.Sprintf("REFERENCES %s (id) %s", quote(c.parent.name), c.action))
	}
	return strings.Join(parts, " ")
}

func newColumn(r *rand.Rand, name string, strict bool) *column {
	c := &column{name: name, kind: pick(r, kinds)}
	if !strict && r.IntN(6) == 0 {
		c.kind = pick(r, []string{"", "VARCHAR(20)", "NUMERIC", "DATETIME"})
	}
	values := map[string]string{"INTEGER": "7", "TEXT": "'x;y'", "REAL": "1.5", "BLOB": "x'01'"}
	value, ok := values[c.kind]
	if !ok {
		value = "'z'"
	}
	switch r.IntN(8) {
	case 0:
		c.clauses = []string{"NOT NULL DEFAULT " + value}
	case 1:
		c.clauses = []string{"DEFAULT " + value}
	case 2:
		c.clauses = []string{"CHECK (" + quote(name) + " IS NULL OR length(" + quote(name) + ") < 1000)"}
	case 3:
		c.clauses = []string{"COLLATE NOCASE"}
	case 4:
		c.clauses = []string{"DEFAULT (1 + 1)"}
	case 5:
		c.clauses = []string{"UNIQUE"}
	case 6:
		c.clauses = []string{"NOT NULL"}
	}
	return c
}

func newTable(r *rand.Rand, name string, w *world) *table {
	t := &table{name: name, key: "id INTEGER PRIMARY KEY", strict: r.IntN(4) == 0}
	switch r.IntN(6) {
	case 0:
		t.key, t.autoincrement = "id INTEGER PRIMARY KEY AUTOINCREMENT", true
	case 1:
		t.key, t.withoutRowID = "id TEXT NOT NULL PRIMARY KEY", true
	case 2:
		t.key = "id INTEGER NOT NULL UNIQUE"
	}
	for _, i := range r.Perm(len(columnNames))[:1+r.IntN(4)] {
		t.columns = append(t.columns, newColumn(r, columnNames[i], t.strict))
	}
	t.refer(r, w)
	t.decorate(r)
	return t
}

// refer adds a foreign key to a table that is there, or to the table itself.
func (t *table) refer(r *rand.Rand, w *world) {
	if r.IntN(2) == 0 || slices.ContainsFunc(t.columns, func(c *column) bool { return c.parent != nil }) {
		return
	}
	parent := t
	if len(w.tables) > 0 && r.IntN(4) > 0 {
		parent = pick(r, w.tables)
	}
	kind := "INTEGER"
	if parent.withoutRowID {
		kind = "TEXT"
	}
	t.columns = append(t.columns, &column{name: "parent", kind: kind, parent: parent, action: pick(r, actions)})
}

// decorate adds indexes, a view and a trigger.
func (t *table) decorate(r *rand.Rand) {
	first := quote(t.columns[0].name)
	t.indexes, t.view, t.trigger = nil, "", ""
	for i, form := range []string{"(%s)", "(id, %s DESC)", "(%s) WHERE id > 3", "(lower(%s))"} {
		if r.IntN(4) == 0 {
			t.indexes = append(t.indexes, fmt.Sprintf("CREATE INDEX \"%s %d\" ON %s "+form, t.name, i, quote(t.name), first))
		}
	}
	if r.IntN(3) == 0 {
		t.view = fmt.Sprintf("CREATE VIEW \"%s view\" AS SELECT id, %s AS c FROM %s", t.name, first, quote(t.name))
	}
	if r.IntN(3) == 0 {
		t.trigger = fmt.Sprintf("CREATE TRIGGER \"%s trigger\" AFTER INSERT ON %s BEGIN\n  SELECT count(*), ';' FROM %s;\nEND",
			t.name, quote(t.name), quote(t.name))
	}
	t.search = t.key == "id INTEGER PRIMARY KEY" && r.IntN(6) == 0
}

func newWorld(r *rand.Rand) *world {
	w := &world{}
	for _, i := range r.Perm(len(tableNames))[:1+r.IntN(4)] {
		w.tables = append(w.tables, newTable(r, tableNames[i], w))
	}
	return w
}

func (w *world) sql() (list []string) {
	for _, t := range w.tables {
		columns := []string{t.key}
		for _, c := range t.columns {
			columns = append(columns, c.sql())
		}
		var options []string
		if t.strict {
			options = append(options, "STRICT")
		}
		if t.withoutRowID {
			options = append(options, "WITHOUT ROWID")
		}
		list = append(list, fmt.Sprintf("CREATE TABLE %s (\n  %s\n) %s", quote(t.name), strings.Join(columns, ",\n  "), strings.Join(options, ", ")))
	}
	for _, t := range w.tables {
		list = append(list, t.indexes...)
		if t.search {
			list = append(list, fmt.Sprintf("CREATE VIRTUAL TABLE \"%s search\" USING fts5 (%s, content='%s', content_rowid='id')",
				t.name, quote(t.columns[0].name), t.name))
		}
	}
	for _, kind := range []func(*table) string{func(t *table) string { return t.view }, func(t *table) string { return t.trigger }} {
		for _, t := range w.tables {
			if s := kind(t); s != "" {
				list = append(list, s)
			}
		}
	}
	return list
}

func (w *world) clone() *world {
	c := &world{}
	twin := map[*table]*table{}
	for _, t := range w.tables {
		u := *t
		u.was = t.name
		twin[t] = &u
		u.columns, u.had = nil, nil
		for _, col := range t.columns {
			d := *col
			d.was = col.name
			d.clauses = slices.Clone(col.clauses)
			u.columns, u.had = append(u.columns, &d), append(u.had, col.name)
		}
		u.indexes = slices.Clone(t.indexes)
		c.tables = append(c.tables, &u)
	}
	for _, t := range c.tables {
		for _, col := range t.columns {
			if col.parent != nil {
				col.parent = twin[col.parent]
			}
		}
	}
	return c
}

func (w *world) referred(t *table) bool {
	for _, other := range w.tables {
		for _, c := range other.columns {
			if c.parent == t && other != t {
				return true
			}
		}
	}
	return false
}

// mutate makes one change.
func (w *world) mutate(r *rand.Rand) {
	t := pick(r, w.tables)
	switch r.IntN(11) {
	case 0: // a new table
		for _, name := range tableNames {
			if !slices.ContainsFunc(w.tables, func(t *table) bool { return t.name == name }) {
				w.tables = append(w.tables, newTable(r, name, w))
				return
			}
		}
	case 1: // one less
		if len(w.tables) > 1 && !w.referred(t) {
			w.tables = slices.DeleteFunc(w.tables, func(other *table) bool { return other == t })
		}
	case 2, 3: // a new column, at the end or anywhere
		for _, i := range r.Perm(len(columnNames)) {
			if !slices.ContainsFunc(t.columns, func(c *column) bool { return c.name == columnNames[i] }) {
				at := len(t.columns)
				if r.IntN(2) == 0 {
					at = 1 + r.IntN(len(t.columns))
				}
				t.columns = slices.Insert(t.columns, at, newColumn(r, columnNames[i], t.strict))
				return
			}
		}
	case 4: // one less
		if len(t.columns) > 1 {
			at := 1 + r.IntN(len(t.columns)-1)
			t.columns = slices.Delete(t.columns, at, at+1)
		}
	case 5: // another declaration
		if at := r.IntN(len(t.columns)); t.columns[at].parent == nil {
			was := t.columns[at].was
			t.columns[at] = newColumn(r, t.columns[at].name, t.strict)
			t.columns[at].was = was
		}
	case 6: // another action, or none
		for _, c := range t.columns {
			if c.parent != nil {
				c.action = pick(r, actions)
			}
		}
	case 7: // other indexes, view, trigger
		t.decorate(r)
	case 8: // another order
		r.Shuffle(len(t.columns)-1, func(i, j int) { t.columns[i+1], t.columns[j+1] = t.columns[j+1], t.columns[i+1] })
	case 9: // another name for a column, one that no column had
		for _, i := range r.Perm(len(columnNames)) {
			if !slices.Contains(t.had, columnNames[i]) && !slices.ContainsFunc(t.columns, func(c *column) bool { return c.name == columnNames[i] }) {
				c := pick(r, t.columns)
				for j, clause := range c.clauses {
					c.clauses[j] = strings.ReplaceAll(clause, quote(c.name), quote(columnNames[i]))
				}
				c.name = columnNames[i]
				break
			}
		}
		t.decorate(r)
	case 10: // another name for a table, a new one
		if name := "renamed " + t.name; t.was != "" && !strings.HasPrefix(t.name, "renamed") {
			t.name = name
			t.decorate(r)
		}
	}
}

// renames are those since the schema was cloned.
func (w *world) renames() (list []alter.Rename) {
	for _, t := range w.tables {
		if t.was != "" && t.was != t.name {
			list = append(list, alter.Rename{Table: t.was, New: t.name})
		}
	}
	for _, t := range w.tables {
		for _, c := range t.columns {
			if t.was != "" && c.was != "" && c.was != c.name {
				list = append(list, alter.Rename{Table: t.was, Old: c.was, New: c.name})
			}
		}
	}
	return list
}
