// Package aliases gives tables other names in every form.
package aliases

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

var db *sql.DB

func run(q sq.Sqlizer) { q.ToSql() }

func statements() {
	run(sq.Select("a.nmae").From("customers a"))                                                 // want `no such column: a.nmae; did you mean name`
	run(sq.Select("a.nmae").From("customers AS a"))                                              // want `no such column: a.nmae; did you mean name`
	run(sq.Select("a.nmae").From(`"customers" AS "a"`))                                          // want `no such column: a.nmae; did you mean name`
	run(sq.Select("a.nmae").From("`customers` `a`"))                                             // want `no such column: a.nmae; did you mean name`
	run(sq.Select("a.nmae").From("[customers] [a]"))                                             // want `no such column: a.nmae; did you mean name`
	run(sq.Select("a.nmae").From("customers 'a'"))                                               // want `no such column: a.nmae; did you mean name`
	run(sq.Select("a.nmae").From("main.customers a"))                                            // want `no such column: a.nmae; did you mean name`
	run(sq.Select("b.totl").From("customers a, orders b"))                                       // want `no such column: b.totl; did you mean total`
	run(sq.Select("b.totl").From("customers a").LeftJoin("orders AS b ON b.id = a.id"))          // want `no such column: b.totl; did you mean total`
	run(sq.Select("b.totl").From("customers a").Join("main.orders b ON b.id = a.id"))            // want `no such column: b.totl; did you mean total`
	run(sq.Select("b.nmae").From("(SELECT name FROM customers) b"))                              // want `no such column: b.nmae`
	run(sq.Select("b.totl").From("customers a LEFT JOIN orders b ON b.id = a.id"))               // want `no such column: b.totl; did you mean total`
	run(sq.Select("customers.name").From("customers a"))                                         // want `no such column: customers.name`
	run(sq.Select("a.name").From("(customers) a").Where(sq.Eq{"a.nmae": 1}))                     // want `no such column: a.nmae; did you mean name`
	run(sq.Select("A.nmae").From("customers a"))                                                 // want `no such column: A.nmae; did you mean name`
	run(sq.Select("r.x").FromSelect(sq.Select("name").From("customers r"), "r"))                 // want `no such column: r.x`
	run(sq.Update("customers AS a").Set("nmae", 1).Where("a.nmae = 1"))                          // want `no such column: nmae` `no such column: a.nmae`
	run(sq.Select("a.name", "b.total").From("customers a, main.orders AS b").Where("a.id=b.id")) // ok: both have their columns
}

// What stands without a statement has the names that the package gives to tables.
func loose() []sq.Sqlizer {
	run(sq.Select("*").From("customers c1"))
	run(sq.Select("*").From("customers AS c2"))
	run(sq.Select("*").From(`"customers" AS "c3"`))
	run(sq.Select("*").From("`customers` `c4`"))
	run(sq.Select("*").From("[customers] [c5]"))
	run(sq.Select("*").From("main.customers c6"))
	run(sq.Select("*").From("main.customers AS c7"))
	run(sq.Select("*").From("customers c8, orders o8, categories c9"))
	run(sq.Select("*").From("orders").Join("customers c10 ON c10.id = orders.id"))
	run(sq.Select("*").From("orders").LeftJoin("main.customers c11 ON c11.id = orders.id"))
	run(sq.Select("*").From("orders").LeftJoin("main.customers AS c12 USING (id)"))
	run(sq.Select("*").From("(SELECT name AS other FROM customers) s1"))
	run(sq.Select("*").From("customers 'c13'"))
	run(sq.Select("*").From(`main."customers" c14`))
	run(sq.Select("*").From("customers AS 'c15'"))
	run(sq.Update("customers AS c16").Set("name", 1))
	run(sq.Select("*").From("big_orders b1"))
	run(sq.Select("*").From("(customers) c17"))
	run(sq.Select("count(id) counted", "count(*) AS 'c 18'").From("customers"))
	return []sq.Sqlizer{
		sq.Eq{"counted": 1},     // ok: the name of a result
		sq.Eq{"c1.nmae": 1},     // want `no such column: c1.nmae; did you mean name`
		sq.Eq{"c2.nmae": 1},     // want `no such column: c2.nmae; did you mean name`
		sq.Eq{"c3.nmae": 1},     // want `no such column: c3.nmae; did you mean name`
		sq.Eq{"c4.nmae": 1},     // want `no such column: c4.nmae; did you mean name`
		sq.Eq{"c5.nmae": 1},     // want `no such column: c5.nmae; did you mean name`
		sq.Eq{"c6.nmae": 1},     // want `no such column: c6.nmae; did you mean name`
		sq.Eq{"c7.nmae": 1},     // want `no such column: c7.nmae; did you mean name`
		sq.Eq{"c8.nmae": 1},     // want `no such column: c8.nmae; did you mean name`
		sq.Eq{"o8.totl": 1},     // want `no such column: o8.totl; did you mean total`
		sq.Eq{"c9.titel": 1},    // want `no such column: c9.titel; did you mean title`
		sq.Eq{"c10.nmae": 1},    // want `no such column: c10.nmae; did you mean name`
		sq.Eq{"c11.nmae": 1},    // want `no such column: c11.nmae; did you mean name`
		sq.Eq{"c12.nmae": 1},    // want `no such column: c12.nmae; did you mean name`
		sq.Eq{"c13.nmae": 1},    // want `no such column: c13.nmae; did you mean name`
		sq.Eq{"c14.nmae": 1},    // want `no such column: c14.nmae; did you mean name`
		sq.Eq{"c15.nmae": 1},    // want `no such column: c15.nmae; did you mean name`
		sq.Eq{"c16.nmae": 1},    // want `no such column: c16.nmae; did you mean name`
		sq.Eq{"c17.nmae": 1},    // want `no such column: c17.nmae; did you mean name`
		sq.Eq{"b1.amnt": 1},     // want `no such column: b1.amnt`
		sq.Eq{"s1.whatever": 1}, // ok: a subquery may have any column
		sq.Eq{"c6.name": 1},     // ok: a column
		sq.Eq{"C1.name": 1},     // ok: a column
		sq.Eq{"o8.total": 1},    // ok: a column
		sq.Eq{"zz.nmae": 1},     // ok: a source that is not in sight
	}
}
