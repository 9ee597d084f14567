// Package tables is a library: who calls it is not in sight.
package tables

import "database/sql"

func Empty(db *sql.DB, table string) error {
	// @native-sql the table has no type
	_, err := db.Exec("DELETE FROM " + table) // want `can be injected into`
	return err
}
