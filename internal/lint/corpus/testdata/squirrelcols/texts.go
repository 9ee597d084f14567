package squirrelcols

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	sq "github.com/Masterminds/squirrel"
)

// Names that are not written where they are used.

var customerColumns = []string{
	"id",
	"emial", // want `no such column: emial; did you mean email\? \(in a statement with FROM customers\)`
	"name",  // ok: a column
}

var orderCols = struct{ ID, Total string }{ID: "id", Total: "totl"} // want `no such column: totl`

type columnNames struct{ ID, At string }

var (
	ofOrder    = columnNames{ID: "id", At: "placed_at"}  // ok: a column of orders
	ofCustomer = columnNames{ID: "id", At: "created_at"} // ok: a column of customers
)

var sortKeys = map[string]string{
	"newest": "placed_at DESC", // ok: an order
	"dear":   "totl DESC",      // want `no such column: totl`
	"many":   "n DESC",         // ok: an alias
}

var shared = map[string]string{"total": "total", "name": "name"} // ok: used for several tables

var headings = map[string]string{"nmae": "Name", "emial": "Mail"} // ok: no columns

func ordersTable() string { return "ordrs" } // want `no such table: ordrs; did you mean orders`

func timeOf(order bool) string {
	if order {
		return "placed_at" // ok: for one of the callers
	}
	return "created_at" // ok: for the other
}

func direction(column string) string { return column + " DESC" }

type table struct{ name string }

func (table) Name() string { return "customers" }

func kept(db *sql.DB, key string, flag bool, t table) {
	sq.Select(customerColumns...).From("customers").RunWith(db).Query()
	sq.Select(orderCols.ID, orderCols.Total).From("orders").RunWith(db).Query()
	sq.Select(ofOrder.ID).From("orders").OrderBy(ofOrder.At + " DESC").RunWith(db).Query()
	sq.Select(ofCustomer.ID).From("customers").OrderBy(ofCustomer.At).RunWith(db).Query()
	sq.Select("customer_id", "COUNT(*) AS n").From("orders").GroupBy("customer_id").OrderBy(sortKeys[key]).RunWith(db).Query()
	column, ok := shared[key]
	if !ok {
		return
	}
	sq.Select("id").From("orders").Where(sq.Eq{column: 1}).RunWith(db).Query()
	sq.Select("id").From(ordersTable()).RunWith(db).Query()
	sq.Select("id").From("orders").OrderBy(timeOf(true)).RunWith(db).Query()
	sq.Select("id").From("customers").OrderBy(timeOf(false)).RunWith(db).Query()
	sq.Select("id").From("customers").OrderBy(direction("creatd_at")).RunWith(db).Query()                                    // want `no such column: creatd_at`
	sq.Select("id").From("customers").OrderBy(direction("created_at"), direction("name")).RunWith(db).Query()                // ok: columns by a parameter
	sq.Select("id", "total").From(t.Name()).RunWith(db).Query()                                                              // want `no such column: total`
	sq.Select(fmt.Sprintf("c.%s", "nmae")).From("customers c").RunWith(db).Query()                                           // want `no such column: c.nmae`
	sq.Select(fmt.Sprintf("c.%s AS n", "name")).From("customers c").OrderBy("n").RunWith(db).Query()                         // ok: a column put together
	sq.Select(strings.Join([]string{"id", "nmae"}, ", ")).From("customers").RunWith(db).Query()                              // want `no such column: nmae`
	sq.Select(strings.Join([]string{"id", "name"}, ", ")).From("customers").RunWith(db).Query()                              // ok: columns put together
	sq.Select("c.id").From("customers c").LeftJoin(fmt.Sprintf("%s o ON o.custmer_id = c.id", "orders")).RunWith(db).Query() // want `no such column: o.custmer_id`
	cols := []string{"id"}
	if flag {
		cols = append(cols, "nmae")                  // want `no such column: nmae`
		cols = append(cols, "COUNT(*) OVER () AS n") // ok: an alias
	}
	sq.Select(cols...).From("customers").OrderBy("n").RunWith(db).Query() // ok: an alias of a column that may be there
	q := sq.Select().From("orders")
	for _, c := range []string{"id", "totl"} { // want `no such column: totl`
		q = q.Column(c)
	}
	q.RunWith(db).Query()
	var prefixed []string
	for _, c := range []string{"id", "totl"} { // want `no such column: o.totl`
		prefixed = append(prefixed, "o."+c)
	}
	sq.Select(prefixed...).From("orders o").RunWith(db).Query()
	sq.Select(slices.Concat([]string{"id"}, []string{"totl"})...).From("orders").RunWith(db).Query() // want `no such column: totl`
	conditions := []sq.Sqlizer{sq.Eq{"id": 1}, sq.Eq{"totl": 2}}                                     // want `no such column: totl`
	all := sq.Select("id").From("orders")
	for _, c := range conditions {
		all = all.Where(c)
	}
	all.RunWith(db).Query()
	sq.Insert("orders").SetMap(row(1)).RunWith(db).Exec()
	_ = headings
}

func unshared(db *sql.DB, key string) {
	sq.Select("id").From("customers").Where(sq.Eq{shared[key]: 1}).RunWith(db).Query()
}

func row(total int) map[string]any {
	return map[string]any{"totl": total, "status": "x"} // want `table orders has no column named totl; did you mean total`
}

// Texts in expressions, and clauses of several texts.

func expressions(db *sql.DB) {
	n := sq.Select("customer_id", "COUNT(*) AS n").From("orders").GroupBy("customer_id")                                                    // ok: a subquery
	sq.Select("x.n").PrefixExpr(sq.Expr("WITH x AS (?)", n)).From("x").RunWith(db).Query()                                                  // ok: a CTE of a builder
	sq.Select("x.m").PrefixExpr(sq.Expr("WITH x AS (?)", n)).From("x").RunWith(db).Query()                                                  // want `no such column: x.m`
	sq.Select("x.n").PrefixExpr(n.Prefix("WITH x AS (").Suffix(")")).From("x").RunWith(db).Query()                                          // ok: a CTE around a builder
	sq.Select("x.m").PrefixExpr(n.Prefix("WITH x AS (").Suffix(")")).From("x").RunWith(db).Query()                                          // want `no such column: x.m`
	sq.Select("m").Prefix("WITH x AS (SELECT 1 AS n),").Prefix("y AS (SELECT n FROM x)").From("y").RunWith(db).Query()                      // want `no such column: m`
	sq.Select("n").Prefix("WITH x AS (SELECT 1 AS n),").Prefix("y AS (SELECT n FROM x)").From("y").RunWith(db).Query()                      // ok: two CTEs
	sq.Select("name").From("customers").SuffixExpr(sq.Expr("UNION ?", sq.Select("statuss").From("orders"))).RunWith(db).Query()             // want `no such column: statuss`
	sq.Select("name").From("customers").SuffixExpr(sq.Expr("UNION ?", sq.Select("status").From("orders"))).RunWith(db).Query()              // ok: a compound
	sq.Select("id", "SUM(total) OVER w AS s").From("orders").Suffix("WINDOW w AS (ORDER BY placed)").RunWith(db).Query()                    // want `no such column: placed`
	sq.Select("id", "SUM(totals) OVER w AS s").From("orders").Suffix("WINDOW w AS (ORDER BY placed_at)").RunWith(db).Query()                // want `no such column: totals`
	sq.Select("id", "SUM(total) OVER w AS s").From("orders").Suffix("WINDOW w AS (ORDER BY placed_at)").RunWith(db).Query()                 // ok: a named window
	sq.Select("id").Column(sq.Case().When(sq.Eq{"statuss": "x"}, "1").Else("total")).From("orders").RunWith(db).Query()                     // want `no such column: statuss`
	sq.Select("id").Column(sq.Case("status").When("'x'", "totl").Else("0")).From("orders").RunWith(db).Query()                              // want `no such column: totl`
	sq.Select("id").Column(sq.Alias(sq.Case("status").When("'x'", "total").Else("0"), "k")).From("orders").OrderBy("k").RunWith(db).Query() // ok: a CASE
	sq.Select("id").Column(sq.ConcatExpr("COALESCE(", sq.Expr("totl, ?", 1), ")")).From("orders").RunWith(db).Query()                       // want `no such column: totl`
	sq.Select("id").Column(sq.ConcatExpr("COALESCE(", sq.Expr("total, ?", 1), ") AS t")).From("orders").OrderBy("t").RunWith(db).Query()    // ok: an alias in the last of several texts
	sq.Select("product").From("orders").Join("order_lines USING (order_id)").RunWith(db).Query()                                            // want `cannot join using column order_id`
	sq.Select("product").From("order_lines").JoinClause("NATURAL JOIN (SELECT 1 AS order_id)").RunWith(db).Query()                          // ok: a natural join
	sq.Select("main.customers.nmae").From("main.customers").RunWith(db).Query()                                                             // want `no such column: main.customers.nmae; did you mean name`
	sq.Insert("categories").Columns("id", "title").Values(1, "x").
		Suffix("ON CONFLICT (id) DO UPDATE SET").
		Suffix("titl = excluded.title").RunWith(db).Exec() // want `no such column: titl`
	sq.Insert("categories").Columns("id", "title").Values(1, "x").
		Suffix("ON CONFLICT (id) DO UPDATE SET").
		Suffix("title = excluded.title").RunWith(db).Exec() // ok: a clause of two texts
	sq.Insert("orders").Columns("customer_id").Values(sq.Select("id").From("customers").Where("nmae = 1")).RunWith(db).Exec()     // want `no such column: nmae`
	sq.Insert("orders").Columns("customer_id").Values(sq.Expr("(SELECT id FROM customers WHERE name = ?)", 1)).RunWith(db).Exec() // ok: a value by a subquery
}
