package schemachange

import (
	"bytes"
	"database/sql"
	"fmt"
	"strings"
)

var byName = map[string]string{"logs": "DROP TABLE logs"}

var lists = []string{"CREATE TABLE logs (id INTEGER)", "CREATE INDEX logs_id ON logs (id)"}

type migrator interface{ AutoMigrate(dst ...any) error }

type documents interface{ AutoMigrate(collection string) }

func indirect(db *sql.DB, name string, m migrator, d documents) {
	run := db.Exec
	run("DROP TABLE users")                // want `DROP TABLE users changes`
	(*sql.DB).Exec(db, "DROP TABLE users") // want `DROP TABLE users changes`
	db.Exec(byName[name])                  // want `DROP TABLE logs changes`
	db.Exec(lists[1])                      // want `CREATE TABLE logs changes`
	db.Exec(strings.Join(lists, ";"))      // want `CREATE TABLE logs changes`
	db.Exec(table(name))                   // want `CREATE TABLE changes`
	var b strings.Builder
	b.WriteString("CREATE TABLE ")
	b.WriteString(name)
	db.Exec(b.String()) // want `CREATE TABLE changes`
	var c bytes.Buffer
	fmt.Fprintf(&c, "ALTER TABLE %s ADD COLUMN x", name)
	db.Exec(c.String())                        // want `ALTER TABLE changes`
	apply(db, "DROP TABLE users")              // want `DROP TABLE users changes`
	again(db, "DROP TABLE "+name)              // want `DROP TABLE changes`
	m.AutoMigrate(name)                        // want `AutoMigrate changes the schema`
	db.Exec("CREATE TEMP VIEW tv AS SELECT 1") // ok: temporary
	db.Exec("CREATE VIEW v AS SELECT 1")       // want `CREATE VIEW v changes`
	apply(db, "DELETE FROM users")             // ok: no change of the schema
	// @schema-change the cache has its own file
	apply(db, "CREATE TABLE cache (id INTEGER)") // ok: excused at the call
	show("DROP TABLE users")                     // ok: goes nowhere
	d.AutoMigrate(name)                          // ok: another method of that name
	shown := strings.Builder{}
	shown.WriteString("DROP TABLE users") // ok: goes nowhere
	db.Exec("SELECT 'CREATE TABLE'")      // ok: a value
}

func table(name string) string { return "CREATE TABLE " + name + " (id INTEGER)" }

func apply(db *sql.DB, script string) { _, _ = db.Exec(script) }

func again(db *sql.DB, script string) { apply(db, script) }

func show(string) {}
