// Package nativesql has raw SQL of each form, with and without a reason.
package nativesql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"text/template"

	sq "github.com/Masterminds/squirrel"
)

type dbtx interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

type wrapper struct{ db *sql.DB }

func (w *wrapper) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return w.db.ExecContext(ctx, query, args...) // ok: hands its own query on
}

func (w *wrapper) Query(query string, args ...any) (*sql.Rows, error) {
	return w.db.QueryContext(context.Background(), query, args...) // ok: hands its own query on
}

func (w *wrapper) Prepare(query string) (*sql.Stmt, error) {
	return w.db.Prepare(query + " LIMIT 5") // want `can be injected into`
}

const byName = "SELECT id FROM customers WHERE name = ?"

func raw(ctx context.Context, db *sql.DB, tx *sql.Tx, conn *sql.Conn, q dbtx, w *wrapper) {
	db.Exec("DELETE FROM orders")             // want `raw SQL without a reason`
	tx.ExecContext(ctx, "DELETE FROM orders") // want `raw SQL without a reason`
	conn.QueryContext(ctx, byName, "x")       // want `raw SQL without a reason`
	db.Prepare(byName)                        // want `raw SQL without a reason`
	q.QueryRowContext(ctx, byName, "x")       // want `raw SQL without a reason`
	w.ExecContext(ctx, "DELETE FROM orders")  // want `raw SQL without a reason`
	w.Query(byName, "x")                      // want `raw SQL without a reason`
	query := byName + " LIMIT 1"
	db.Query(query, "x") // want `raw SQL without a reason`
	// @native-sql because
	db.Exec("DELETE FROM orders") // want `raw SQL without a reason`
	// @native-sql <why>
	db.Exec("DELETE FROM orders")         // want `raw SQL without a reason`
	go db.Exec("DELETE FROM orders")      // want `raw SQL without a reason`
	defer db.Exec("DELETE FROM orders")   // want `raw SQL without a reason`
	exec := func(s string) { db.Exec(s) } // want `raw SQL without a reason`
	exec(byName)

	// @native-sql sqlc has no word for it
	db.Exec("DELETE FROM orders") // ok: a reason is given
	_, _ = db.Exec(
		// @native-sql sqlc has no word for it
		"DELETE FROM orders", // ok: a reason above the query
	)
	// @native-sql sqlc has no word for it
	db.Query(query, "x") // ok: a reason is given
}

func dynamic(ctx context.Context, db *sql.DB, name string, names []string, n int, t *template.Template) {
	db.Query("SELECT id FROM customers WHERE name = '" + name + "'") // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM %s", name))                 // want `can be injected into`
	query := "SELECT id FROM customers"
	if name != "" {
		query += " WHERE name = '" + name + "'"
	}
	db.Query(query) // want `can be injected into`
	other := "SELECT id FROM " + name
	db.QueryContext(ctx, other) // want `can be injected into`
	var b strings.Builder
	b.WriteString("SELECT id FROM ")
	b.WriteString(name)
	db.Query(b.String()) // want `can be injected into`
	var c strings.Builder
	fmt.Fprintf(&c, "SELECT id FROM %s", name)
	text := c.String()
	db.Query(text)                                                             // want `can be injected into`
	db.Query(strings.Join(names, " "))                                         // want `can be injected into`
	db.Query("SELECT id FROM customers ORDER BY " + strings.Join(names, ", ")) // want `can be injected into`
	var d strings.Builder
	_ = t.Execute(&d, name)
	db.Query(d.String())                                        // want `can be injected into`
	db.Query(compose(name))                                     // want `can be injected into`
	db.Query(strings.ReplaceAll("SELECT id FROM t", "t", name)) // want `can be injected into`
	// @native-sql a reason does not help here
	db.Query("SELECT id FROM " + name) // want `can be injected into`

	// @native-sql-dynamic the name is one of our own tables
	db.Query("SELECT id FROM " + name) // ok: the second directive
	// @native-sql numbers only are put in
	db.Query(fmt.Sprintf("SELECT id FROM customers LIMIT %d", n)) // ok: a number
	limited := "SELECT id FROM customers"
	if n > 0 {
		limited += " LIMIT 5"
	}
	// @native-sql put together of constants
	db.Query(limited) // ok: constants are appended
	// @native-sql put together of constants
	db.Query("SELECT id FROM customers WHERE id IN (" + sq.Placeholders(n) + ")") // ok: placeholders
	// @native-sql put together of constants
	db.Query(compose("customers")) // ok: a function of constants
	var e strings.Builder
	e.WriteString("SELECT id FROM customers WHERE id IN (?")
	for range n {
		e.WriteString(", ?")
	}
	e.WriteByte(')')
	// @native-sql put together of constants
	db.Query(e.String()) // ok: a builder of constants
	table := "customers"
	if n > 1 {
		table = "orders"
	}
	// @native-sql put together of constants
	db.Query("SELECT id FROM " + table) // ok: constants in each branch
}

func compose(table string) string { return "SELECT id FROM " + table }

func clauses(name string, part string) {
	_ = sq.Expr("1 + 1")                                                                 // want `raw SQL without a reason`
	_ = sq.Expr("id = " + part)                                                          // want `can be injected into`
	_ = sq.Expr(part)                                                                    // want `can be injected into`
	_ = sq.Select("id").From("orders").Where("lower(status) = ?", name)                  // want `raw SQL in Where`
	_ = sq.Select("id").From("orders").Where("total * 2 > ?", 1)                         // want `raw SQL in Where`
	_ = sq.Select("id").From("orders").Where("id IN (SELECT order_id FROM order_lines)") // want `raw SQL in Where`
	_ = sq.Select("id").From("orders").Where("EXISTS (SELECT 1)")                        // want `raw SQL in Where`
	_ = sq.Select("id").From("orders").Where("placed_at > datetime('now')")              // want `raw SQL in Where`
	_ = sq.Select("id").From("orders").Where("status = '" + name + "'")                  // want `can be injected into`
	_ = sq.Select("id").From("orders").Where(part, 1)                                    // want `can be injected into`
	_ = sq.Select("id").From("orders").GroupBy("id").Having("SUM(total) / 2 > 1")        // want `raw SQL in Having`
	_ = sq.Select("id").Column("total || 'x'").From("orders")                            // want `raw SQL in Column`
	_ = sq.Select("id").Column(part).From("orders")                                      // want `can be injected into`
	_ = sq.Select("CASE WHEN id = 1 THEN 2 END").From("orders")                          // want `raw SQL in Select`
	_ = sq.Select("COUNT(*) OVER ()").From("orders")                                     // want `raw SQL in Select`
	_ = sq.Select("id").From("(SELECT id FROM orders) x")                                // want `raw SQL in From`
	_ = sq.Select("id").From("json_each('[]')")                                          // want `raw SQL in From`
	_ = sq.Select("id").From("orders o").Join("(SELECT 1 AS n) x ON x.n = o.id")         // want `raw SQL in Join`
	_ = sq.Select("id").From("orders").OrderBy("random()")                               // want `raw SQL in OrderBy`
	_ = sq.Select("id").From("orders").GroupBy("strftime('%Y', placed_at)")              // want `raw SQL in GroupBy`
	_ = sq.Select("id").From("orders").Prefix("WITH x AS (SELECT 1)")                    // want `raw SQL in Prefix`
	_ = sq.Insert("orders").Columns("id").Values(1).Suffix("ON CONFLICT DO NOTHING")     // want `raw SQL in Suffix`
	_ = sq.Select("id").From("orders").JoinClause("NATURAL JOIN " + part)                // want `can be injected into`
	_ = sq.Select("id").From("orders").OrderByClause(part)                               // want `can be injected into`

	_ = sq.Select("id", "status AS s", "orders.*", "COUNT(*)").From("orders")                          // ok: names and aggregates
	_ = sq.Select("SUM(total)", "COUNT(DISTINCT status) AS n").From("orders o")                        // ok: aggregates
	_ = sq.Select("id").From("orders").Where("status = ?", name)                                       // ok: a comparison
	_ = sq.Select("id").From("orders").Where("(status = ? OR total >= ?) AND id IS NOT NULL", name, 1) // ok: comparisons
	_ = sq.Select("id").From("orders").Where("status LIKE ? AND id IN (?, ?)", name, 1, 2)             // ok: LIKE and IN
	_ = sq.Select("id").From("orders").Where("id BETWEEN ? AND ?", 1, 2)                               // ok: BETWEEN
	_ = sq.Select("id").From("orders").Where("NOT (id = 1)")                                           // ok: NOT
	_ = sq.Select("id").From("orders").Where("")                                                       // ok: nothing
	_ = sq.Select("id").From("orders").Where(sq.Eq{"status": name})                                    // ok: squirrel's own
	_ = sq.Select("id").From("orders o").Join("customers c ON c.id = o.customer_id")                   // ok: a join of names
	_ = sq.Select("id").From("orders o").LeftJoin("customers c USING (id)")                            // ok: a join of names
	_ = sq.Select("id").From("orders").OrderBy("total DESC", "status COLLATE NOCASE")                  // ok: an order of names
	_ = sq.Select("id").From("orders").GroupBy("status").Having("COUNT(*) > ?", 1)                     // ok: an aggregate
	_ = sq.Insert("orders").Columns("id").Values(1).Suffix("RETURNING id, status")                     // ok: RETURNING of names
	// @native-sql squirrel has no functions
	_ = sq.Select("id").From("orders").Where("lower(status) = ?", name)                    // ok: a reason is given
	_ = sq.Update("orders").Set("placed_at", sq.Expr("CURRENT_TIMESTAMP"))                 // ok: a value
	_ = sq.Update("orders").Set("status", sq.Expr("NULL"))                                 // ok: a value
	_ = sq.Select("id").Column(sq.Expr("?", 1)).From("orders")                             // ok: a value
	_ = sq.Select("id").From("orders").Where(sq.Expr("status = ? OR total IS NULL", name)) // ok: comparisons
	_ = sq.Update("orders").Set("total", sq.Expr("total + 1"))                             // want `raw SQL without a reason`
	_ = sq.Insert("orders").Columns("placed_at").Values(sq.Expr("datetime('now')"))        // want `raw SQL without a reason`
	// @native-sql squirrel has no functions
	_ = sq.Expr("lower(status)") // ok: a reason is given
	_ = sq.Select("id").
		From("orders").
		// @native-sql squirrel has no functions
		Where("lower(status) = ?", name) // ok: a reason above the text
	// @native-sql-dynamic the part is written by the operator
	_ = sq.Select("id").From("orders").Where(part) // ok: the second directive
}

func rendered(ctx context.Context, db *sql.DB, q dbtx, b sq.SelectBuilder) error {
	text, args, err := b.ToSql()
	if err != nil {
		return err
	}
	db.QueryContext(ctx, text, args...) // ok: squirrel's text
	query, args := b.MustSql()
	q.QueryContext(ctx, query, args...) // ok: squirrel's text
	var s sq.Sqlizer = b
	again, args, _ := s.ToSql()
	runText(db, again, args)
	return nil
}

func runText(db *sql.DB, query string, args []any) {
	db.Exec(query, args...) // ok: every caller hands over squirrel's text
}

func schema(ctx context.Context, db *sql.DB, name string, id int) error {
	// @native-sql this is about the schema
	db.Query("SELECT nmae FROM customers") // want `no such column: nmae`
	query := "SELECT id FROM customers WHERE emial = ?"
	// @native-sql this is about the schema
	db.Query(query, name) // want `no such column: emial`
	// @native-sql this is about the schema
	db.Exec("UPDATE customers SET name = ? WHERE id = ?", name) // want `2 parameters, and 1 arguments`
	// @native-sql this is about the schema
	db.QueryRow("SELECT id, name FROM customers").Scan(&id) // want `2 columns, and Scan has 1 destinations`
	// @native-sql this is about the schema
	rows, err := db.Query("SELECT id, name FROM customers")
	if err != nil {
		return err
	}
	for rows.Next() {
		rows.Scan(&id) // want `2 columns, and Scan has 1 destinations`
	}
	// @native-sql this is about the schema
	row := db.QueryRow("SELECT id FROM customers")
	row.Scan(&id, &name) // want `1 columns, and Scan has 2 destinations`
	either := "SELECT id FROM customers"
	if id > 0 {
		either = "SELECT idd FROM customers"
	}
	// @native-sql this is about the schema
	db.Query(either) // want `no such column: idd`
	// @native-sql this is about the schema
	db.Exec("INSERT INTO customers (nmae) VALUES (?)", name) // want `no column named nmae`

	// @native-sql this is about the schema
	db.QueryRow("SELECT id, name FROM customers").Scan(&id, &name) // ok: as many
	// @native-sql this is about the schema
	more, err := db.Query("SELECT id, name FROM customers WHERE id = ?", id)
	for more.Next() {
		more.Scan(&id, &name) // ok: as many
	}
	var both *sql.Rows
	// @native-sql this is about the schema
	both, err = db.Query("SELECT id FROM customers")
	if id > 0 {
		// @native-sql this is about the schema
		both, err = db.Query("SELECT id, name FROM customers")
	}
	both.Scan(&id) // ok: one of two queries
	// @native-sql this is about the schema
	db.Exec("PRAGMA foreign_keys = ON") // ok: no statement about the schema
	// @native-sql this is about the schema
	db.Exec("CREATE TEMP TABLE temporary_things (x)")
	// @native-sql this is about the schema
	db.Exec("INSERT INTO temporary_things (x) VALUES (1)") // ok: a table of the program
	return err
}

func file(db *sql.DB, content []byte) {
	for _, statement := range strings.Split(string(content), ";") {
		db.Exec(statement) // want `raw SQL without a reason`
	}
}

type shell struct{}

func (shell) Exec(command string) error { return nil }

func (shell) Query(term string) []string { return nil }

func others(s shell, stmt *sql.Stmt, name string) {
	s.Exec("rm -r " + name)  // ok: no database
	s.Query("a search term") // ok: no database
	stmt.Exec("a value")     // ok: a value of a prepared statement
}
