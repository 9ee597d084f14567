package stored

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// madeUp puts rows into a copy of the database, as far as its constraints let
// them in, and finds generated columns that are then not in their form, and
// columns in which a CHECK takes no value that Go writes.
func madeUp(ctx context.Context, m *sqlite.Memory, s *schema.Schema, types Types) ([]*Finding, error) {
	computing := computing(s)
	if len(computing.Tables) == 0 {
		return nil, nil
	}
	clone, err := m.Clone()
	if err != nil {
		return nil, err
	}
	defer clone.Close()
	db, err := clone.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	// The rows of the migrations are judged already.
	if err := empty(ctx, db, s); err != nil {
		return nil, err
	}
	if _, err := content.Fill(ctx, db, s); err != nil {
		return nil, err
	}
	values, err := Rows(ctx, db, computing, types, nil)
	if err != nil {
		return nil, err
	}
	var list []*Finding
	for _, v := range values {
		f := &Finding{Table: v.Table, Column: v.Column, Form: v.Form, By: Writer{Kind: Generated}, Value: v.Value, Want: v.Want}
		if v.Column.Generated == schema.NotGenerated {
			f.By.Kind = Constraint
			if f.Refused, err = refusal(ctx, db, f); err != nil {
				return nil, err
			}
			if f.Refused == "" {
				continue
			}
		}
		list = append(list, f)
	}
	return list, nil
}

// computing is the part of a schema whose tables have a generated column or a
// CHECK.
func computing(s *schema.Schema) *schema.Schema {
	part := &schema.Schema{}
	for _, t := range s.Tables {
		generated := slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Generated != schema.NotGenerated })
		if t.Kind == schema.KindTable && (generated || len(checks.Of(t).List) > 0) {
			part.Tables = append(part.Tables, t)
		}
	}
	return part
}

func empty(ctx context.Context, db *sql.DB, s *schema.Schema) error {
	statements := []string{"PRAGMA foreign_keys = OFF"}
	for _, t := range s.Triggers {
		statements = append(statements, "DROP TRIGGER "+sqltext.Quote(t.Name))
	}
	for _, t := range s.Tables {
		if t.Kind == schema.KindTable {
			statements = append(statements, "DELETE FROM "+sqltext.Quote(t.Name))
		}
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// refusal is the CHECK that refuses every value that Go writes, as far as samples
// tell, or "".
func refusal(ctx context.Context, db *sql.DB, f *Finding) (check string, err error) {
	for _, sample := range f.Form.samples {
		_, err := db.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET %s = %s", sqltext.Quote(f.Table.Name), sqltext.Quote(f.Column.Name), sample))
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err == nil || !strings.Contains(sqlite.Message(err), "CHECK constraint failed") {
			return "", nil
		}
		_, check, _ = strings.Cut(sqlite.Message(err), "CHECK constraint failed: ")
	}
	return check, nil
}
