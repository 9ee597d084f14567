// Package both has queries for SQLite and PostgreSQL, and for one of them.
package both

import (
	"database/sql"

	_ "github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"
)

const countPG = "SELECT date_trunc('hour', placed_at), shipped FROM orders"

func both(db *sql.DB, driver string) {
	// @native-sql this is about two databases
	db.Query("SELECT caption FROM customers WHERE id = $1", 1) // want `no such column: caption`
	// @native-sql this is about two databases
	db.Query("SELECT id FROM parcels WHERE id = $1", 1) // want `no such table: parcels`
	// @native-sql this is about two databases
	db.Query("SELECT id FROM customers WHERE name ILIKE $1", "x") // ok: another dialect
	// @native-sql this is about two databases
	db.Query("SELECT id::text FROM customers WHERE tags @> $1 FOR UPDATE", "x") // ok: another dialect
	// @native-sql this is about two databases
	db.Exec("INSERT INTO orders (total) VALUES ($1) ON DUPLICATE KEY UPDATE total = 1", 1) // ok: another dialect
	// @native-sql this is about two databases
	db.Query(countPG) // ok: only PostgreSQL
	if driver == "postgres" {
		// @native-sql this is about two databases
		db.Query("SELECT search_vector FROM customers") // ok: only PostgreSQL
		// @native-sql this is about two databases
		db.Query("SELECT nmae FROM customers") // want `no such column: nmae; did you mean name`
		// @native-sql this is about two databases
		db.Query("SELECT relname FROM pg_class") // ok: only PostgreSQL
	}
}
