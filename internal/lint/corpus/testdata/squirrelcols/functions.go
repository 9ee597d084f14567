package squirrelcols

import sq "github.com/Masterminds/squirrel"

// Conditions that functions return.

func byName(name string) sq.Eq { return sq.Eq{"nmae": name} } // want `no such column: nmae; did you mean name`

func since(at int64) sq.Sqlizer {
	var both sq.And
	both = append(both, sq.GtOrEq{"craeted_at": at}) // want `no such column: craeted_at; did you mean created_at`
	return both
}

func either(email string) sq.Or {
	return sq.Or{sq.Expr("lower(emial) = ?", email), byTenant(1)} // want `no such column: emial; did you mean email`
}

func byTenant(id int) sq.Eq { return sq.Eq{"tenant_idd": id} } // want `no such column: tenant_idd; did you mean tenant_id`

type filter struct{ name string }

func (f filter) where() sq.Like { return sq.Like{"c.nmae": f.name} } // want `no such column: c.nmae; did you mean name`

func callers(f filter) {
	run(sq.Select("id").From("customers").Where(byName("x")))
	run(sq.Select("id").From("customers").Where(since(1)))
	run(sq.Select("id").From("customers").Where(sq.And{either("x")}))
	run(sq.Select("c.id").From("customers c").Where(f.where()))
}

// Right ones, and those that cannot be known.

func byID(id int) sq.Eq { return sq.Eq{"id": id} } // ok: a column of both tables that it is used for

func ofOrders(orders bool) sq.Eq {
	if orders {
		return sq.Eq{"total": 1} // ok: only one return is for one table
	}
	return sq.Eq{"name": "x"} // ok: and this for the other
}

func qualified(alias string) sq.Eq { return sq.Eq{alias + ".nmae": 1} } // ok: the alias is a parameter

func unused() sq.Eq { return sq.Eq{"nmae": 1} } // ok: no statement has it

func with(column string) sq.Eq { return sq.Eq{column: 1} } // ok: a parameter

func nested() sq.Sqlizer {
	return sq.Expr("EXISTS (?)", sq.Select("1").From("orders").Where("orders.customer_id = customers.id")) // ok: correlated
}

func recursive(n int) sq.Sqlizer { return sq.And{sq.Eq{"id": n}, recursive(n - 1)} } // ok: it ends somewhere

func rightCallers() {
	run(sq.Select("id").From("customers").Where(byID(1)))
	run(sq.Select("id").From("orders").Where(byID(1)))
	run(sq.Select("id").From("customers").Where(ofOrders(false)))
	run(sq.Select("id").From("orders").Where(ofOrders(true)))
	run(sq.Select("c.id").From("customers c").Where(qualified("c"))) // want `no such column: c.nmae; did you mean name`
	run(sq.Select("id").From("customers").Where(with("nmae")))       // want `no such column: nmae; did you mean name`
	run(sq.Select("id").From("customers").Where(nested()))
	run(sq.Select("id").From("customers").Where(recursive(3)))
}
