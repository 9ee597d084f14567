// Package repositories has types that embed one that builds their statements, each
// with its own table, and helpers that go on from a builder.
package repositories

import (
	"database/sql"
	"errors"
	"fmt"

	sq "github.com/Masterminds/squirrel"
)

type base struct {
	db        *sql.DB
	tableName string
}

func (b base) newSelect(columns ...string) sq.SelectBuilder {
	q := sq.Select(columns...).From(b.tableName)
	if len(columns) == 0 {
		q = q.Columns("*")
	}
	return q
}

func (b base) exists(cond sq.Sqlizer) (ok bool, err error) {
	err = sq.Select("COUNT(*)").From(b.tableName).Where(cond).RunWith(b.db).Scan(&ok)
	return ok, err
}

func (b base) all(q sq.Sqlizer) (*sql.Rows, error) {
	text, args, err := q.ToSql()
	if err != nil {
		return nil, err
	}
	return b.db.Query(text, args...) // ok: squirrel's text
}

type orders struct{ base }

func newOrders(db *sql.DB) *orders {
	r := &orders{}
	r.db = db
	r.tableName = "orders"
	return r
}

func (r *orders) find() {
	r.all(r.newSelect().Where(sq.Eq{"status": 1}))     // ok: a column of orders
	r.all(r.newSelect().Where(sq.Eq{"caption": 1}))    // want `no such column: caption`
	r.exists(sq.Eq{"customer_id": 1})                  // ok: a column of orders
	r.exists(sq.Eq{"caption": 1})                      // want `no such column: caption`
	r.all(r.newSelect().OrderBy("placed_at", "ranks")) // want `no such column: ranks`
}

type customers struct{ *base }

func newCustomers(db *sql.DB) customers {
	return customers{base: &base{db: db, tableName: "customers"}}
}

func (r customers) find() {
	r.all(r.newSelect().Where(sq.Eq{"email": 1}))  // ok: a column of customers
	r.all(r.newSelect().Where(sq.Eq{"status": 1})) // want `no such column: status`
}

func newBase(db *sql.DB, table string) base { return base{db: db, tableName: table} }

type lines struct{ base }

func newLines(db *sql.DB) lines { return lines{base: newBase(db, "order_lines")} }

func (r lines) find() {
	r.all(r.newSelect("product").Where(sq.Eq{"order_id": 1})) // ok: columns of order_lines
	r.all(r.newSelect("product").Where(sq.Eq{"caption": 1}))  // want `no such column: caption`
}

type parcels struct{ base }

func newParcels() *parcels {
	r := &parcels{}
	r.tableName = "parcels" // want `no such table: parcels`
	return r
}

func (r *parcels) find() { r.all(r.newSelect().Where(sq.Eq{"anything": 1})) }

// any is of a table that is given.
type any_ struct{ base }

func newAny(table string) *any_ {
	r := &any_{}
	r.tableName = table
	return r
}

func (r *any_) find() { r.all(r.newSelect().Where(sq.Eq{"caption": 1})) } // ok: the table is not known

// either has one of two tables.
type either struct{ base }

func newEither(other bool) *either {
	r := &either{}
	r.tableName = "orders"
	if other {
		r.tableName = "customers"
	}
	return r
}

func (r *either) find() { r.all(r.newSelect().Where(sq.Eq{"email": 1})) } // ok: a column of one of the tables

var errNobody = errors.New("nobody")

func allowed(user int, q sq.SelectBuilder) (sq.SelectBuilder, error) {
	if user == 0 {
		var none sq.SelectBuilder
		return none, errNobody
	}
	return q.Where(sq.Eq{"orders.customer_id": user}), nil
}

func check(q sq.SelectBuilder) (sq.SelectBuilder, error) { return allowed(1, q) }

func field(q sq.SelectBuilder, name string, value any) sq.SelectBuilder {
	if value == nil {
		return q.Where(name + " IS NULL")
	}
	return q.Where(name+" = ?", value)
}

type rows struct{ q sq.SelectBuilder }

func (r rows) next(db *sql.DB) { r.q.RunWith(db).Query() }

func fetch(q sq.SelectBuilder) rows { return rows{q: q} }

func joined(q sq.SelectBuilder) joining { return joining{q: q} }

type joining struct{ q sq.SelectBuilder }

func (j joining) next(db *sql.DB) {
	j.q.Join("customers c ON c.id = o.customer_id").RunWith(db).Query()
}

func helpers(db *sql.DB, flag bool, n int, name string) {
	q, err := check(sq.Select("orders.id").From("orders"))
	if err != nil {
		return
	}
	q = field(q, "orders.status", 1)   // ok: a column
	q = field(q, "orders.caption", 1)  // want `no such column: orders.caption`
	q = field(q, "orders.slogan", nil) // want `no such column: orders.slogan`
	q.RunWith(db).Query()

	var b sq.SelectBuilder
	if flag {
		b = sq.Select("id").From("orders").Where("total > 1")
	} else {
		b = sq.Select("id", "total").From("orders").Where("caption = 1") // want `no such column: caption`
	}
	b = b.Where("slogan = 1").OrderBy("placed_at") // want `no such column: slogan`
	b.RunWith(db).Query()

	fetch(sq.Select("id", "caption").From("orders"))      // want `no such column: caption`
	joined(sq.Select("o.id", "email").From("orders o"))   // ok: a function joins the table
	fetch(sq.Select("id").From("orders").Where("slogan")) // want `no such column: slogan`

	sq.Select("id").From("orders").Where(fmt.Sprintf("caption = '%s'", name)).RunWith(db).Query() // want `no such column: caption`
	sq.Select("id").From("orders").Where("caption = '" + name + "'").RunWith(db).Query()          // want `no such column: caption`
	sq.Select("id").From("orders").Where(fmt.Sprintf("status = '%s'", name)).RunWith(db).Query()  // ok: a column
	sq.Select("id").From("orders").Where("id IN (" + name + ")").RunWith(db).Query()              // ok: a list
	sq.Select("id").From("orders").Where(name + " = 1").RunWith(db).Query()                       // ok: a column that is not known
	span := fmt.Sprintf("(CASE WHEN caption = 'x' THEN %d ELSE total END)", n)                    // want `no such column: caption`
	cols := []string{"id"}
	cols = append(cols, fmt.Sprintf("SUM(%s) AS s", span))
	sq.Select(cols...).From("orders").RunWith(db).Query()
	sq.Select("1").Prefix("SELECT EXISTS (").From("orders").Where("caption = 1").Suffix(")").RunWith(db).Query() // want `no such column: caption`
	sq.Select("1").Prefix("SELECT EXISTS (").From("orders").Where("total = 1").Suffix(")").RunWith(db).Query()   // ok: in parentheses
	sq.Select("id", "caption").From("orders").Where(sq.Eq{"caption": 1}).RunWith(db).Query()                     // want `no such column: caption` `no such column: caption`
}
