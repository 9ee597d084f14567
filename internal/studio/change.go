package studio

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// errChanged: a row is not what it was when it was shown.
var errChanged = errors.New("the row has been changed since it was shown")

// change runs f in a transaction that writes, and keeps what it does, or not. What would
// undo it is written down by triggers of the connection's own, see undo.go, and kept under
// the words in what. tables are those that f writes to.
func (r *request) change(ctx context.Context, what string, tables []*table, keep bool, f func(context.Context, *sql.Conn) error) (err error) {
	conn, err := r.db.writes.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			_, undone := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			if err == nil {
				err = undone
			}
		}
	}()
	var version int64
	if err := conn.QueryRowContext(ctx, schemaVersion).Scan(&version); err != nil {
		return err
	}
	if version != r.catalog.version {
		return &problem{Status: http.StatusConflict, Title: "The schema has changed meanwhile", Detail: "Reload the page."}
	}
	var log recorder
	if keep {
		if err := log.begin(ctx, conn, r.catalog, tables); err != nil {
			return err
		}
	}
	if err := f(ctx, conn); err != nil || !keep {
		return err
	}
	if err := log.end(ctx, conn); err != nil {
		return err
	}
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return err
	}
	committed = true
	r.undo.push(undoable{what, log.statements, log.why})
	return nil
}

// recorder has triggers write down what undoes a change.
type recorder struct {
	statements []string // that undo it, the last change first
	why        string   // it cannot be undone, "" if it can
	drop       []string
}

const (
	recordTable = "drey studio undo"
	recordMost  = 10_000 // changes of rows that are written down
)

// begin creates the triggers, for the connection alone. They are on the tables, on those
// that their foreign keys change as well, and on all where there are triggers.
func (l *recorder) begin(ctx context.Context, conn *sql.Conn, c *catalog, tables []*table) error {
	of := reached(c, tables)
	if slices.ContainsFunc(of, func(t *table) bool { return len(t.Triggers) > 0 }) {
		of = c.tables
		if slices.ContainsFunc(c.tables, func(t *table) bool { return t.Kind == schema.KindVirtual }) {
			l.why = "triggers may have changed a virtual table"
			return nil
		}
	}
	name := sqltext.Quote(recordTable)
	create := []string{"CREATE TEMP TABLE " + name + " (sql TEXT)"}
	l.drop = []string{"DROP TABLE temp." + name}
	for i, t := range of {
		if t.Kind != schema.KindTable {
			continue
		}
		if t.source.key == nil {
			l.why = "nothing tells the rows of " + t.Name + " apart"
			return nil
		}
		for event, undo := range inverses(t) {
			trigger := sqltext.Quote(fmt.Sprintf("%s %s %d", recordTable, event, i))
			create = append(create, fmt.Sprintf("CREATE TEMP TRIGGER %s AFTER %s ON main.%s WHEN ifnull((SELECT max(rowid) FROM %s), 0) <= %d BEGIN INSERT INTO %s VALUES (%s); END",
				trigger, event, sqltext.Quote(t.Name), name, recordMost, name, undo))
			l.drop = append(l.drop, "DROP TRIGGER temp."+trigger)
		}
	}
	for _, text := range create {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("prepare undo: %w", err)
		}
	}
	return nil
}

// end reads what has been written down.
func (l *recorder) end(ctx context.Context, conn *sql.Conn) error {
	if l.drop == nil || l.why != "" {
		return nil
	}
	rows, err := conn.QueryContext(ctx, "SELECT sql FROM temp."+sqltext.Quote(recordTable)+" ORDER BY rowid DESC")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			return err
		}
		l.statements = append(l.statements, text.String)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	if len(l.statements) > recordMost {
		l.statements, l.why = nil, fmt.Sprintf("it changed more than %s rows", thousands(recordMost))
	}
	slices.Reverse(l.drop)
	for _, text := range l.drop {
		// @schema-change what is dropped is temporary, and the connection's own
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// reached are the tables that a change of some tables may change by foreign keys.
func reached(c *catalog, tables []*table) []*table {
	list := slices.Clone(tables)
	for i := 0; i < len(list); i++ {
		for _, f := range list[i].Referred {
			acts := f.OnDelete != "NO ACTION" && f.OnDelete != "RESTRICT" || f.OnUpdate != "NO ACTION" && f.OnUpdate != "RESTRICT"
			if acts && !slices.Contains(list, f.Child) {
				list = append(list, f.Child)
			}
		}
	}
	return list
}

// inverses are expressions, by the event of a trigger, that make the statement which undoes
// the change of a row. It finds the row only as the change has left it.
func inverses(t *table) map[string]string {
	var stored []string
	for _, c := range t.Columns {
		if c.Generated == schema.NotGenerated {
			stored = append(stored, c.Name)
		}
	}
	if t.RowID != "" && t.Column(t.RowID) == nil {
		stored = append(stored, t.RowID)
	}
	name := sqltext.Quote(t.Name)
	is := func(row string) (parts []string) {
		parts = append(parts, sqltext.Literal(" WHERE "))
		for i, c := range stored {
			if i > 0 {
				parts = append(parts, sqltext.Literal(" AND "))
			}
			parts = append(parts, sqltext.Literal(sqltext.Quote(c)+" IS "), asLiteral(row, c))
		}
		return parts
	}
	insert := []string{sqltext.Literal("INSERT INTO " + name + " (" + strings.Join(quotedNames(stored), ", ") + ") VALUES (")}
	update := []string{sqltext.Literal("UPDATE " + name + " SET ")}
	for i, c := range stored {
		if i > 0 {
			insert, update = append(insert, sqltext.Literal(", ")), append(update, sqltext.Literal(", "))
		}
		insert, update = append(insert, asLiteral("old", c)), append(update, sqltext.Literal(sqltext.Quote(c)+" = "), asLiteral("old", c))
	}
	return map[string]string{
		"INSERT": joined(append([]string{sqltext.Literal("DELETE FROM " + name)}, is("new")...)),
		"UPDATE": joined(append(update, is("new")...)),
		"DELETE": joined(append(insert, sqltext.Literal(")"))),
	}
}

func quotedNames(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = sqltext.Quote(name)
	}
	return list
}

// asLiteral is an expression for a value as SQL. A text goes by its bytes, because quote ends
// it at a NUL.
func asLiteral(row, column string) string {
	of := row + "." + sqltext.Quote(column)
	return "CASE typeof(" + of + ") WHEN 'text' THEN 'CAST(x''' || hex(" + of + ") || ''' AS TEXT)' ELSE quote(" + of + ") END"
}

// joined concatenates expressions, as a tree: SQLite bounds how deep one is.
func joined(parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	half := len(parts) / 2
	return "(" + joined(parts[:half]) + " || " + joined(parts[half:]) + ")"
}
