// Package missing names tables that no migration makes, and some that are there all
// the same.
package missing

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

func run(sq.Sqlizer) {}

var dollar = sq.StatementBuilder.PlaceholderFormat(sq.Dollar)

func wrong() {
	run(sq.Select("id").From("purchases"))                                                          // want `no such table: purchases`
	run(sq.Select("id").From("main.purchases"))                                                     // want `no such table: (main\.)?purchases`
	run(sq.Select("id").From(`"purchases" AS p`))                                                   // want `no such table: purchases`
	run(sq.Select("id").From("orders").Join("shipments s ON s.order_id = orders.id"))               // want `no such table: shipments`
	run(sq.Insert("purchases").Columns("id").Values(1))                                             // want `no such table: purchases`
	run(sq.Insert("").Into("purchases").Columns("id").Values(1))                                    // want `no such table: purchases`
	run(sq.Replace("purchases").Columns("id").Values(1))                                            // want `no such table: purchases`
	run(sq.Update("purchases").Set("id", 1).Where("id = 2"))                                        // want `no such table: purchases`
	run(sq.Update("").Table("purchases").Set("id", 1).Where("id = 2"))                              // want `no such table: purchases`
	run(sq.Delete("purchases").Where("id = 2"))                                                     // want `no such table: purchases`
	run(sq.Delete("").From("purchases").Where("id = 2"))                                            // want `no such table: purchases`
	run(sq.Select("id").From("orders").Where("id IN (SELECT order_id FROM shipments)"))             // want `no such table: shipments`
	run(sq.Select("id").From("orders").Where(sq.Expr("EXISTS (?)", sq.Select("1").From("parcel")))) // want `no such table: parcel`
	run(sq.Select("x.id").FromSelect(sq.Select("id").From("purchases"), "x"))                       // want `no such table: purchases`
	run(sq.Select("x.id").Prefix("WITH x AS (SELECT id FROM purchases)").From("x"))                 // want `no such table: purchases`
	run(sq.Insert("orders").Columns("total").Select(sq.Select("total").From("purchases")))          // want `no such table: purchases`
	run(dollar.Select("id").From("purchases").Where("id = $1", 1))                                  // want `no such table: purchases`
}

func right(db *sql.DB) {
	run(sq.Select("id").From("orders"))                                                    // ok: a table
	run(sq.Select("id").From("big_orders"))                                                // ok: a view
	run(sq.Select("p.id").Prefix("WITH p AS (SELECT id FROM orders)").From("p"))           // ok: a CTE
	run(sq.Select("id").From("orders AS purchases").Where("purchases.total > 1"))          // ok: an alias
	run(sq.Select("purchases.id").FromSelect(sq.Select("id").From("orders"), "purchases")) // ok: a subquery's name
	run(sq.Select("sql").From("sqlite_master"))                                            // ok: the schema itself
	run(sq.Select("sql").From("sqlite_schema"))                                            // ok: the schema by its newer name
	run(sq.Select("seq").From("sqlite_sequence"))                                          // ok: a table of SQLite's
	run(sq.Select("stat").From("sqlite_stat1"))                                            // ok: a table of ANALYZE
	run(sq.Select("sum(pgsize)").From("dbstat"))                                           // ok: a table of some builds
	run(sq.Select("name").From("pragma_table_list"))                                       // ok: a pragma
	run(sq.Select("name").From("pragma_table_info('orders')"))                             // ok: a pragma with an argument
	run(sq.Select("value").From("json_each('[]')"))                                        // ok: a function
	run(sq.Select("fullkey").From("json_tree('[]')"))                                      // ok: a function
	run(sq.Select("value").From("generate_series(1, 9)"))                                  // ok: a function of some builds
	run(sq.Select("id").From("words(1)"))                                                  // ok: a function that the program may register
	run(sq.Select("block").From("notes_data"))                                             // ok: a table of FTS5's
	run(sq.Select("MAX(version_id)").From("goose_db_version"))                             // ok: goose's own
	db.Exec("CREATE TEMPORARY TABLE IF NOT EXISTS picked (id INTEGER)")
	run(sq.Select("id").From("picked"))                                 // ok: a temporary table of the program
	run(sq.Select("p.id").From("orders o").Join("picked p USING (id)")) // ok: a temporary table in a join
	run(sq.Insert("picked").Columns("id").Values(1))                    // ok: a temporary table that is written
	run(sq.Select("id").From("temp.whatever"))                          // ok: another schema of the connection
	run(sq.Delete("archive.purchases").Where("id = 1"))                 // ok: an attached database
}
