// Package constants has statements that no call of a database takes as far as can be
// seen, and texts that look like some.
package constants

import (
	"fmt"
	"strings"

	sq "github.com/Masterminds/squirrel"
)

var queries = map[string]string{
	"gone":  "SELECT id, hues FROM customers WHERE id = ?",  // want `no such column: hues`
	"there": "SELECT id, email FROM customers WHERE id = ?", // ok: columns
}

type step struct{ name, sql string }

var steps = []step{
	{"one", "UPDATE customers SET hues = 1 WHERE id = ?"},   // want `no such column: hues`
	{"two", "DELETE FROM parcels WHERE id = ?"},             // want `no such table: parcels`
	{"three", "UPDATE customers SET name = 1 WHERE id = ?"}, // ok: a column
}

type runner interface {
	Run(sql string) error
	Exec(q sq.Sqlizer) error
}

const template = "SELECT id FROM customers WHERE hues IN (PLACE)" // ok: it is filled

func run(r runner, name string) {
	r.Run("INSERT INTO customers (hues) VALUES (1)")           // want `no column named hues`
	r.Run("INSERT INTO customers (name) VALUES (1)")           // ok: a column
	r.Exec(sq.Expr("DELETE FROM customers WHERE hues = ?", 1)) // want `no such column: hues` `raw SQL without a reason`
	r.Run(strings.ReplaceAll(template, "PLACE", name))
	q := "SELECT id FROM new_items WHERE id > 1" // ok: it follows a WITH
	r.Run("WITH new_items AS (SELECT 1 AS id) " + q)
	compose(r, "SELECT n.id FROM new_items n WHERE n.id > 1") // ok: a part of another text
}

func compose(r runner, rest string) { r.Run("WITH new_items AS (SELECT 1 AS id) " + rest) }

func help() {
	fmt.Println("DELETE FROM the list WHERE you like") // ok: a text
	usage("Select files from disk")                    // ok: a text
	usage("select files from disk")                    // ok: a text
	usage("update things set aside")                   // ok: a text
	usage("Delete from cache")                         // ok: a text
	usage("with all due respect")                      // ok: a text
	usage("SELECT a plan")                             // ok: a text
}

func usage(string) {}
