package crud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/upkeep"
)

// table is a table with the names and the SQL that its queries are made of.
type table struct {
	*schema.Table
	sql     string // its name, quoted where it must be
	names   names.Options
	limit   int    // of parameters without a struct
	row     string // Link
	rows    string // Links
	columns []*column
	key     []*column // the primary key
	tenant  []*column // the one that says whose a row is, if there is one

	// What the queries keep up, nil for nothing.
	deleted, updated, version *column
	kept                      upkeep.Table
}

// column is a column of a table in the words of a query.
type column struct {
	*schema.Column
	sql   string // quoted if needed
	field string // UserID
	param string // user_id, a name that sqlc can read
	flag  string // set_user_id
	def   string // its default as an expression, or ""

	// nullable is what sqlc thinks: it treats a PRIMARY KEY in the declaration of a
	// column as NOT NULL.
	nullable bool
	// counted: SQLite counts it up if it is NULL.
	counted bool
	now     string // of a time that is kept up: the present one
}

// newTable names a table and its columns as sqlc spells them, because sqlc makes
// the Go names from that.
func (g *generator) newTable(s *schema.Table) *table {
	name := g.spelling.Of(s.Name)
	t := &table{Table: s, sql: quote(name), names: g.Names, limit: 1, row: g.Names.Struct(name), rows: g.rows(name)}
	if g.Positional != nil {
		t.limit = *g.Positional
	}
	used := map[string]bool{}
	for i := range s.Columns {
		c := &column{Column: &s.Columns[i]}
		name := g.spelling.Of(c.Name)
		c.sql = quote(name)
		c.field = g.Names.Field(name)
		c.param = t.unique(paramName(name, g.Names.Rename), used)
		c.nullable = !c.NotNull && !c.Inline
		c.counted = c.RowIDAlias && !isReference(s, c.Name)
		c.def = schema.DefaultExpr(c.Default)
		t.columns = append(t.columns, c)
	}
	for _, c := range t.columns {
		c.flag = t.unique("set_"+c.param, used)
	}
	t.key = t.named(s.PrimaryKey)
	if tenant := g.Tenants[s.Name]; tenant != "" {
		t.tenant = t.named([]string{tenant})
	}
	t.kept = g.Upkeep.Of(s.Name)
	t.deleted, t.updated, t.version = t.stamp(t.kept.Deleted), t.stamp(t.kept.Updated), t.stamp(t.kept.Version)
	return t
}

// stamp is a column that is kept up.
func (t *table) stamp(s *upkeep.Stamp) *column {
	if s == nil {
		return nil
	}
	c := t.named([]string{s.Name})[0]
	c.now = s.Now
	return c
}

// rows returns the name for several rows of a table: the table's own name, or the
// plural of the row type's if that is the same or was given by a rename.
func (g *generator) rows(table string) string {
	row, source := g.Names.Struct(table), g.Names.Source(table)
	_, renamed := g.Names.Rename[g.Names.RenameKey(table)]
	if _, own := g.Names.Rename[table]; source == row || renamed && !own {
		return names.Plural(row)
	}
	return source
}

// unique returns a parameter name whose Go name is not used yet in the table. sqlc
// would merge two parameters with the same Go name into one.
func (t *table) unique(name string, used map[string]bool) string {
	candidate := name
	for i := 2; used[t.names.Field(candidate)]; i++ {
		candidate = fmt.Sprintf("%s_%d", name, i)
	}
	used[t.names.Field(candidate)] = true
	return candidate
}

// owned returns the columns after the one that says whose a row is.
func (t *table) owned(columns []*column) []*column {
	if len(t.tenant) == 0 || slices.Contains(columns, t.tenant[0]) {
		return columns
	}
	return slices.Concat(t.tenant, columns)
}

func (t *table) named(list []string) []*column {
	columns := make([]*column, len(list))
	for i, name := range list {
		j := slices.IndexFunc(t.columns, func(c *column) bool { return sqltext.EqualFold(c.Name, name) })
		columns[i] = t.columns[j]
	}
	return columns
}

// uniqueKeys returns the unique keys except the primary key, each set of columns once,
// without those that say since when a row is deleted.
func (t *table) uniqueKeys() [][]*column {
	seen := map[string]bool{setOf(t.key): true}
	var keys [][]*column
	for _, list := range t.UniqueKeys() {
		key := t.named(list)
		if set := setOf(key); !seen[set] && !slices.Contains(key, t.deleted) {
			seen[set] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// partialKey is a unique key of the rows that a condition holds for.
type partialKey struct {
	columns []*column
	where   string
}

// partialKeys returns the partial unique indexes over other columns than the keys',
// each set of columns once, the first of them.
func (t *table) partialKeys() []partialKey {
	seen := map[string]bool{setOf(t.key): true}
	for _, key := range t.uniqueKeys() {
		seen[setOf(key)] = true
	}
	var keys []partialKey
	for i := range t.Indexes {
		list, ok := t.Partial(&t.Indexes[i])
		if !ok {
			continue
		}
		key := partialKey{t.named(list), t.Indexes[i].Where()}
		if set := setOf(key.columns); !seen[set] && readable(key.where) && !slices.Contains(key.columns, t.deleted) {
			seen[set] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// references returns the foreign keys, each list of columns once.
func (t *table) references() []reference {
	seen := map[string]bool{}
	var list []reference
	for _, fk := range t.ForeignKeys {
		columns := t.named(fk.From)
		if set := setOf(columns); !seen[set] {
			seen[set] = true
			list = append(list, reference{columns, fk.Table})
		}
	}
	return list
}

// isReference reports whether a column is a part of a foreign key.
func isReference(t *schema.Table, column string) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
		return slices.ContainsFunc(fk.From, func(name string) bool { return sqltext.EqualFold(name, column) })
	})
}

type reference struct {
	columns []*column
	table   string
}

func setOf(columns []*column) string {
	var list []string
	for _, c := range columns {
		list = append(list, sqltext.Fold(c.Name))
	}
	slices.Sort(list)
	return strings.Join(list, "\x00")
}

// by returns the end of a query's name, as in UserIDAndSlug.
func by(columns []*column) string {
	var fields []string
	for _, c := range columns {
		fields = append(fields, c.field)
	}
	return strings.Join(fields, "And")
}

// star lists the columns of a row in their order. sqlc also expands a * itself, but
// then only quotes the keywords that it knows. star shows a JSONB column as text.
func (t *table) star() string {
	var list []string
	plain := true
	for _, c := range t.columns {
		expr := c.sql
		if sqltext.EqualFold(c.Type, "JSONB") {
			expr = "json(" + c.sql + ")"
		}
		list = append(list, expr)
		plain = plain && isPlain(c.Name) && !unknown[sqltext.Fold(c.Name)]
	}
	if plain {
		return "*"
	}
	return strings.Join(list, ", ")
}

// unknown are words that need quotes, but sqlc does not quote them.
var unknown = set("returning materialized true false")

// order returns the ORDER BY of a list, or "" if there is nothing to order by.
func (t *table) order() string {
	if len(t.key) > 0 {
		return "\nORDER BY " + join(t.key, ", ", func(c *column) string { return c.sql })
	}
	for _, rowid := range []string{"rowid", "_rowid_", "oid"} {
		if t.Column(rowid) == nil {
			return "\nORDER BY " + rowid
		}
	}
	return ""
}

func join(columns []*column, separator string, f func(*column) string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = f(c)
	}
	return strings.Join(list, separator)
}
