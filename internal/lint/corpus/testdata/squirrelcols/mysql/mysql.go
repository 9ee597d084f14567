// Package mysql is for another database.
package mysql

import (
	sq "github.com/Masterminds/squirrel"
	_ "github.com/go-sql-driver/mysql"
)

func statements() {
	_, _, _ = sq.Select("full_text").From("customers").ToSql() // ok: a column of the other database
	_, _, _ = sq.Select("id").From("full_texts").ToSql()       // ok: a table of the other database
	_, _, _ = sq.Select("id").From("custmers").ToSql()         // want `no such table: custmers; did you mean customers`
	_, _, _ = sq.Select("emial").From("customers").ToSql()     // want `no such column: emial; did you mean email`
}
