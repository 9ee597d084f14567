// Package reasons has directives that say why, and others.
package reasons

import (
	"context"
	"database/sql"
)

// @native-sql the whole function is about the planner
func above(db *sql.DB) {
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
}

// placed does things.
// @native-sql the whole function is about the planner
func doc(db *sql.DB) { db.Exec("DELETE FROM customers") } // ok: on the line above the call

func place(ctx context.Context, db *sql.DB) {
	_ = 0                            // @native-sql at the end of a line
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	/* @native-sql in a block comment it is */
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql one line further down

	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql:
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql - - -
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql . . . .
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql reason
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql needed here
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql raw sql needed
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql raw SQL is needed here
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql TODO explain
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql TODO: explain this later
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql FIXME say why this is
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql say why it is here
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql <why this is>
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql lorem ipsum dolor
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql a b c
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql x x x
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql this is raw sql
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql to silence the linter
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql because I say so
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sqlthe planner needs this hint
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @Native-SQL the planner needs this hint
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// native-sql the planner needs this hint
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// see @native-sql the planner needs this hint
	db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	// @native-sql-dynamic the planner needs this hint
	db.Exec("DELETE FROM customers") // ok: what allows more
	// @native-sql-dynamic
	db.Exec("DELETE FROM " + other()) // want `can be injected into`
	// @native-sql the planner needs this hint
	db.Exec("DELETE FROM " + dyn(db)) // want `can be injected into`

	//@native-sql the planner needs this hint
	db.Exec("DELETE FROM customers") // ok: without a space
	// @native-sql the planner needs this hint
	// and it goes on here.
	db.Exec("DELETE FROM customers") // ok: goes on
	// What it does.
	// @native-sql the planner needs this hint
	db.Exec("DELETE FROM customers") // ok: after other text
	// @native-sql: the planner needs this hint
	db.Exec("DELETE FROM customers") // ok: with a colon
	// @native-sql — the planner needs this hint
	db.Exec("DELETE FROM customers") // ok: with a dash
	// @native-sql sqlc refuses IS ? here
	_, err := db.ExecContext(ctx, "DELETE FROM customers WHERE id IS ?", 1) // ok: specific
	// @native-sql sqlc lehnt IS ? ab
	if _, err := db.ExecContext(ctx, "DELETE FROM customers"); err != nil { // ok: another language
		return
	}
	// @native-sql 再帰CTEはsqlcで扱えないため、生のSQLを使う
	db.Exec("DELETE FROM customers") // ok: a language without spaces
	// @native-sql PRAGMA optimize is no query of sqlc
	_, err = db.Exec(
		"PRAGMA optimize") // ok: above the statement
	switch {
	case err != nil:
		// @native-sql UPSERT with a partial index
		db.Exec("DELETE FROM customers") // ok: in a case
	}
	// @native-sql no word in sqlc for it
	go func() { db.Exec("DELETE FROM customers") }() // ok: on the line above
}

func dyn(db *sql.DB) string { return "" + other() }

var other func() string

// @native-sql the list of customers by a virtual table
const listRooms = "SELECT id FROM customers"

func useConst(db *sql.DB) {
	db.Query(listRooms) // want `raw SQL without a reason`
}
