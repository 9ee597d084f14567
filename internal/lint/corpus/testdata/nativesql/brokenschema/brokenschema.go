// Package brokenschema is in a project one of whose schemas is broken.
package brokenschema

import "database/sql"

func queries(db *sql.DB, a, b, c, d, e any) {
	// @native-sql this is about the schemas of blocks
	db.Query("SELECT emial FROM customers") // ok: it is not known which database this is for
}
