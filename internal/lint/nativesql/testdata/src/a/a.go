package a

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/Masterminds/squirrel"
)

type DBTX interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

type client struct{ DBTX }

type shell interface {
	Exec(command string, args ...any) error
}

const byName = "SELECT id FROM users WHERE name = ?"

func reasons(ctx context.Context, db *sql.DB, tx *sql.Tx, conn *sql.Conn, c client, i DBTX) {
	db.Exec("DELETE FROM users")                    // want `raw SQL without a reason`
	db.Query(byName, "x")                           // want `raw SQL without a reason`
	tx.Prepare(byName)                              // want `raw SQL without a reason`
	conn.QueryRowContext(ctx, byName, "x")          // want `raw SQL without a reason`
	i.ExecContext(ctx, "DELETE FROM users")         // want `raw SQL without a reason`
	c.ExecContext(ctx, "DELETE FROM users")         // want `raw SQL without a reason`
	c.DBTX.QueryRowContext(ctx, byName, "x")        // want `raw SQL without a reason`
	_ = squirrel.Expr("1 + 1")                      // want `raw SQL without a reason`
	func() { db.Exec("UPDATE users SET id = 1") }() // want `raw SQL without a reason`

	// @native-sql
	db.Exec("DELETE FROM users") // want `raw SQL without a reason`

	// @native-sql <why> is to be said
	db.Exec("DELETE FROM users") // want `raw SQL without a reason`

	// @native-sql because reasons
	db.Exec("DELETE FROM users") // want `raw SQL without a reason`

	// @native-sql sqlc cannot empty a table

	db.Exec("DELETE FROM users") // want `raw SQL without a reason`

	// @native-sql sqlc cannot empty a table
	db.Exec("DELETE FROM users")

	// @native-sql sqlc cannot empty a table
	if _, err := db.Exec("DELETE FROM users"); err != nil {
		db.Exec("DELETE FROM users") // want `raw SQL without a reason`
	}
}

func injection(db *sql.DB, name string, n int, order func() string) {
	db.Query("SELECT id FROM users WHERE name = '" + name + "'") // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM %s", name))             // want `can be injected into`
	db.Query("SELECT id FROM users ORDER BY " + order())         // want `can be injected into`

	// @native-sql a directive that is not enough
	db.Query("SELECT id FROM " + name) // want `can be injected into`

	// @native-sql-dynamic name is one of our own tables
	db.Query("SELECT id FROM " + name)

	// @native-sql the limit is a number
	db.Query(fmt.Sprintf("SELECT id FROM users LIMIT %d", n))

	// @native-sql put together of constants only
	db.Query("SELECT id " + "FROM users")
}

func schema(ctx context.Context, db *sql.DB, name string, args []any, c client) {
	var id int
	// @native-sql this is about the schema
	db.Query("SELECT nmae FROM users") // want `SQLite refuses this on the migrated schema: no such column: nmae`
	// @native-sql this is about the schema
	db.Query("SELECT id FORM users") // want `SQLite refuses this`
	// @native-sql this is about the schema
	c.ExecContext(ctx, "UPDATE users SET nam = ?", name) // want `no such column: nam`
	// @native-sql this is about parameters
	db.Query(byName) // want `1 parameters, and 0 arguments`
	// @native-sql this is about parameters
	db.Query(byName, name, name) // want `1 parameters, and 2 arguments`
	// @native-sql this is about the result
	db.QueryRow(byName, name).Scan(&id, &name) // want `1 columns, and Scan has 2 destinations`

	// @native-sql this is about look-alikes
	db.QueryRow(byName, name).Scan(&id)
	// @native-sql this is about look-alikes
	db.Query(byName, args...)
	// @native-sql this is about look-alikes
	db.Query("SELECT id FROM users WHERE name = :name", sql.Named("name", name))
	// @native-sql this is about look-alikes
	db.Query("SELECT id FROM users WHERE name = ?1 OR ?1 = ''", name)
	// @native-sql this is about look-alikes
	db.Query("SELECT x FROM temporary_table") // want `no such table: temporary_table`
	// @native-sql this is about look-alikes
	db.Exec("PRAGMA foreign_keys = ON")
	// @native-sql this is about look-alikes
	db.Prepare(byName)
}

func others(s shell, stmt *sql.Stmt) {
	s.Exec("rm")
	stmt.Exec("a value, and no SQL")
}
