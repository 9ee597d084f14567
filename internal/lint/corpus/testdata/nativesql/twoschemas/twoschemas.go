// Package twoschemas is in a project with two blocks over different schemas.
package twoschemas

import "database/sql"

func queries(db *sql.DB, a, b, c, d, e any) {
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT emial FROM customers") // want `no such column: emial`
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT totl FROM orders") // want `no such column: totl`
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT actr FROM events") // want `no such column: actr`
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT email, visits FROM customers") // want `no such column: (visits|email)`
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT id FROM events WHERE id = ?") // want `1 parameters, and 0 arguments`
	// @native-sql this is about the schemas of blocks
	db.QueryRow("SELECT * FROM events").Scan(a) // want `3 columns, and Scan has 1 destinations`
	// @native-sql this is about the schemas of blocks
	db.QueryRow("SELECT * FROM customers").Scan(a, b, c, d) // want `columns, and Scan has 4 destinations`
	// @native-sql this is about the schemas of blocks
	db.QueryRow("SELECT * FROM customers").Scan(a, b, c) // ok: the shop's
	// @native-sql this is about the schemas of blocks
	db.QueryRow("SELECT * FROM customers").Scan(a, b, c, d, e) // ok: the audit's
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT email FROM customers") // ok: the shop's
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT visits FROM customers") // ok: the audit's
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT actor FROM events") // ok: known
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT nope FROM nowhere")   // want `no such table: nowhere`
	db.Query("SELECT nope FROM customers") // want `raw SQL without a reason` `no such column: nope`
	db.Query("SELECT id FROM nowhere")     // want `raw SQL without a reason` `no such table: nowhere`
}
