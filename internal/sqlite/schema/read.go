package schema

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Read reads the schema of the database main, except for the tables in without.
// What is temporary or attached is not part of it. If a view cannot be resolved,
// for example because it refers to a table that does not exist any more, the error
// is a [*ViewError].
func Read(ctx context.Context, db *sql.DB, without ...string) (*Schema, error) {
	from := "pragma_table_list AS l"
	if len(without) > 0 { // what the pragmas fail at, if it is a view that cannot be resolved
		names := make([]string, len(without))
		for i, name := range without {
			names[i] = sqltext.Literal(name)
		}
		from = "(SELECT * FROM pragma_table_list WHERE name NOT IN (" + strings.Join(names, ", ") + ")) AS l"
	}
	return read(&reader{ctx: ctx, db: db, without: without, from: from})
}

// ReadSome is Read for a database of which all but some tables and views are known:
// before has them, and texts the statements of all tables, views and indexes by their
// names. It shares the tables of before, and leaves the triggers out.
func ReadSome(ctx context.Context, db *sql.DB, before *Schema, texts map[string]string, some []string) (*Schema, error) {
	names, err := json.Marshal(some)
	if err != nil {
		return nil, err
	}
	return read(&reader{ctx: ctx, db: db, before: before, sql: texts,
		from: "(SELECT value FROM json_each(" + sqltext.Literal(string(names)) + ")) AS n CROSS JOIN pragma_table_list(n.value) AS l"})
}

func read(r *reader) (*Schema, error) {
	r.tables = map[string]*Table{}
	for _, step := range []func() error{
		r.readSQL, r.readTables, r.checkViews, r.readColumns, r.readIndexes, r.readForeignKeys,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
	}
	r.resolve()
	if r.before != nil {
		for _, t := range r.before.Tables {
			if r.sql[t.Name] == t.SQL && r.tables[t.Name] == nil {
				r.schema.Tables = append(r.schema.Tables, t)
			}
		}
	}
	slices.SortFunc(r.schema.Tables, func(a, b *Table) int { return cmp.Compare(a.Name, b.Name) })
	return &r.schema, nil
}

// ViewError is a view that SQLite accepted once but cannot read any more.
type ViewError struct {
	View string
	SQL  string // as sqlite_schema has it, which may differ a little from what was written
	Err  error
}

func (e *ViewError) Error() string { return fmt.Sprintf("view %s: %v", e.View, e.Err) }

// Unwrap returns SQLite's error.
func (e *ViewError) Unwrap() error { return e.Err }

// reader fills a schema with a handful of queries, whatever its size: each joins a
// pragma with the list of tables.
type reader struct {
	ctx     context.Context
	db      *sql.DB
	without []string
	from    string  // the tables to read, as l
	before  *Schema // what is known, or nil
	schema  Schema
	tables  map[string]*Table
	sql     map[string]string // of tables, views and indexes, which share their names
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

func (r *reader) readSQL() error {
	if r.sql != nil {
		return nil
	}
	r.sql = map[string]string{}
	return r.each(`SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_schema ORDER BY name`,
		func(scan func(...any) error) error {
			var kind, name, table, text string
			if err := scan(&kind, &name, &table, &text); err != nil {
				return err
			}
			if kind == "trigger" {
				r.schema.Triggers = append(r.schema.Triggers, Trigger{Name: name, Table: table, SQL: text})
			} else {
				r.sql[name] = text
			}
			return nil
		})
}

// readTables leaves out the shadow tables of virtual tables, which have a type of
// their own, SQLite's own tables, and those that are not asked for.
func (r *reader) readTables() error {
	return r.each(`SELECT l.name, l.type, l.wr, l.strict FROM `+r.from+`
		WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual')
		AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\'`,
		func(scan func(...any) error) error {
			t := &Table{}
			if err := scan(&t.Name, &t.Kind, &t.WithoutRowID, &t.Strict); err != nil {
				return err
			}
			text, ok := r.sql[t.Name]
			if !ok || slices.Contains(r.without, t.Name) { // not ok: a table-valued function that has been used on this connection
				return nil
			}
			t.SQL = text
			r.schema.Tables = append(r.schema.Tables, t)
			r.tables[t.Name] = t
			return nil
		})
}

// checkViews lets SQLite resolve each view. The pragmas do not report a view that
// they cannot resolve.
func (r *reader) checkViews() error {
	for _, t := range r.schema.Tables {
		if t.Kind != KindView {
			continue
		}
		rows, err := r.db.QueryContext(r.ctx, "SELECT * FROM main."+sqltext.Quote(t.Name)+" LIMIT 0")
		if err != nil {
			if r.ctx.Err() != nil {
				return r.ctx.Err()
			}
			return &ViewError{t.Name, t.SQL, err}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}
