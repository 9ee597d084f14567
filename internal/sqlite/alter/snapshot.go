package alter

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// Object is what one CREATE statement has created.
type Object struct {
	Kind  string // table, index, view or trigger
	Name  string
	Table string // what an index or a trigger is on
	SQL   string // as sqlite_schema has it
}

// Snapshot is a schema at one point in time. SQLite's own tables and the shadow
// tables of virtual ones are left out.
type Snapshot struct {
	Objects []Object // tables, indexes, views, triggers; those of one kind from the oldest to the newest
	Schema  *schema.Schema
}

// Read reads the schema of a database, except for the tables in without. Its error
// is that of [schema.Read].
func Read(ctx context.Context, db *sql.DB, without ...string) (*Snapshot, error) {
	return ReadKnown(ctx, db, nil, without...)
}

// ReadKnown is Read for a schema that is probably in known: if it is, ReadKnown
// returns that one, which is faster.
func ReadKnown(ctx context.Context, db *sql.DB, known []*Snapshot, without ...string) (*Snapshot, error) {
	objects, err := readObjects(ctx, db, without)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	for _, s := range known {
		if slices.Equal(s.Objects, objects) {
			return s, nil
		}
	}
	s := &Snapshot{Objects: objects}
	s.Schema, err = schema.Read(ctx, db, without...)
	return s, err
}

// readObjects asks for shadow tables only if there are virtual ones, which have no
// page of their own: to list all tables takes longer than the rest.
func readObjects(ctx context.Context, db *sql.DB, without []string) (list []Object, err error) {
	rows, err := db.QueryContext(ctx, `SELECT type, name, tbl_name, sql FROM main.sqlite_schema
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND (NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND rootpage = 0)
			OR tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'))
		ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o Object
		if err := rows.Scan(&o.Kind, &o.Name, &o.Table, &o.SQL); err != nil {
			return nil, err
		}
		if !slices.Contains(without, o.Table) {
			list = append(list, o)
		}
	}
	return list, rows.Err()
}

// Object returns the object of that kind and name, or nil.
func (s *Snapshot) Object(kind, name string) *Object {
	for i := range s.Objects {
		if o := &s.Objects[i]; o.Kind == kind && sqltext.EqualFold(o.Name, name) {
			return o
		}
	}
	return nil
}

// canonical returns the text of a statement without what does not make a
// difference: blanks, comments, the quotes around names and the case of words.
func canonical(statement string) string {
	var b strings.Builder
	tokens := sqltext.Significant(statement)
	names := map[int]bool{}
	if slices.ContainsFunc(tokens, func(t sqltext.Token) bool { return t.Kind == sqltext.String }) {
		names = stringNames(statement)
	}
	for _, t := range tokens {
		if t.Ident() || names[t.Start] {
			b.WriteString(sqltext.Fold(t.Name()))
		} else {
			b.WriteString(t.Text)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// stringNames returns where names stand that are written as strings, as in
// CREATE TABLE 'people'. ALTER TABLE writes them in double quotes.
func stringNames(statement string) map[int]bool {
	names := map[int]bool{}
	stmt, err := syntax.Parse(statement)
	if err != nil {
		return names
	}
	ast.Walk(stmt, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Quote == ast.QuoteSingle {
			names[id.Start] = true
		}
		return true
	})
	return names
}

// Of is Read for a database in memory.
func Of(ctx context.Context, m *sqlite.Memory, without ...string) (*Snapshot, error) {
	db, err := m.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return Read(ctx, db, without...)
}
