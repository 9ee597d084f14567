// Package inside has statements inside of others whose own names are wrong, or not known.
package inside

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

func wrongAround(db *sql.DB) {
	count := sq.Select("COUNT(*)").From("ordrs") // want `no such table: ordrs; did you mean orders`
	count = count.Where("total > 1")
	sq.Select("id").Column(sq.Alias(count, "n")).From("custmers").RunWith(db).Query()                                                              // want `no such table: custmers; did you mean customers`
	sq.Select("id").From("custmers").Where(sq.Expr("id IN (?)", sq.Select("custmer_id").From("orders"))).RunWith(db).Query()                       // want `no such table: custmers` `no such column: custmer_id; did you mean customer_id`
	sq.Update("custmers").Set("name", sq.Select("MAX(staus)").From("orders")).Where("id = 1").RunWith(db).Exec()                                   // want `no such table: custmers` `no such column: staus; did you mean status`
	sq.Delete("custmers").Where(sq.Eq{"id": sq.Select("customer_id").From("ordrs")}).RunWith(db).Exec()                                            // want `no such table: custmers` `no such table: ordrs`
	sq.Select("id").From("custmers c").Where(sq.Expr("EXISTS (?)", sq.Select("1").From("orders").Where("customer_id = c.id"))).RunWith(db).Query() // want `no such table: custmers`
}

func unknownAround(db *sql.DB, table string) {
	sq.Select("id").From(table).Where(sq.Expr("id IN (?)", sq.Select("customer_id").From("ordrs"))).RunWith(db).Query()                           // want `no such table: ordrs`
	sq.Select("id").From(table + " t").Where(sq.Expr("id IN (?)", sq.Select("customer_id").From("orders").Where("id = t.x"))).RunWith(db).Query() // ok: x may be a column of the table
	sq.Select("id").From(table).Where(sq.Expr("id IN (?)", sq.Select("customer_id").From("orders").Where("total > price"))).RunWith(db).Query()   // want `no such column: price \(no table has it\)`
}
