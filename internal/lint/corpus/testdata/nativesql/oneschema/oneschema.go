// Package oneschema is in a project with two blocks over one schema.
package oneschema

import "database/sql"

func queries(db *sql.DB, a, b, c, d, e any) {
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT emial FROM customers") // want `no such column: emial`
	// @native-sql this is about the schemas of blocks
	db.Exec("UPDATE orders SET totl = 1 WHERE id = ?", 1) // want `no such column: totl`
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT id FROM orders WHERE id = ?") // want `1 parameters, and 0 arguments`
	// @native-sql this is about the schemas of blocks
	db.QueryRow("SELECT * FROM orders").Scan(a) // want `3 columns, and Scan has 1 destinations`
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT email FROM customers") // ok: known
}
