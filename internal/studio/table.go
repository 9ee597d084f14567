package studio

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// described is what the page of a table shows.
type described struct {
	Table    *table
	Rows     string
	Columns  []describedColumn
	Indexes  []schema.Index
	Refers   []*reference
	Referred []*reference
	Queries  []use
}

type describedColumn struct {
	*schema.Column
	Hidden  bool
	Key     bool
	Unique  bool
	Refers  []*reference
	Indexed bool // an index begins with it
}

// use is a named query that names a table.
type use struct{ Name, Link, Where string }

func tablePage(r *request) (*answer, error) {
	t, err := r.catalog.find(named(r.PathValue("table")))
	if err != nil {
		return nil, err
	}
	return &answer{page: "table", title: t.Name, data: r.describe(t)}, nil
}

func (r *request) describe(t *table) *described {
	d := &described{Table: t, Rows: place("rows", t.Name), Indexes: t.Indexes, Refers: t.Refers, Referred: t.Referred}
	for i := range t.Columns {
		c := &t.Columns[i]
		one := describedColumn{Column: c, Key: isIn(t.PrimaryKey, c.Name)}
		if i < len(t.source.columns) {
			one.Hidden = t.source.columns[i].Hidden
		}
		for _, key := range t.UniqueKeys() {
			one.Unique = one.Unique || len(key) == 1 && sqltext.EqualFold(key[0], c.Name) && !one.Key
		}
		for _, f := range t.Refers {
			if isIn(f.From, c.Name) {
				one.Refers = append(one.Refers, f)
			}
		}
		one.Indexed = c.RowIDAlias || slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool {
			return len(ix.Columns) > 0 && sqltext.EqualFold(ix.Columns[0].Name, c.Name)
		})
		d.Columns = append(d.Columns, one)
	}
	d.Queries = r.uses(t)
	return d
}

// Columns lists the columns of an index.
func columnsOfIndex(ix schema.Index) string {
	var list []string
	for _, c := range ix.Columns {
		name := c.Name
		if name == "" {
			name = "(an expression)"
		}
		if c.Desc {
			name += " DESC"
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

// overview is what the first page shows.
type overview struct {
	Broken []broken
	Groups []group
}

type group struct {
	Title  string
	Tables []*table
}

func home(r *request) (*answer, error) {
	o := &overview{Broken: r.catalog.broken}
	for _, k := range []struct {
		kind  schema.Kind
		title string
	}{{schema.KindTable, "Tables"}, {schema.KindView, "Views"}, {schema.KindVirtual, "Virtual tables"}} {
		g := group{Title: k.title}
		for _, t := range r.catalog.tables {
			if t.Kind == k.kind {
				g.Tables = append(g.Tables, t)
			}
		}
		if len(g.Tables) > 0 {
			o.Groups = append(o.Groups, g)
		}
	}
	return &answer{page: "home", title: r.db.Name, data: o}, nil
}
