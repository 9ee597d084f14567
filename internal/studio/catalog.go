package studio

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// catalog is what the database has, as of one version of its schema.
type catalog struct {
	version  int64
	schema   *schema.Schema
	analyzer *infer.Analyzer
	tables   []*table // sorted by name
	broken   []broken
	hide     *regexp.Regexp // nil hides nothing

	mu sync.Mutex // over analyzer, which does not take two goroutines
}

// schemaVersion reads the number that changes with the schema.
const schemaVersion = "SELECT schema_version FROM pragma_schema_version"

// broken is a view that cannot be read.
type broken struct{ Name, SQL, Why string }

// table is a table or a view.
type table struct {
	*schema.Table
	source   *source
	RowID    string // the name by which the rowid is reached, "" if there is none
	Checks   []string
	Refers   []*reference // its foreign keys
	Referred []*reference // those of other tables and of itself
	Triggers []schema.Trigger
	About    int64 // rows that ANALYZE has counted, -1 if it has not
}

// reference is a foreign key.
type reference struct {
	schema.ForeignKey
	Child, Parent *table // Parent is nil if there is no such table
}

// readCatalog reads the schema. Views that cannot be read are left out and named.
func readCatalog(ctx context.Context, db *sql.DB, hide *regexp.Regexp) (*catalog, error) {
	c := &catalog{hide: hide}
	if err := db.QueryRowContext(ctx, schemaVersion).Scan(&c.version); err != nil {
		return nil, err
	}
	var without []string
	for {
		var err error
		if c.schema, err = schema.Read(ctx, db, without...); err == nil {
			break
		}
		var view *schema.ViewError
		if !errors.As(err, &view) || slices.Contains(without, view.View) {
			return nil, err
		}
		without = append(without, view.View)
		c.broken = append(c.broken, broken{view.View, view.SQL, view.Err.Error()})
	}
	c.analyzer = infer.New(c.schema)
	counted := c.counted(ctx, db)
	for _, t := range c.schema.Tables {
		c.tables = append(c.tables, c.newTable(t, counted))
	}
	for _, t := range c.tables {
		for _, fk := range t.ForeignKeys {
			r := &reference{fk, t, c.table(fk.Table)}
			t.Refers = append(t.Refers, r)
			if r.Parent != nil {
				r.Parent.Referred = append(r.Parent.Referred, r)
			}
		}
	}
	for _, trigger := range c.schema.Triggers {
		if t := c.table(trigger.Table); t != nil {
			t.Triggers = append(t.Triggers, trigger)
		}
	}
	slices.SortFunc(c.tables, func(a, b *table) int { return cmp.Compare(sqltext.Fold(a.Name), sqltext.Fold(b.Name)) })
	return c, nil
}

func (c *catalog) newTable(from *schema.Table, counted map[string]int64) *table {
	t := &table{Table: from, About: -1}
	if n, ok := counted[sqltext.Fold(from.Name)]; ok {
		t.About = n
	}
	var columns []*column
	var types []infer.Column
	if from.Kind == schema.KindView {
		types = c.columnsOf("SELECT * FROM " + sqltext.Quote(from.Name))
	}
	for i, col := range from.Columns {
		one := &column{Name: col.Name, Declared: col.Type, Kind: kindIn(from, col.Type), NotNull: col.NotNull, Hidden: c.hides(col.Name) || c.refersToHidden(from, col.Name)}
		if i < len(types) {
			one.Hidden = one.Hidden || c.hidesResult(types[i].Type, c.textsOf(from))
			one.NotNull = types[i].Type.Null == infer.NotNull
		}
		columns = append(columns, one)
	}
	hidden := func(name string) bool {
		return slices.ContainsFunc(columns, func(c *column) bool { return c.Hidden && sqltext.EqualFold(c.Name, name) })
	}
	t.RowID = rowIDOf(from)
	var key []string
	switch {
	case t.RowID != "":
		key = []string{t.RowID}
	case from.Kind == schema.KindView:
		key = c.keyOf("SELECT * FROM "+sqltext.Quote(from.Name), columns)
	case from.Kind == schema.KindTable && !slices.ContainsFunc(from.PrimaryKey, hidden):
		key = from.PrimaryKey
	}
	t.source = newSource(from.Name, "", columns, key, t.RowID)
	if from.Kind == schema.KindTable {
		of := checks.Of(from)
		for _, check := range of.List {
			text := checkText(from, check)
			t.Checks = append(t.Checks, text)
		}
	}
	return t
}

// rowIDOf is the name by which the rowid of a table is reached: that of its INTEGER
// PRIMARY KEY, or one that no column has taken.
func rowIDOf(t *schema.Table) string {
	if t.Kind == schema.KindView || t.WithoutRowID {
		return ""
	}
	for _, c := range t.Columns {
		if c.RowIDAlias {
			return c.Name
		}
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if t.Column(name) == nil {
			return name
		}
	}
	return ""
}

// table returns the table of a name, nil if there is none.
func (c *catalog) table(name string) *table {
	for _, t := range c.tables {
		if sqltext.EqualFold(t.Name, name) {
			return t
		}
	}
	return nil
}

// counted are the numbers of rows that ANALYZE has found.
func (c *catalog) counted(ctx context.Context, db *sql.DB) map[string]int64 {
	list := map[string]int64{}
	rows, err := db.QueryContext(ctx, "SELECT tbl, stat FROM sqlite_stat1")
	if err != nil {
		return list // it has not run
	}
	defer rows.Close()
	for rows.Next() {
		var name, stat sql.NullString
		if err := rows.Scan(&name, &stat); err != nil {
			return list
		}
		first, _, _ := strings.Cut(stat.String, " ")
		if n, err := strconv.ParseInt(first, 10, 64); err == nil {
			list[sqltext.Fold(name.String)] = max(n, list[sqltext.Fold(name.String)])
		}
	}
	if rows.Err() != nil {
		return nil
	}
	return list
}

// hides reports whether the name of a column is one to hide.
func (c *catalog) hides(name string) bool { return c.hide != nil && c.hide.MatchString(name) }

// refersToHidden reports whether a column has the values of one that is hidden.
func (c *catalog) refersToHidden(t *schema.Table, name string) bool {
	for _, fk := range t.ForeignKeys {
		for i, from := range fk.From {
			if sqltext.EqualFold(from, name) && c.hides(fk.To[i]) {
				return true
			}
		}
	}
	return false
}

// hidesResult reports whether a result column shows what is hidden: it is such a column, or
// an expression in a text that names one.
func (c *catalog) hidesResult(t infer.Type, texts []string) bool {
	if c.hide == nil {
		return false
	}
	if t.Column != nil {
		return c.hides(t.Column.Name) || c.refersToHidden(t.Table, t.Column.Name)
	}
	for _, text := range texts {
		for token := range sqltext.All(text) {
			if token.Ident() && c.hides(token.Name()) && c.isColumn(token.Name()) {
				return true
			}
		}
	}
	return false
}

// isColumn reports whether a table has a column of that name.
func (c *catalog) isColumn(name string) bool {
	return slices.ContainsFunc(c.schema.Tables, func(t *schema.Table) bool { return t.Column(name) != nil })
}

// textsOf are the texts of a view, and of the views that it may read.
func (c *catalog) textsOf(t *schema.Table) []string {
	texts := []string{t.SQL}
	for i := 0; i < len(texts); i++ {
		for token := range sqltext.All(texts[i]) {
			if !token.Ident() {
				continue
			}
			if other := c.schema.Table(token.Name()); other != nil && other.Kind == schema.KindView && !slices.Contains(texts, other.SQL) {
				texts = append(texts, other.SQL)
			}
		}
	}
	return texts
}

// find is the table of a name in an address.
func (c *catalog) find(name string) (*table, error) {
	if t := c.table(name); t != nil {
		return t, nil
	}
	for _, b := range c.broken {
		if sqltext.EqualFold(b.Name, name) {
			return nil, &problem{Status: 422, Title: "The view " + b.Name + " cannot be read", Detail: b.Why, SQL: b.SQL}
		}
	}
	return nil, &problem{Status: 404, Title: fmt.Sprintf("There is no table %q", name), Detail: "It may have been dropped or renamed meanwhile."}
}
