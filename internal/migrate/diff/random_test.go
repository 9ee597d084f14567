package diff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// world is a random schema.
type world struct {
	tables []*table
}

// table is a random table. The texts of what belongs to it have {t} for its name,
// {c} for its first column, {v} for its view and {o} for another table.
type table struct {
	name, was            string   // was is its name in the schema from which this one was made
	had                  []string // the names of its columns there
	key                  string   // how the primary key is declared
	constraint           string   // of the table, or ""
	autoincrement        bool
	withoutRowID, strict bool
	columns              []*column
	indexes              []named
	view, over, trigger  named
	viewWas              string
	other                *table // that the trigger writes
	search               bool   // an FTS5 table over the first text column
}

// named is the name of an index, view or trigger and the text after it.
type named struct{ name, text string }

// column is a random column. Its clauses have {t} and {c} for the table and itself.
type column struct {
	name, kind string
	was        string
	clauses    []string
	generated  bool
	parent     *table // it refers to
	action     string
}

var (
	tableNames  = []string{"users", "posts", "order", "Line items", "tags", "audit_log", `a"b`, "it's"}
	columnNames = []string{"a", "b", "group", "Two words", "e", "f", "state", "né", `c"d`, "o'c"}
	kinds       = []string{"INTEGER", "TEXT", "REAL", "BLOB"}
	actions     = []string{"ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE RESTRICT", "", "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"}

	keys = []struct {
		text, constraint            string
		autoincrement, withoutRowID bool
	}{
		{text: "id INTEGER PRIMARY KEY"},
		{text: "id INTEGER PRIMARY KEY"},
		{text: "id INTEGER PRIMARY KEY AUTOINCREMENT", autoincrement: true},
		{text: "id TEXT NOT NULL PRIMARY KEY", withoutRowID: true},
		{text: "id INTEGER NOT NULL UNIQUE"},
		{text: "id INTEGER NOT NULL UNIQUE", constraint: "PRIMARY KEY ({c}, id)"},
		{text: "id INTEGER PRIMARY KEY", constraint: "CONSTRAINT positive CHECK ({t}.id > 0 AND {t}.{c} IS NOT 'never')"},
		{text: "id INTEGER PRIMARY KEY", constraint: "UNIQUE (id, {c} COLLATE NOCASE) ON CONFLICT IGNORE"},
		{text: "id INTEGER PRIMARY KEY CHECK (main.{t}.id <> -1)"},
	}
	indexForms   = []string{"ON {t} ({c})", "ON {t} (id, {c} DESC)", "ON {t} ({c}) WHERE id > 3 AND {c} IS NOT NULL", "ON {t} (lower({c}))", "ON {t} ({c} COLLATE NOCASE, id)"}
	viewForms    = []string{"SELECT id, {c} AS c FROM {t}", "SELECT {t}.id, {t}.{c} FROM {t} WHERE {t}.{c} IS NOT NULL", "SELECT * FROM {t}", "WITH x AS (SELECT {t}.id FROM main.{t}) SELECT x.id FROM x, {t} WHERE x.id = {t}.id"}
	triggerForms = []string{
		"AFTER INSERT ON {t} BEGIN\n  SELECT count(*), ';' FROM {t};\nEND",
		"BEFORE UPDATE OF {c} ON {t} WHEN new.{c} IS old.{c} BEGIN UPDATE {t} SET {c} = new.{c} WHERE {t}.id = new.id; END",
		"AFTER DELETE ON {t} BEGIN DELETE FROM {o} WHERE {o}.id = old.id AND old.{c} = 'never'; END",
		"INSTEAD OF INSERT ON {v} BEGIN INSERT INTO {t} (id) SELECT new.id FROM {o}; END",
	}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// fill replaces the names in a text.
func (t *table) fill(text, column string) string {
	other := t.other
	if other == nil {
		other = t
	}
	return strings.NewReplacer("{t}", sqltext.Quote(t.name), "{c}", sqltext.Quote(column), "{v}", sqltext.Quote(t.view.name), "{o}", sqltext.Quote(other.name)).Replace(text)
}

func (t *table) define(c *column) string {
	parts := append([]string{sqltext.Quote(c.name), c.kind}, c.clauses...)
	if c.parent != nil {
		parts = append(parts, fmt.Sprintf("REFERENCES %s (id) %s", sqltext.Quote(c.parent.name), c.action))
	}
	return t.fill(strings.Join(parts, " "), c.name)
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
	switch r.IntN(14) {
	case 0:
		c.clauses = []string{"NOT NULL DEFAULT " + value}
	case 1:
		c.clauses = []string{"DEFAULT " + value}
	case 2:
		c.clauses = []string{"CHECK ({c} IS NULL OR length({c}) < 1000)"}
	case 3:
		c.clauses = []string{"COLLATE NOCASE"}
	case 4:
		c.clauses = []string{"DEFAULT (1 + 1)"}
	case 5:
		c.clauses = []string{"UNIQUE"}
	case 6:
		c.clauses = []string{"NOT NULL"}
	case 7:
		c.clauses = []string{"CHECK ({t}.{c} IS NULL OR length({t}.{c}) < 999)"}
	case 8:
		c.clauses = []string{"CONSTRAINT named CHECK (main.{t}.{c} IS NOT 'x')", "NOT NULL ON CONFLICT REPLACE", "DEFAULT " + value}
	case 9:
		c.generated, c.clauses = true, []string{"GENERATED ALWAYS AS (id) STORED"}
	case 10:
		c.generated, c.clauses = true, []string{"AS (coalesce(id, 'x') || ';') VIRTUAL"}
		if strict {
			c.kind = "TEXT"
		}
	case 11:
		c.kind, c.clauses = "INTEGER", []string{`REFERENCES "nowhere" (id)`}
	}
	if c.generated && c.kind == "BLOB" && strict {
		c.kind = "ANY"
	}
	return c
}

func newTable(r *rand.Rand, name string, w *world) *table {
	t := &table{name: name, strict: r.IntN(4) == 0}
	t.identify(r)
	for i, at := range r.Perm(len(columnNames))[:1+r.IntN(4)] {
		c := newColumn(r, columnNames[at], t.strict)
		for i == 0 && c.generated {
			c = newColumn(r, columnNames[at], t.strict)
		}
		t.columns = append(t.columns, c)
	}
	t.refer(r, w)
	t.decorate(r, w)
	return t
}

func (t *table) identify(r *rand.Rand) {
	k := pick(r, keys)
	t.key, t.constraint, t.autoincrement, t.withoutRowID = k.text, k.constraint, k.autoincrement, k.withoutRowID
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

// decorate adds indexes, views and a trigger.
func (t *table) decorate(r *rand.Rand, w *world) {
	t.indexes, t.view, t.over, t.trigger, t.other = nil, named{}, named{}, named{}, nil
	for i, form := range indexForms {
		if r.IntN(4) == 0 {
			t.indexes = append(t.indexes, named{fmt.Sprintf("%s %d %d", t.name, i, r.IntN(1e6)), form})
		}
	}
	if r.IntN(3) == 0 {
		t.view = named{fmt.Sprintf("%s view %d", t.name, r.IntN(1e6)), pick(r, viewForms)}
		if r.IntN(2) == 0 {
			t.over = named{fmt.Sprintf("%s over %d", t.name, r.IntN(1e6)), "SELECT v.id, ';' AS s FROM {v} AS v"}
		}
	}
	if r.IntN(2) == 0 {
		form := pick(r, triggerForms)
		if strings.Contains(form, "{v}") == (t.view.name != "") {
			t.trigger = named{fmt.Sprintf("%s trigger %d", t.name, r.IntN(1e6)), form}
		}
		if len(w.tables) > 0 {
			t.other = pick(r, w.tables)
		}
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
			columns = append(columns, t.define(c))
		}
		if t.constraint != "" {
			columns = append(columns, t.constraint)
		}
		var options []string
		if t.strict {
			options = append(options, "STRICT")
		}
		if t.withoutRowID {
			options = append(options, "WITHOUT ROWID")
		}
		list = append(list, t.fill(fmt.Sprintf("CREATE TABLE {t} (\n  %s\n) %s", strings.Join(columns, ",\n  "), strings.Join(options, ", ")), t.columns[0].name))
	}
	add := func(t *table, kind, as string, n named) {
		if n.name != "" {
			list = append(list, "CREATE "+kind+" "+sqltext.Quote(n.name)+as+" "+t.fill(n.text, t.columns[0].name))
		}
	}
	for _, t := range w.tables {
		for _, ix := range t.indexes {
			add(t, "INDEX", "", ix)
		}
		if t.search {
			list = append(list, fmt.Sprintf("CREATE VIRTUAL TABLE %s USING fts5 (%s, content=%s, content_rowid='id')",
				sqltext.Quote(t.name+" search"), sqltext.Quote(t.columns[0].name), sqltext.Literal(t.name)))
		}
	}
	for _, t := range w.tables {
		add(t, "VIEW", " AS", t.view)
		add(t, "VIEW", " AS", t.over)
	}
	for _, t := range w.tables {
		add(t, "TRIGGER", "", t.trigger)
	}
	return list
}

func (w *world) clone() *world {
	c := &world{}
	twin := map[*table]*table{}
	for _, t := range w.tables {
		u := *t
		u.was, u.viewWas = t.name, t.view.name
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
		t.other = twin[t.other]
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
		if other.other == t {
			return true
		}
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
	switch r.IntN(14) {
	case 0: // a new table
		for _, name := range tableNames {
			if !slices.ContainsFunc(w.tables, func(t *table) bool { return sqltext.EqualFold(t.name, name) }) {
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
			if !t.has(columnNames[i]) {
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
			c := newColumn(r, t.columns[at].name, t.strict)
			c.was = t.columns[at].was
			if at > 0 || !c.generated {
				t.columns[at] = c
			}
		}
	case 6: // another action, or none
		for _, c := range t.columns {
			if c.parent != nil {
				c.action = pick(r, actions)
			}
		}
	case 7: // other indexes, views, trigger
		t.decorate(r, w)
	case 8: // another order
		r.Shuffle(len(t.columns)-1, func(i, j int) { t.columns[i+1], t.columns[j+1] = t.columns[j+1], t.columns[i+1] })
	case 9: // another name for a column, one that no column had
		for _, i := range r.Perm(len(columnNames)) {
			if name := columnNames[i]; !slices.Contains(t.had, name) && !t.has(name) {
				pick(r, t.columns).name = name
				return
			}
		}
	case 10: // another name for a table, a new one
		if name := "renamed " + t.name; t.was != "" && !strings.HasPrefix(strings.ToLower(t.name), "renamed") {
			t.name = name
		}
	case 11: // another case
		c := pick(r, t.columns)
		for _, name := range []*string{&t.name, &c.name, &t.view.name, &t.trigger.name} {
			if r.IntN(2) == 0 {
				*name = strings.Map(func(x rune) rune {
					if 'a' <= x && x <= 'z' {
						return x - 'a' + 'A'
					}
					return x
				}, *name)
			}
		}
	case 12: // another name for a view
		if t.view.name != "" && t.view.name == t.viewWas {
			t.view.name = "renamed " + t.view.name
		}
	case 13: // another key, or another constraint
		t.identify(r)
	}
}

func (t *table) has(name string) bool {
	return slices.ContainsFunc(t.columns, func(c *column) bool { return sqltext.EqualFold(c.name, name) })
}

// renames are those since the schema was cloned, without those of the case alone.
func (w *world) renames() (list []alter.Rename) {
	add := func(table, old, name string) {
		was := old
		if was == "" {
			was = table
		}
		if !sqltext.EqualFold(was, name) {
			list = append(list, alter.Rename{Table: table, Old: old, New: name})
		}
	}
	for _, t := range w.tables {
		if t.was != "" {
			add(t.was, "", t.name)
		}
		if t.viewWas != "" && t.view.name == "renamed "+t.viewWas {
			add(t.viewWas, "", t.view.name)
		}
	}
	for _, t := range w.tables {
		for _, c := range t.columns {
			if t.was != "" && c.was != "" && !c.generated {
				add(t.was, c.was, c.name)
			}
		}
	}
	return list
}
