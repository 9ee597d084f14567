package schemachange

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
)

const help = "CREATE TABLE logs (id INTEGER)" // ok: it goes nowhere

type command struct{}

func (command) Exec(name string, args ...string) error { return nil }
func (command) Print(text string)                      {}

func quiet(ctx context.Context, db *sql.DB, tx *sql.Tx, name string, from bytes.Buffer) error {
	db.Exec("CREATE TEMP TABLE ids (id INTEGER)")                                  // ok: temporary
	db.Exec("CREATE TEMPORARY TABLE IF NOT EXISTS ids (id)")                       // ok: temporary
	db.Exec("CREATE TABLE temp.scratch (id)")                                      // ok: temporary, by its schema
	db.Exec("CREATE TEMP VIEW recent AS SELECT 1")                                 // ok: temporary
	db.Exec("CREATE TEMP TRIGGER noted AFTER INSERT ON users BEGIN SELECT 1; END") // ok: temporary
	db.Exec("DROP TABLE ids")                                                      // ok: a temporary table
	db.Exec("DROP TABLE IF EXISTS temp.scratch")                                   // ok: a temporary table
	db.Exec("ALTER TABLE ids ADD COLUMN x")                                        // ok: a temporary table
	db.Exec("CREATE INDEX ids_id ON ids (id)")                                     // ok: on a temporary table
	db.Exec("CREATE TEMP TABLE " + name + " (id)")                                 // ok: temporary
	db.Exec(fmt.Sprintf("CREATE TEMP TABLE %s (id)", name))                        // ok: temporary
	db.Exec("CREATE TABLE backup.users AS SELECT * FROM users")                    // ok: an attached database
	db.Exec("DROP TABLE backup.users")                                             // ok: an attached database
	db.Exec("INSERT INTO users (name) VALUES ('CREATE TABLE x (y)')")              // ok: a value
	db.Exec("INSERT INTO users (name) VALUES ('; DROP TABLE users;')")             // ok: a value
	db.Exec("INSERT INTO users (name) VALUES (?)", "DROP TABLE users")             // ok: a value that is bound
	db.Exec("DELETE FROM users -- ; DROP TABLE users")                             // ok: a comment
	db.Exec("SELECT 1 /* ; DROP TABLE users; */")                                  // ok: a comment
	db.Exec("SELECT \"DROP TABLE users\"")                                         // ok: a name
	db.Query("SELECT sql FROM sqlite_schema")                                      // ok: it reads the schema
	db.Query("PRAGMA writable_schema")                                             // ok: it reads the setting
	db.Exec("PRAGMA writable_schema = OFF")                                        // ok: it is switched off
	db.Exec("PRAGMA foreign_keys = ON")                                            // ok: another setting
	db.Exec("DELETE FROM users WHERE name = 'sqlite_schema'")                      // ok: a value
	db.Exec("INSERT INTO logs SELECT name FROM sqlite_schema")                     // ok: it reads the schema
	db.Exec("VACUUM")                                                              // ok: the schema stays
	db.Exec("REINDEX users_name")                                                  // ok: the schema stays
	db.Exec("ANALYZE")                                                             // ok: the schema stays
	db.Exec("ATTACH 'x.db' AS backup")                                             // ok: the schema stays
	db.Exec("DELETE FROM create_table")                                            // ok: a name
	db.Exec("UPDATE users SET name = 'alter table'")                               // ok: a value
	db.Exec("SAVEPOINT drop_table")                                                // ok: a name
	db.Exec("CREATE")                                                              // ok: no statement
	db.Exec("DROP DATABASE x")                                                     // ok: no statement of SQLite's
	db.Exec(from.String())                                                         // ok: not known
	db.Exec(name + "CREATE TABLE x (y)")                                           // ok: how it begins is not known
	fmt.Println("CREATE TABLE logs (id)")                                          // ok: no SQL runs
	command{}.Print("DROP TABLE users")                                            // ok: no SQL runs
	command{}.Exec("create", "table", "logs")                                      // ok: words
	exec.Command("DROP", "TABLE", "users")                                         // ok: no SQL runs
	syscall.Exec("/bin/true", nil, nil)                                            // ok: no SQL runs
	_ = errors.New("DROP TABLE users")                                             // ok: a message
	db.Exec("CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY)")              // ok: goose's own table
	// @schema-change the cache file is made by this program alone
	db.Exec("CREATE TABLE cache (id)") // ok: it has a reason
	// @schema-change the cache file is made by this program alone
	if _, err := tx.ExecContext(ctx, "DROP TABLE cache"); err != nil { // ok: it has a reason above the statement
		return err
	}
	reassigned = name
	_, err := db.Exec(reassigned) // ok: not known
	return err
}
