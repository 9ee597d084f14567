// Package prepared has SQL with a reason that does not fit its arguments or results.
package prepared

import (
	"context"
	"database/sql"
)

func prepared(ctx context.Context, db *sql.DB, id int, name string) error {
	// @native-sql this is about the arguments
	db.Query("SELEC id FROM customers") // want `syntax error`
	// @native-sql this is about the arguments
	db.Query("-- by id\nSELECT idd FROM customers") // want `no such column: idd`
	// @native-sql this is about the arguments
	db.Query("EXPLAIN QUERY PLAN SELECT idd FROM customers") // want `no such column: idd`
	args := []any{1}
	// @native-sql this is about the arguments
	db.Query("SELECT id FROM customers WHERE id = ? AND name = ?", args...) // want `2 parameters, and 1 arguments`
	// @native-sql this is about the arguments
	db.Query("SELECT id FROM customers WHERE id = ? AND name = ?", []any{1}...) // want `2 parameters, and 1 arguments`
	dest := []any{&id}
	// @native-sql this is about the arguments
	db.QueryRow("SELECT id, name FROM customers").Scan(dest...) // want `2 columns, and Scan has 1 destinations`
	// @native-sql this is about the arguments
	st, err := db.PrepareContext(ctx, "SELECT id FROM customers WHERE name = ?")
	st.QueryRow().Scan(&id)                             // want `1 parameters, and 0 arguments`
	st.QueryRowContext(ctx, 1, 2).Scan(&id)             // want `1 parameters, and 2 arguments`
	st.QueryRow(name).Scan(&id, &name)                  // want `1 columns, and Scan has 2 destinations`
	if err := st.QueryRow(name).Scan(&id); err != nil { // ok: as many
		return err
	}
	rows, err := st.Query(name)
	rows.Scan(&id, &name) // want `1 columns, and Scan has 2 destinations`
	query := db.Query
	// @native-sql this is about the arguments
	query("SELECT idd FROM customers") // want `no such column: idd`
	// @native-sql this is about the arguments
	(*sql.DB).Exec(db, "DELETE FROM customers WHERE id = ?") // want `1 parameters, and 0 arguments`

	// @native-sql this is about the arguments
	(*sql.DB).Exec(db, "DELETE FROM customers WHERE id = ?", id) // ok: as many behind the receiver
	more := []any{1}
	more = append(more, 2)
	// @native-sql this is about the arguments
	db.Query("SELECT id FROM customers WHERE id = ? AND name = ?", more...) // ok: not known
	both := []any{&id, &name}
	both[1] = new(string)
	// @native-sql this is about the arguments
	db.QueryRow("SELECT id, name FROM customers").Scan(both...) // ok: as many
	// @native-sql this is about the arguments
	db.Exec("BEGIN IMMEDIATE") // ok: not about the schema
	other := st
	if id > 0 {
		// @native-sql this is about the arguments
		other, err = db.Prepare("SELECT id FROM customers")
	}
	other.QueryRow(1, 2) // ok: one of two statements
	for _, pair := range []struct{ table, column string }{{"customers", "name"}, {"orders", "status"}} {
		// @native-sql this is about the arguments
		db.Query("SELECT " + pair.column + " FROM " + pair.table) // ok: not every pair occurs
	}
	return err
}
