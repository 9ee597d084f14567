// Package otherengine is in a project with a block of another engine.
package otherengine

import "database/sql"

func queries(db *sql.DB, a, b, c, d, e any) {
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT emial FROM customers") // ok: it is not known which database this is for
}
