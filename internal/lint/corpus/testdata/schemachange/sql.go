// Package schemachange changes the schema in every way.
package schemachange

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
)

const ddl = "CREATE TABLE logs (id INTEGER)"

const part = "CREATE " + "TABLE logs"

var statements = "DROP TABLE logs"

var reassigned = "SELECT 1"

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type store struct{ db *sql.DB }

func (s store) exec(query string) error { _, err := s.db.Exec(query); return err }

func changes(ctx context.Context, db *sql.DB, tx *sql.Tx, conn *sql.Conn, x *sqlx.DB, e execer, name string, s store) {
	db.Exec("CREATE TABLE logs (id INTEGER)")                                 // want `^CREATE TABLE logs changes the schema outside of the migrations`
	db.Exec("create table if not exists logs (id)")                           // want `CREATE TABLE logs changes`
	db.Exec("CREATE TABLE \"my logs\" (id)")                                  // want `CREATE TABLE my logs changes`
	db.Exec("CREATE TABLE main.logs (id)")                                    // want `CREATE TABLE logs changes`
	db.Exec("CREATE TABLE logs AS SELECT * FROM users")                       // want `CREATE TABLE logs changes`
	db.Exec("CREATE VIRTUAL TABLE docs USING fts5(body)")                     // want `CREATE TABLE docs changes`
	db.Exec("CREATE INDEX logs_id ON logs (id)")                              // want `CREATE INDEX logs_id changes`
	db.Exec("CREATE UNIQUE INDEX IF NOT EXISTS logs_id ON logs (id)")         // want `CREATE INDEX logs_id changes`
	db.Exec("CREATE VIEW v AS SELECT 1")                                      // want `CREATE VIEW v changes`
	db.Exec("CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END")     // want `CREATE TRIGGER t changes`
	db.Exec("ALTER TABLE users ADD COLUMN age INTEGER")                       // want `ALTER TABLE users changes`
	db.Exec("ALTER TABLE users RENAME TO people")                             // want `ALTER TABLE users changes`
	db.Exec("ALTER TABLE users DROP COLUMN name")                             // want `ALTER TABLE users changes`
	db.Exec("DROP TABLE users")                                               // want `DROP TABLE users changes`
	db.Exec("DROP TABLE IF EXISTS users")                                     // want `DROP TABLE users changes`
	db.Exec("DROP INDEX users_name")                                          // want `DROP INDEX users_name changes`
	db.Exec("DROP VIEW IF EXISTS v")                                          // want `DROP VIEW v changes`
	db.Exec("DROP TRIGGER t")                                                 // want `DROP TRIGGER t changes`
	db.Exec("PRAGMA foreign_keys = OFF; DROP TABLE users")                    // want `DROP TABLE users changes`
	db.Exec("INSERT INTO users (name) VALUES (';'); ALTER TABLE users ADD a") // want `ALTER TABLE users changes`
	db.Exec("-- a comment\n/* and one more */ DROP TABLE users")              // want `DROP TABLE users changes`
	db.Exec("PRAGMA writable_schema = ON")                                    // want `PRAGMA writable_schema changes`
	db.Exec("PRAGMA writable_schema(1)")                                      // want `PRAGMA writable_schema changes`
	db.Exec("PRAGMA main.writable_schema = 1")                                // want `PRAGMA writable_schema changes`
	db.Exec("UPDATE sqlite_schema SET sql = '' WHERE name = 'users'")         // want `UPDATE of sqlite_schema changes`
	db.Exec("DELETE FROM sqlite_master WHERE name = 'users'")                 // want `DELETE of sqlite_master changes`
	db.Exec("INSERT INTO main.sqlite_schema VALUES (1)")                      // want `INSERT of sqlite_schema changes`
	db.Exec(ddl)                                                              // want `CREATE TABLE logs changes`
	db.Exec(part + " (id)")                                                   // want `CREATE TABLE logs changes`
	db.Exec(statements)                                                       // want `DROP TABLE logs changes`
	db.Exec("DROP TABLE " + name)                                             // want `DROP TABLE changes`
	db.Exec(fmt.Sprintf("ALTER TABLE %s ADD COLUMN a", name))                 // want `ALTER TABLE changes`
	db.Exec(fmt.Sprintf("CREATE TABLE %q (id)", name))                        // want `CREATE TABLE changes`
	db.Exec(strings.TrimSpace("\n\tDROP TABLE users"))                        // want `DROP TABLE users changes`
	db.ExecContext(ctx, "DROP TABLE users")                                   // want `DROP TABLE users changes`
	db.Query("DROP TABLE users")                                              // want `DROP TABLE users changes`
	db.QueryRowContext(ctx, "DROP TABLE users")                               // want `DROP TABLE users changes`
	db.Prepare("CREATE TABLE logs (id)")                                      // want `CREATE TABLE logs changes`
	tx.Exec("DROP TABLE users")                                               // want `DROP TABLE users changes`
	conn.ExecContext(ctx, "DROP TABLE users")                                 // want `DROP TABLE users changes`
	e.ExecContext(ctx, "DROP TABLE users")                                    // want `DROP TABLE users changes`
	x.MustExec("DROP TABLE users")                                            // want `DROP TABLE users changes`
	x.NamedExec("DROP TABLE users", nil)                                      // want `DROP TABLE users changes`
	x.Exec("DROP TABLE users")                                                // want `DROP TABLE users changes`
	s.exec("DROP TABLE users")                                                // want `DROP TABLE users changes`
	local := "DROP TABLE users"
	db.Exec(local) // want `DROP TABLE users changes`
	text := "CREATE TABLE logs ("
	text += name + ")"
	db.Exec(text) // want `CREATE TABLE logs changes`
	for _, statement := range []string{"SELECT 1", "DROP TABLE users"} {
		db.Exec(statement) // want `DROP TABLE users changes`
	}
	either := "DELETE FROM users"
	if name != "" {
		either = "DROP TABLE users"
	}
	db.Exec(either) // want `DROP TABLE users changes`
	// @schema-change too short
	db.Exec("DROP TABLE users") // want `DROP TABLE users changes`
	// @native-sql this is the reason of something else
	db.Exec("DROP TABLE users") // want `DROP TABLE users changes`
}
