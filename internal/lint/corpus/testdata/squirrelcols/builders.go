package squirrelcols

import (
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

// Builders that go through variables, fields and functions.

var everyone = sq.Select("id", "emial").From("customers") // want `no such column: emial`

var ofName = sq.Select("id", "email").From("customers") // ok: a builder of the package

type listing struct {
	b     sq.SelectBuilder
	count sq.SelectBuilder
	db    *sql.DB
}

func newListing(db *sql.DB) *listing {
	return &listing{
		b:     sq.Select("o.id", "o.totl").From("orders o"), // want `no such column: o.totl; did you mean total`
		count: sq.Select("COUNT(*)").From("orders o"),       // ok: a builder in a field
		db:    db,
	}
}

func (l *listing) of(customer int) *listing {
	l.b = l.b.Where(sq.Eq{"o.custmer_id": customer})          // want `no such column: o.custmer_id; did you mean customer_id`
	l.count = l.count.Where(sq.Eq{"o.customer_id": customer}) // ok: a column of the table that is in the field
	return l
}

func (l *listing) sorted() (*sql.Rows, error) {
	return l.b.OrderBy("o.placed_att").RunWith(l.db).Query() // want `no such column: o.placed_att; did you mean placed_at`
}

// twofold has one of two tables, of which it is not said which.
type twofold struct{ b sq.SelectBuilder }

func ofCustomers() twofold { return twofold{sq.Select("id").From("customers")} }

func ofOrders2() twofold { return twofold{sq.Select("id").From("orders")} }

func (t twofold) totals() sq.SelectBuilder { return t.b.Where("total > 1") } // ok: it may be of the other table

// Functions that take a builder.

func live(q sq.SelectBuilder) sq.SelectBuilder { return q.Where("deletd_at IS NULL") } // want `no such column: deletd_at; did you mean deleted_at\? \(in a statement with FROM customers\)`

func newest(q sq.SelectBuilder, first bool) sq.SelectBuilder {
	q = q.OrderBy("id DESC") // ok: a column of each table that it is used for
	if first {
		return q.Limit(1)
	}
	return q.OrderBy("create_at") // want `no such column: create_at; did you mean created_at`
}

func within(q sq.SelectBuilder, column string, ids []int) sq.SelectBuilder {
	return q.Where(sq.Eq{column: ids})
}

func wrapped(q sq.SelectBuilder) sq.SelectBuilder {
	return sq.Select("COUNT(*) AS n").FromSelect(q, "x").Where("x.id > 1") // ok: a column of the subquery
}

func fetch(db *sql.DB, q sq.SelectBuilder) (*sql.Rows, error) {
	return q.Limit(10).RunWith(db).Query()
}

func fetchAll[T any](db *sql.DB, q sq.SelectBuilder) []T {
	_, _ = fetch(db, q)
	return nil
}

func built(name string) (sq.SelectBuilder, error) {
	q := sq.Select("id").From("customers")
	if name == "" {
		return sq.SelectBuilder{}, sql.ErrNoRows
	}
	return q.Where(sq.Eq{"nam": name}), nil // want `no such column: nam; did you mean name`
}

func (r *repo) builder() sq.StatementBuilderType { return sb }

func through(db *sql.DB, r *repo, other func(sq.SelectBuilder) sq.SelectBuilder, flag bool) {
	everyone.RunWith(db).Query()
	ofName.Where(sq.Eq{"mail": 1}).RunWith(db).Query()  // want `no such column: mail; did you mean email`
	ofName.Where(sq.Eq{"email": 1}).RunWith(db).Query() // ok: a column
	newListing(db).of(1).sorted()
	live(sq.Select("id").From("customers")).RunWith(db).Query()
	q := sq.Select("id").From("customers")
	q = newest(q, flag)
	q.Where("entirely_else = 1").RunWith(db).Query()                                                // want `no such column: entirely_else`
	within(sq.Select("id").From("orders"), "custmer_id", nil).RunWith(db).Query()                   // want `no such column: custmer_id; did you mean customer_id`
	within(sq.Select("id").From("orders"), "customer_id", nil).RunWith(db).Query()                  // ok: a column by a parameter
	within(within(sq.Select("id").From("orders"), "status", nil), "total", nil).RunWith(db).Query() // ok: two columns by one parameter
	wrapped(sq.Select("id").From("orders")).Having("n > 1").RunWith(db).Query()                     // ok: an alias of what a function builds
	fetch(db, sq.Select("id", "entirely_else").From("customers"))                                   // want `no such column: entirely_else`
	fetchAll[int](db, sq.Select("x.id").From("customers c"))                                        // want `no such column: x.id`
	fetchAll[int](db, sq.Select("c.id").From("customers c"))                                        // ok: a column
	if b, err := built("x"); err == nil {
		b.OrderBy("entirely_else").RunWith(db).Query() // want `no such column: entirely_else`
	}
	r.builder().Update("orders").Set("entirely_else", 1).Where("id = 1").Exec() // want `no such column: entirely_else`
	r.sb.Select("id", "nmae").From("customers").Query()                         // want `no such column: nmae; did you mean name`
	r.sb.Select("id", "entirely_else").From("customers").Query()                // want `no such column: entirely_else`
	e := sq.Select("c.id", "c.nmae").From("customers c")                        // want `no such column: c.nmae; did you mean name`
	e = other(e)
	e.Where("o.total > 1 AND entirely_else").RunWith(db).Query() // ok: the function may join
	var f sq.SelectBuilder
	if flag {
		f = sq.Select("title", "bdy").From("notes") // want `no such column: bdy; did you mean body`
	} else {
		f = sq.Select("title").From("categories") // ok: one of two beginnings
	}
	f.OrderBy("body").RunWith(db).Query()                                                                                                // ok: a column of one of them
	sq.ExecWith(db, sq.Delete("orders").Where(sq.Eq{"entirely_else": 1}))                                                                // want `no such column: entirely_else`
	sq.ExecWith(db, sq.Delete("orders").Where(sq.Eq{"status": 1}))                                                                       // ok: a column
	run(sq.Select("id").From("customers").Where(func() sq.Sqlizer { return sq.Eq{"nmae": 1} }()))                                        // want `no such column: nmae`
	_, _ = sq.Update("orders").Set("total", 1).FromSelect(sq.Select("id").From("customers"), "c").Where("c.name = 1").RunWith(db).Exec() // want `no such column: c.name`
	_, _ = sq.Update("orders").Set("total", 1).FromSelect(sq.Select("id").From("customers"), "c").Where("c.id = 1").RunWith(db).Exec()   // ok: a column of the subquery
}
