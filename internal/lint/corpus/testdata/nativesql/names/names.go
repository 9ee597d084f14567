// Package names has queries with wrong names, with and without a reason.
package names

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

const removed = "DELETE FROM customers WHERE hues = ?"

func whole(ctx context.Context, db *sql.DB, tx *sql.Tx, flag bool) {
	db.Exec("DELETE FROM customers WHERE hues = ?", 1)                          // want `raw SQL without a reason` `no such column: hues`
	db.Exec(removed, 1)                                                         // want `raw SQL without a reason` `no such column: hues`
	tx.QueryContext(ctx, "SELECT hues FROM customers")                          // want `raw SQL without a reason` `no such column: hues`
	db.Query("SELECT id FROM purchases")                                        // want `raw SQL without a reason` `no such table: purchases`
	db.Exec("INSERT INTO customers (hues) VALUES (?)", 1)                       // want `raw SQL without a reason` `no column named hues`
	db.Exec("UPDATE custmers SET name = ?", 1)                                  // want `raw SQL without a reason` `no such table: custmers; did you mean customers`
	db.Query("SELECT nmae FROM customers")                                      // want `raw SQL without a reason` `no such column: nmae; did you mean name`
	db.Exec("DELETE FROM orders; DELETE FROM parcels")                          // want `raw SQL without a reason` `no such table: parcels`
	db.Query("SELECT c.hues, slogan, c.name FROM customers c WHERE c.hues = 1") // want `raw SQL without a reason` `no such column: c.hues` `no such column: slogan`
	q := "SELECT id FROM customers"
	if flag {
		q = "SELECT hues FROM customers"
	}
	db.Query(q) // want `raw SQL without a reason` `no such column: hues`

	// @native-sql this is about names
	db.Exec("DELETE FROM customers WHERE email = ?", 1) // ok: a column
	// @native-sql this is about names
	db.Exec("DELETE FROM orders; DELETE FROM customers") // ok: two statements
	// @native-sql this is about names
	db.Query("SELECT name FROM sqlite_master") // ok: the schema itself
	// @native-sql this is about names
	db.Query("WITH p AS (SELECT 1 AS n) SELECT n FROM p") // ok: a CTE
	// @native-sql this is about names
	db.Query("SELECT value FROM generate_series(1, 9)") // ok: a function that the program may have
	// @native-sql this is about names
	db.Query("SELECT nope FROM other.nowhere") // ok: an attached database
	// @native-sql this is about names
	db.Exec("CREATE TEMP TABLE picked (id INTEGER); INSERT INTO picked VALUES (1)") // ok: after a change of the schema
	// @native-sql this is about names
	db.Query("SELECT id FROM picked") // ok: a temporary table of the program
}

func parts(db *sql.DB, name string, names []string, n int) {
	db.Query("SELECT hues FROM customers WHERE name = '" + name + "'")                    // want `can be injected` `no such column: hues`
	db.Query("SELECT id FROM customers WHERE hues IN (" + strings.Join(names, ",") + ")") // want `can be injected` `no such column: hues`
	db.Query(fmt.Sprintf("SELECT id FROM customers WHERE hues = '%s' LIMIT %d", name, n)) // want `can be injected` `no such column: hues`
	db.Query("SELECT id FROM customers WHERE hues = 1 ORDER BY " + name)                  // want `can be injected` `no such column: hues`
	db.Query("SELECT customers.hues FROM customers " + name)                              // want `can be injected` `no such column: customers.hues`
	db.Query("SELECT id FROM purchases WHERE name = '" + name + "'")                      // want `can be injected` `no such table: purchases`
	q := "SELECT id FROM customers WHERE hues = 1"
	if name != "" {
		q += " AND name = '" + name + "'"
	}
	db.Query(q) // want `can be injected` `no such column: hues`

	// @native-sql-dynamic this is about names
	db.Query("SELECT id FROM customers WHERE email = '" + name + "'") // ok: a column
	// @native-sql-dynamic this is about names
	db.Query("SELECT hues FROM " + name) // ok: the table is not known
	// @native-sql-dynamic this is about names
	db.Query("SELECT hues FROM customers " + name + " WHERE id = 1") // ok: there may be a join
	// @native-sql-dynamic this is about names
	db.Query("SELECT " + name + " FROM customers ORDER BY shown") // ok: it may be an alias
	// @native-sql-dynamic this is about names
	db.Query("SELECT hues_" + name + " FROM customers") // ok: a part of a name
	// @native-sql-dynamic this is about names
	db.Query("SELECT id FROM customers WHERE " + name + " = 1") // ok: the column is not known
	// @native-sql-dynamic this is about names
	db.Exec("INSERT INTO customers (" + name + ") VALUES (1)") // ok: the columns are not known
}
