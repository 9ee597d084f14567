package check

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// few is how many objects a schema may have for which a copy of the whole database is
// as cheap as one of the part that a migration reaches.
var few = 60

// excerpt returns a copy of the part of a database that statements reach, so that the
// time of a check follows the size of the migrations, and not that of the schema times
// their number. db is a connection to the database, from which it is only read.
func (c *checker) excerpt(m *sqlite.Memory, db *sql.DB, s *alter.Snapshot, r *reach) (*sqlite.Memory, error) {
	if len(s.Objects) <= few || r.all {
		return m.Clone()
	}
	for o := range r.objects {
		if t := s.Schema.Table(o.Name); o.Kind == "table" && (t == nil || t.Kind != schema.KindTable) {
			return m.Clone() // a virtual table has tables of its own
		}
	}
	e, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	if err := c.copyInto(e, db, s, r); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (c *checker) copyInto(e *sqlite.Memory, from *sql.DB, s *alter.Snapshot, r *reach) error {
	to, err := open(e)(nil)
	if err != nil {
		return err
	}
	defer to.Close()
	if c.versions == "" {
		err := from.QueryRowContext(c.ctx, "SELECT sql FROM sqlite_schema WHERE name = ?", migration.VersionTable).Scan(&c.versions)
		if err != nil {
			return fmt.Errorf("read the schema: %w", err)
		}
	}
	tx, err := to.BeginTx(c.ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	statements := []string{c.versions, "INSERT INTO " + migration.VersionTable + " (version_id, is_applied) VALUES (0, 1)"}
	for _, statement := range statements {
		// @native-sql-dynamic goose's own statement, out of the schema in memory, and a constant one
		if _, err := tx.ExecContext(c.ctx, statement); err != nil {
			return err
		}
	}
	for _, o := range s.Objects { // tables before what is on them
		if !r.objects[o] {
			continue
		}
		// @native-sql-dynamic a statement out of the schema in memory
		if _, err := tx.ExecContext(c.ctx, o.SQL); err != nil {
			return err
		}
		if o.Kind == "table" {
			if err := copyRows(c.ctx, from, tx, s.Schema.Table(o.Name)); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// copyRows copies the rows of a table, with their rowids, and its counter.
func copyRows(ctx context.Context, from *sql.DB, to *sql.Tx, t *schema.Table) error {
	var columns, values []string
	if name := rowID(t); name != "" {
		columns, values = append(columns, name), append(values, name)
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Generated == schema.NotGenerated {
			columns = append(columns, sqltext.Quote(c.Name))
			values = append(values, "+"+sqltext.Quote(c.Name)) // as it is stored, whatever its declared type
		}
	}
	rows, err := from.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM main.%s", strings.Join(values, ", "), sqltext.Quote(t.Name)))
	if err != nil {
		return err
	}
	defer rows.Close()
	insert := fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s)", sqltext.Quote(t.Name), strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1))
	row := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range row {
			if b, ok := v.([]byte); ok && b == nil { // an empty blob, which would be bound as NULL
				row[i] = []byte{}
			}
		}
		if _, err := to.ExecContext(ctx, insert, row...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || !t.AutoIncrement {
		return err
	}
	var seq sql.NullInt64
	if err := from.QueryRowContext(ctx, "SELECT max(seq) FROM main.sqlite_sequence WHERE name = ?", t.Name).Scan(&seq); err != nil || !seq.Valid {
		return err
	}
	if _, err := to.ExecContext(ctx, "DELETE FROM sqlite_sequence WHERE name = ?", t.Name); err != nil {
		return err
	}
	_, err = to.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", t.Name, seq.Int64)
	return err
}

// rowID returns a name for the rowid that is not a column's, "" if there is none.
func rowID(t *schema.Table) string {
	if t.WithoutRowID {
		return ""
	}
	for i := range t.Columns {
		if t.Columns[i].RowIDAlias {
			return ""
		}
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if t.Column(name) == nil {
			return name
		}
	}
	return ""
}
