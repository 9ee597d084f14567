package schema

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqltext"
)

// hidden are the tables that are no part of a project's schema. Shadow tables
// of virtual tables are told by their type.
const hidden = `l.name = 'goose_db_version' OR l.name LIKE 'sqlite\_%' ESCAPE '\'`

// Read reads the schema of a database. A view that cannot be resolved, because
// it refers to a table that is gone, say, is an [*ViewError].
func Read(ctx context.Context, db *sql.DB) (*Schema, error) {
	r := &reader{ctx: ctx, db: db, tables: map[string]*Table{}}
	for _, step := range []func() error{
		r.readTables, r.readViews, r.readColumns, r.readIndexes, r.readForeignKeys, r.readTriggers,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
	}
	slices.SortFunc(r.schema.Tables, func(a, b *Table) int { return cmp.Compare(a.Name, b.Name) })
	r.resolve()
	return &r.schema, nil
}

// ViewError is a view that SQLite accepted once and cannot read any more.
type ViewError struct {
	View string
	SQL  string
	Err  error
}

func (e *ViewError) Error() string { return fmt.Sprintf("view %s: %v", e.View, e.Err) }

// Unwrap returns SQLite's error.
func (e *ViewError) Unwrap() error { return e.Err }

type reader struct {
	ctx    context.Context
	db     *sql.DB
	schema Schema
	tables map[string]*Table
}

// each runs a query and scans its rows.
func (r *reader) each(query string, row func(scan func(...any) error) error) error {
	rows, err := r.db.QueryContext(r.ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *reader) readTables() error {
	return r.each(`SELECT l.name, l.type, l.wr, l.strict, coalesce(s.sql, '')
		FROM pragma_table_list AS l JOIN sqlite_schema AS s ON s.name = l.name AND s.type IN ('table', 'view')
		WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') AND NOT (`+hidden+`)`,
		func(scan func(...any) error) error {
			t := &Table{}
			if err := scan(&t.Name, &t.Kind, &t.WithoutRowID, &t.Strict, &t.SQL); err != nil {
				return err
			}
			r.schema.Tables = append(r.schema.Tables, t)
			r.tables[t.Name] = t
			return nil
		})
}

// readViews reads nothing: it looks whether the views still can be read.
func (r *reader) readViews() error {
	for _, t := range r.schema.Tables {
		if t.Kind != KindView {
			continue
		}
		rows, err := r.db.QueryContext(r.ctx, "SELECT * FROM "+Quote(t.Name)+" LIMIT 0")
		if err != nil {
			return &ViewError{t.Name, t.SQL, err}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// The values of hidden in table_xinfo.
const (
	columnOfModule  = 1 // a hidden column of a virtual table
	columnOnRead    = 2
	columnPersisted = 3
)

func (r *reader) readColumns() error {
	type key struct {
		name  string
		place int
	}
	keys := map[*Table][]key{}
	err := r.each(`SELECT l.name, x.name, x.type, x."notnull", coalesce(x.dflt_value, ''), x.pk, x.hidden
		FROM pragma_table_list AS l, pragma_table_xinfo(l.name) AS x
		WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') ORDER BY l.name, x.cid`,
		func(scan func(...any) error) error {
			var table string
			var c Column
			var pk, hidden int
			if err := scan(&table, &c.Name, &c.Type, &c.NotNull, &c.Default, &pk, &hidden); err != nil {
				return err
			}
			t := r.tables[table]
			if t == nil || hidden == columnOfModule {
				return nil
			}
			switch hidden {
			case columnOnRead:
				c.Generated = VirtualGenerated
			case columnPersisted:
				c.Generated = StoredGenerated
			}
			if pk > 0 {
				keys[t] = append(keys[t], key{c.Name, pk})
			}
			t.Columns = append(t.Columns, c)
			return nil
		})
	for t, list := range keys {
		slices.SortFunc(list, func(a, b key) int { return cmp.Compare(a.place, b.place) })
		for _, k := range list {
			t.PrimaryKey = append(t.PrimaryKey, k.name)
		}
	}
	return err
}

func (r *reader) readIndexes() error {
	var last *Index
	return r.each(`SELECT l.name, i.name, i."unique", i.partial, i.origin, coalesce(s.sql, ''),
			coalesce(x.name, ''), x."desc", x.coll
		FROM pragma_table_list AS l, pragma_index_list(l.name) AS i, pragma_index_xinfo(i.name) AS x
		LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = i.name
		WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND x.key
		ORDER BY l.name, i.seq DESC, x.seqno`,
		func(scan func(...any) error) error {
			var table string
			var ix Index
			var c IndexColumn
			if err := scan(&table, &ix.Name, &ix.Unique, &ix.Partial, &ix.Origin, &ix.SQL, &c.Name, &c.Desc, &c.Collation); err != nil {
				return err
			}
			t := r.tables[table]
			if t == nil {
				return nil
			}
			if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != ix.Name {
				t.Indexes = append(t.Indexes, ix)
			}
			last = &t.Indexes[len(t.Indexes)-1]
			last.Columns = append(last.Columns, c)
			return nil
		})
}

func (r *reader) readForeignKeys() error {
	ids := map[*Table]int{}
	return r.each(`SELECT l.name, f.id, f."table", f."from", coalesce(f."to", ''), f.on_update, f.on_delete
		FROM pragma_table_list AS l, pragma_foreign_key_list(l.name) AS f
		WHERE l.schema = 'main' AND l.type = 'table' ORDER BY l.name, f.id DESC, f.seq`,
		func(scan func(...any) error) error {
			var table, from, to string
			var id int
			var fk ForeignKey
			if err := scan(&table, &id, &fk.Table, &from, &to, &fk.OnUpdate, &fk.OnDelete); err != nil {
				return err
			}
			t := r.tables[table]
			if t == nil {
				return nil
			}
			if n := len(t.ForeignKeys); n == 0 || ids[t] != id {
				t.ForeignKeys = append(t.ForeignKeys, fk)
				ids[t] = id
			}
			last := &t.ForeignKeys[len(t.ForeignKeys)-1]
			last.From = append(last.From, from)
			last.To = append(last.To, to)
			return nil
		})
}

func (r *reader) readTriggers() error {
	return r.each(`SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`,
		func(scan func(...any) error) error {
			var t Trigger
			if err := scan(&t.Name, &t.Table, &t.SQL); err != nil {
				return err
			}
			r.schema.Triggers = append(r.schema.Triggers, t)
			return nil
		})
}

// resolve fills in what follows from the rest: rowid aliases, keys that are
// declared with their column, foreign keys that name no column.
func (r *reader) resolve() {
	for _, t := range r.schema.Tables {
		inline := inlineKey(t.SQL)
		if len(t.PrimaryKey) == 1 && t.Kind == KindTable {
			c := t.Column(t.PrimaryKey[0])
			c.Inline = inline
			if t.isRowIDAlias(c) {
				c.RowIDAlias, c.NotNull = true, true
			}
		}
		for i := range t.ForeignKeys {
			fk := &t.ForeignKeys[i]
			if parent := r.schema.Table(fk.Table); parent != nil && fk.To[0] == "" && len(parent.PrimaryKey) == len(fk.To) {
				copy(fk.To, parent.PrimaryKey)
			}
		}
	}
}

// isRowIDAlias: the only key column of a rowid table, of type INTEGER to the
// letter. An index for the key means that SQLite did not take it for the rowid:
// INTEGER PRIMARY KEY DESC is such a case. See
// https://www.sqlite.org/lang_createtable.html#rowid.
func (t *Table) isRowIDAlias(c *Column) bool {
	return !t.WithoutRowID && strings.EqualFold(c.Type, "INTEGER") &&
		!slices.ContainsFunc(t.Indexes, func(ix Index) bool { return ix.Origin == "pk" })
}

// inlineKey reports whether PRIMARY KEY stands within a column's declaration,
// and not as a constraint of the table.
func inlineKey(create string) bool {
	depth, first := 0, true // first: the next token begins a column or a constraint
	tokens := sqltext.Significant(create)
	for i, t := range tokens {
		switch {
		case t.Is("("):
			depth++
			first = depth == 1
			continue
		case t.Is(")"):
			depth--
		case t.Is(",") && depth == 1:
			first = true
			continue
		case depth == 1 && t.Is("PRIMARY") && i+1 < len(tokens) && tokens[i+1].Is("KEY"):
			named := i >= 2 && tokens[i-2].Is("CONSTRAINT") && (i == 2 || tokens[i-3].Is(",") || tokens[i-3].Is("("))
			return !first && !named
		}
		first = false
	}
	return false
}
