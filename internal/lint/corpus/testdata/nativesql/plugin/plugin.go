// Package plugin is in a project with a block that generates more than Go.
package plugin

import "database/sql"

func queries(db *sql.DB, a, b, c, d, e any) {
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT emial FROM customers") // want `no such column: emial`
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT email FROM customers") // ok: known
}
