// Package anywhere has SQL in places that no statement is in sight of: maps of filters
// and orders, functions that make conditions, builders that are handed in.
package anywhere

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	sq "github.com/Masterminds/squirrel"
)

type filter = func(field string, value any) sq.Sqlizer

// repository is the base of the others. Its table is named after a type.
type repository struct {
	db      *sql.DB
	table   string
	filters map[string]filter
	orders  map[string]string
}

type options struct {
	Sort    string
	Filters map[string]any
	Where   sq.Sqlizer
}

func (r *repository) register(instance any, filters map[string]filter) {
	r.table = strings.ToLower(fmt.Sprintf("%T", instance))
	r.filters = filters
}

func (r *repository) setOrders(orders map[string]string) { r.orders = orders }

func (r repository) order(by string) string {
	if order, ok := r.lookup(by); ok {
		return order
	}
	parts := strings.FieldsFunc(by, func(c rune) bool { return c == ',' })
	mapped := make([]string, 0, len(parts))
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if order, ok := r.lookup(part); ok {
			part = order
		} else {
			part = strings.ToLower(strings.ReplaceAll(part, "-", "_"))
		}
		mapped = append(mapped, part)
	}
	return strings.Join(mapped, ", ")
}

func (r repository) lookup(by string) (string, bool) {
	order, ok := r.orders[by]
	return order, ok
}

func (r repository) newSelect(opts ...options) sq.SelectBuilder {
	q := sq.Select().From(r.table)
	if len(opts) > 0 {
		if opts[0].Sort != "" {
			q = q.OrderBy(r.order(opts[0].Sort))
		}
		if opts[0].Where != nil {
			q = q.Where(opts[0].Where)
		}
	}
	return q
}

func (r repository) where(o options) sq.Sqlizer {
	all := sq.And{}
	for f, v := range o.Filters {
		f = strings.ToLower(f)
		if make, ok := r.filters[f]; ok {
			all = append(all, make(f, v))
		}
	}
	return all
}

// Filters and orders.

func boolean(field string, value any) sq.Sqlizer { return sq.Eq{field: value == "true"} }

func begins(field string) filter {
	return func(_ string, value any) sq.Sqlizer { return sq.Like{field: fmt.Sprint(value, "%")} }
}

func positive(field string) filter {
	return func(_ string, _ any) sq.Sqlizer { return sq.Expr(fmt.Sprintf("COALESCE(%s, 0) > 0", field)) }
}

func anyOf(table string, fields ...string) filter {
	return func(_ string, value any) sq.Sqlizer { return among(table, value, fields...) }
}

func among(table string, value any, fields ...string) sq.Sqlizer {
	or := sq.Or{}
	for _, f := range fields {
		or = append(or, sq.Eq{table + "." + f: value})
	}
	return or
}

func since(_ string, value any) sq.Sqlizer { return sq.GtOrEq{"orders.placed": value} } // want `no such column: orders.placed`

func until(_ string, value any) sq.Sqlizer { return sq.LtOrEq{"orders.placed_at": value} } // ok: a column of the table

func newOrders(db *sql.DB) *repository {
	r := &repository{db: db}
	r.register(struct{}{}, map[string]filter{
		"total":    boolean,                               // ok: the key is a column
		"paid":     boolean,                               // want `no such column: paid`
		"customer": begins("customers.name"),              // ok: the key is not SQL
		"mail":     begins("customers.mail"),              // want `no such column: customers.mail; did you mean email`
		"many":     positive("quantity"),                  // ok: a column
		"weight":   positive("grams"),                     // want `no such column: grams`
		"text":     anyOf("orders", "status", "group"),    // ok: columns
		"words":    anyOf("orders", "status", "headline"), // want `no such column: headline`
		"since":    since,                                 // ok: the key is not SQL
		"until":    until,                                 // ok: the key is not SQL
	})
	r.setOrders(map[string]string{
		"newest":   "placed_at, id",             // ok: columns
		"oldest":   "created_on, id",            // want `no such column: created_on`
		"buyer":    "customer_id, purchaser_id", // want `no such column: purchaser_id`
		"random":   "random",                    // ok: a function, that is called elsewhere
		"length":   "length(status) desc",       // ok: an expression
		"count":    "line_count",                // ok: an alias
		"amount":   "sum_of_lines",              // ok: an alias without AS
		"heaviest": "weights.grams",             // ok: of a source that is not in sight
		"json":     "tags->>'first', fullkey",   // ok: a column of a function
	})
	return r
}

func (r *repository) list(by string) sq.SelectBuilder {
	return r.newSelect(options{Sort: "by-price"}, options{Sort: by}). // ok: a key
										Columns("count(*) AS line_count", "sum(quantity) sum_of_lines")
}

// Conditions that are handed on.

func paid() sq.Sqlizer { return sq.And{sq.Eq{"paid_on": nil}, sq.Eq{"status": "paid"}} } // want `no such column: paid_on`

func open(o *options) {
	o.Where = sq.And{sq.Eq{"status": "open"}, sq.NotEq{"closed": true}}         // want `no such column: closed`
	o.Where = cmp.Or[sq.Sqlizer](o.Where, sq.Expr("customers.deleted IS NULL")) // want `no such column: customers.deleted`
	o.Where = sq.Expr("c.deleted_at IS NULL")                                   // ok: a column of the alias's table
	o.Where = sq.Expr("c.removed_at IS NULL")                                   // want `no such column: c.removed_at`
	o.Where = sq.Expr("id IN (SELECT customer FROM orders)")                    // ok: a name that the table of another statement may have
	o.Where = sq.Expr("id IN (SELECT client FROM orders)")                      // want `no such column: client`
	o.Where = sq.Expr("id IN (SELECT customer_id FROM purchases)")              // want `no such table: purchases`
	o.Where = sq.ConcatExpr("id IN (SELECT customer_id FROM invoices)")         // want `no such table: invoices`
	o.Where = sq.Eq{"value": 1}                                                 // ok: a column of json_each
	o.Where = sq.Expr("notes MATCH ?", "x")                                     // ok: a full-text table
	o.Where = sq.Eq{"rowid": 1}                                                 // ok: rowid
}

func aliases() sq.SelectBuilder {
	return sq.Select("c.name AS customer").From("customers c") // ok: an alias
}

// Builders that are handed in.

func withLines(q sq.SelectBuilder) sq.SelectBuilder {
	return q.LeftJoin("order_lines l ON l.order_id = orders.id"). // ok: a table
									Columns("coalesce(quantity, 0) AS quantity", "coalesce(pieces, 0) AS pieces") // want `no such column: pieces`
}

func withParcels(q sq.SelectBuilder, id string) sq.SelectBuilder {
	return q.Join("parcels ON parcels.order_id = " + id) // want `no such table: parcels`
}

func (r repository) clean() sq.DeleteBuilder {
	return sq.Delete(r.table).Where(sq.And{
		sq.Eq{"quantity": 0},    // ok: a column of a table
		sq.Eq{"amount_left": 0}, // want `no such column: amount_left`
		sq.ConcatExpr("id NOT IN (SELECT parent_id FROM categories)"), // ok: a table
		sq.ConcatExpr("id NOT IN (SELECT parent_id FROM groups)"),     // want `no such table: groups`
	})
}

func (r repository) mark(values map[string]any) sq.UpdateBuilder {
	q := sq.Update("customers").Where(sq.Eq{"id": 1})
	for name, v := range values {
		q = q.Set(name, v)
	}
	return q
}

func (r repository) marks() {
	r.mark(map[string]any{"name": 1, "nickname": 2}) // want `no such column: nickname`
	r.mark(map[string]any{"name": 1})                // ok: a column
}

func (r repository) purge() (list []sq.Sqlizer) {
	for _, table := range owners {
		list = append(list, sq.Expr("id NOT IN (SELECT id FROM "+table+")"))
	}
	for _, table := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, sq.Expr("EXISTS (SELECT 1 FROM "+table+" x WHERE x.id = id)"))
	}
	return list
}

var owners = map[int]string{
	1: "customers", // ok: a table
	2: "vendors",   // want `no such table: vendors`
}

var counts = map[string]int{
	"orders":   1, // ok: a table
	"supplies": 2, // want `no such table: supplies`
}

// Types that make SQL themselves.

type exists struct {
	from string
	cond sq.Sqlizer
	not  bool
}

func (e exists) ToSql() (string, []any, error) {
	text, args, err := e.cond.ToSql()
	text = fmt.Sprintf("EXISTS (SELECT 1 FROM %s WHERE %s)", e.from, text)
	if e.not {
		text = "NOT " + text
	}
	return text, args, err
}

func some(c sq.Sqlizer) []sq.Sqlizer {
	return []sq.Sqlizer{
		exists{from: "order_lines", cond: c},                                 // ok: a table
		exists{from: "lines", cond: c},                                       // want `no such table: lines`
		exists{from: "json_each(tags) t JOIN orders o ON o.id = t.value"},    // ok: a function
		exists{from: "json_each(tags) t JOIN basket ON basket.id = t.value"}, // want `no such table: basket`
	}
}

type cheap struct{ not bool }

func (c cheap) ToSql() (string, []any, error) {
	text := "total < 10" // ok: a column
	if c.not {
		text = "price >= 10" // want `no such column: price`
	}
	return text, nil, nil
}

// Texts with numbered verbs and places that are replaced.

func numbered(q sq.SelectBuilder, table string) sq.SelectBuilder {
	return q.Columns(
		fmt.Sprintf("round(total / coalesce(%[1]s.quantity, 1), 1) AS each, %[1]s.id", table), // ok: columns
		fmt.Sprintf("round(cost / coalesce(%[1]s.quantity, 1), 1) AS share, %[1]s.id", table), // want `no such column: cost`
	)
}

const batch = `WITH lines AS (SELECT order_id, sum(quantity) AS n FROM order_lines WHERE order_id IN (ORDER_IDS) GROUP BY order_id)
	UPDATE orders SET total = (SELECT n FROM lines WHERE order_id = orders.id) WHERE id IN (ORDER_IDS)`

const bundle = `UPDATE bundles SET total = 1 WHERE id IN (ORDER_IDS)`

func replaced(n int) []sq.Sqlizer {
	marks := strings.Repeat("?,", n)
	return []sq.Sqlizer{
		sq.Expr(strings.ReplaceAll(batch, "ORDER_IDS", marks)),  // ok: tables, and a name that is replaced
		sq.Expr(strings.Replace(bundle, "ORDER_IDS", marks, 1)), // want `no such table: bundles`
	}
}

// Sentences are not SQL, and define nothing.

func sentences(ctx context.Context) {
	fmt.Println("Selling orders as bundled", "marking orders bundled")
	_ = sq.Eq{"bundled": true} // want `no such column: bundled`
	fmt.Println(list(ctx))
}

func list(context.Context) []sq.Sqlizer { return []sq.Sqlizer{paid(), boolean("id", nil)} } // ok: a column
