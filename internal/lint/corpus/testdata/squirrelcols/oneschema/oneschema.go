// Package oneschema is in a project with two blocks over one schema.
package oneschema

import sq "github.com/Masterminds/squirrel"

func statements() {
	_, _, _ = sq.Select("id", "emial").From("customers").ToSql()                                                  // want `no such column: emial; did you mean email`
	_, _, _ = sq.Select("id").From("custmers").ToSql()                                                            // want `no such table: custmers; did you mean customers`
	_, _, _ = sq.Update("orders").Set("totl", 1).Where("id = ?", 1).ToSql()                                       // want `no such column: totl; did you mean total`
	_, _, _ = sq.Insert("orders").Columns("custmer_id").Values(1).ToSql()                                         // want `customer_id`
	_, _, _ = sq.Select("c.name", "o.total").From("customers c").Join("orders o ON o.customer_id = c.id").ToSql() // ok: known
	_, _, _ = sq.Delete("orders").Where(sq.Eq{"total": 0}).ToSql()                                                // ok: known
}
