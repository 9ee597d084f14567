// Package market hands parts of queries to another package.
package market

import (
	"database/sql"

	"github.com/dreysql/drey/internal/lint/corpus/testdata/nativesql/names"
)

func Market(db *sql.DB, s names.Sorter) {
	names.Sorted(db, "total")  // ok: a column
	names.Sorted(db, "totals") // want `no such column: totals; did you mean total\?`
	names.Count(db, "orders")  // ok: a table
	names.Count(db, "order_s") // want `no such table: order_s; did you mean orders\?`
	names.By(db, names.Order{Column: "placed_at"})
	names.By(db, names.Order{Column: "placed_on"}) // want `no such column: placed_on; did you mean placed_at\?`
	s.SortedBy("statu")                            // want `no such column: statu; did you mean status\?`
	names.Titled(db, "anything")                   // ok: a value
}
