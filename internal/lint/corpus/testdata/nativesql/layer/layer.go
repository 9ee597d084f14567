// Package layer has its reason in the package comment.
//
// @native-sql this package is the layer itself
package layer

import "database/sql"

func run(db *sql.DB, name string) {
	db.Exec("DELETE FROM orders")          // ok: the package has a reason
	db.Query("SELECT nmae FROM customers") // want `no such column: nmae`
	db.Query("SELECT id FROM " + name)     // want `can be injected into`
}
