// Package squirrelcols has wrong names in each place where squirrel takes names,
// and right ones that look wrong.
package squirrelcols

import (
	"context"
	"database/sql"

	sq "github.com/Masterminds/squirrel"
)

const customers = "customers"

const totalColumn = "totl"

var psql = sq.StatementBuilder.PlaceholderFormat(sq.Dollar)

var sb = sq.StatementBuilder.PlaceholderFormat(sq.Question)

func run(sq.Sqlizer) {}

func wrong(db *sql.DB, ctx context.Context, id int, flag bool) {
	run(sq.Select("id", "nmae").From("customers"))                                                             // want `no such column: nmae; did you mean name\?`
	run(sq.Select("id").Columns("emial").From("customers"))                                                    // want `no such column: emial; did you mean email\?`
	run(sq.Select("id").Column("emial").From("customers"))                                                     // want `no such column: emial; did you mean email\?`
	run(sq.Select("id").From("custmers"))                                                                      // want `no such table: custmers; did you mean customers\?`
	run(sq.Select("id").From("customer"))                                                                      // want `no such table: customer; did you mean customers\?`
	run(sq.Select("id").From("customers").Where("nmae = ?", "x"))                                              // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(sq.Eq{"nmae": "x"}))                                           // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(sq.NotEq{"nmae": "x"}))                                        // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(sq.Lt{"tenant": 1, "tenant_idd": 2}))                          // want `no such column: tenant$` `no such column: tenant_idd`
	run(sq.Select("id").From("customers").Where(sq.GtOrEq{"create_at": 1}))                                    // want `no such column: create_at; did you mean created_at`
	run(sq.Select("id").From("customers").Where(sq.Like{"emal": "a%"}))                                        // want `no such column: emal`
	run(sq.Select("id").From("customers").Where(map[string]any{"nmae": "x"}))                                  // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(sq.And{sq.Eq{"id": 1}, sq.Eq{"nmae": "x"}}))                   // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(sq.Or{sq.Eq{"id": 1}, sq.Expr("nmae = ?", "x")}))              // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(sq.Expr("lower(nmae) = ?", "x")))                              // want `no such column: nmae`
	run(sq.Select("id").From("customers").OrderBy("creatd_at DESC"))                                           // want `no such column: creatd_at`
	run(sq.Select("id").From("customers").OrderByClause("creatd_at DESC"))                                     // want `no such column: creatd_at`
	run(sq.Select("COUNT(*)").From("customers").GroupBy("tenant_ids"))                                         // want `no such column: tenant_ids`
	run(sq.Select("tenant_id").From("customers").GroupBy("tenant_id").Having("MAX(craeted_at) > 1"))           // want `no such column: craeted_at`
	run(sq.Select("MAX(craeted_at)").From("customers"))                                                        // want `no such column: craeted_at`
	run(sq.Select("c.nmae").From("customers c"))                                                               // want `no such column: c.nmae; did you mean name`
	run(sq.Select("c.name").From("customers c").Join("orders o ON o.custmer_id = c.id"))                       // want `no such column: o.custmer_id; did you mean customer_id`
	run(sq.Select("c.name").From("customers c").LeftJoin("ordrs o ON o.customer_id = c.id"))                   // want `no such table: ordrs; did you mean orders`
	run(sq.Select("o.totl").From("customers c").LeftJoin("orders o ON o.customer_id = c.id"))                  // want `no such column: o.totl`
	sq.Select("x.total").From("customers c").LeftJoin("orders o ON o.customer_id = c.id").RunWith(db).Query()  // want `no such column: x.total`
	sq.Select("id").From("customers c").Join("orders o ON o.customer_id = c.id").RunWith(db).Query()           // want `ambiguous column name: id`
	run(sq.Select("id").From("orders").Where("customer_id IN (SELECT id FROM customers WHERE nmae = ?)", "x")) // want `no such column: nmae`
	run(sq.Select("name").From("customers").JoinClause(sq.Expr("JOIN x ON 1")))                                // want `no such table: x`
	run(sq.Select(totalColumn).From("orders"))                                                                 // want `no such column: totl`
	run(sq.Select("nmae").From(customers))                                                                     // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where("hues = 1 OR slogan = 2 OR name = 3"))                         // want `no such column: hues` `no such column: slogan`
	cols := []string{"id", "nmae"}                                                                             // want `no such column: nmae`
	run(sq.Select(cols...).From("customers"))
	q := sq.Select("id").From("customers")
	if flag {
		q = q.Where("nmae = ?", "x") // want `no such column: nmae`
	}
	if _, err := q.RunWith(db).QueryContext(ctx); err != nil {
		return
	}
	where := sq.Eq{"id": id}
	where["nmae"] = "x" // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(where))
	var and sq.And
	and = append(and, sq.Eq{"nmae": "x"}) // want `no such column: nmae`
	run(sq.Select("id").From("customers").Where(and))
	sort := "name"
	if flag {
		sort = "emial" // want `no such column: emial`
	}
	run(sq.Select("id").From("customers").OrderBy(sort))
	run(base().Where("nmae = ?", "x"))                                  // want `no such column: nmae`
	run(sb.Select("nmae").From("customers"))                            // want `no such column: nmae`
	sub := sq.Select("customer_id").From("orders").Where("totl > ?", 1) // want `no such column: totl`
	run(sq.Select("id").From("customers").Where(sq.Expr("id IN (?)", sub)))
	run(sq.Select("x.idd").FromSelect(sq.Select("id").From("customers"), "x"))               // want `no such column: x.idd; did you mean id`
	run(sq.Select("x.id").FromSelect(sq.Select("id", "nmae AS n").From("customers"), "x"))   // want `no such column: nmae`
	run(sq.Select("id").Prefix("WITH big AS (SELECT idd FROM orders)").From("big"))          // want `no such column: idd`
	run(sq.Select("big.idd").Prefix("WITH big AS (SELECT id FROM orders)").From("big"))      // want `no such column: big.idd`
	run(sq.Select("id").From("customers").Suffix("ORDER BY nmae"))                           // want `no such column: nmae`
	run(sq.Select("amont").From("big_orders"))                                               // want `no such column: amont; did you mean amount`
	run(sq.Select("boddy").From("notes"))                                                    // want `no such column: boddy; did you mean body`
	run(sq.Select("id").Column(sq.Expr("(SELECT MAX(totl) FROM orders)")).From("customers")) // want `no such column: totl`
	run(sq.Select("id").Column(sq.Alias(sq.Expr("length(nmae)"), "n")).From("customers"))    // want `no such column: nmae`
	sq.Select("rowid").From("order_lines").RunWith(db).Query()                               // want `no such column: rowid`
	sq.Select("order_id").From("order_lines").Where("produkt = 1").RunWith(db).Query()       // want `no such column: produkt; did you mean product`
	_, _, _ = sq.Select("whatever").From("customers").ToSql()                                // want `no such column: whatever`
	run(sq.Select("metric").From("warehouse_facts"))                                         // want `no such table: warehouse_facts`
	run(psql.Select("id").From("custmers"))                                                  // want `no such table: custmers; did you mean customers`
	run(psql.Select("nmae").From("customers"))                                               // want `no such column: nmae; did you mean name`
}

func scanned(ctx context.Context, db *sql.DB, id *int) error {
	if err := sq.Select("idd").From("customers").RunWith(db).QueryRow().Scan(id); err != nil { // want `no such column: idd`
		return err
	}
	err := sq.Select("id").From("customers").Where("customers.nmae = ?", "x").RunWith(db).QueryRowContext(ctx).Scan(id) // want `no such column: customers.nmae`
	if err != nil {
		return err
	}
	return sq.Select("emial").From("customers").RunWith(db).Scan(id) // want `no such column: emial`
}

func base() sq.SelectBuilder { return sq.Select("id").From("customers") }

func wrongChanges(db *sql.DB, flag bool) {
	run(sq.Insert("customers").Columns("nmae").Values("x"))                                                                  // want `table customers has no column named nmae; did you mean name`
	run(sq.Insert("customers").Columns("id", "nam").Values(1, "x"))                                                          // want `no column named nam`
	run(sq.Insert("custmers").Columns("name").Values("x"))                                                                   // want `no such table: custmers`
	run(sq.Replace("customers").Columns("emial").Values("x"))                                                                // want `no column named emial`
	run(sq.Insert("customers").SetMap(map[string]any{"nmae": "x"}))                                                          // want `no column named nmae`
	run(sq.Insert("customers").SetMap(sq.Eq{"name": "x", "emial": "y"}))                                                     // want `no column named emial`
	run(sq.Insert("customers").Columns("name_length").Values(1))                                                             // want `cannot INSERT into generated column`
	run(sq.Insert("customers").Columns("name").Values("x").Suffix("RETURNING idd"))                                          // want `no such column: idd`
	run(sq.Insert("customers").Columns("name").Values("x").Suffix("ON CONFLICT (emial) DO NOTHING"))                         // want `no such column: emial`
	run(sq.Insert("customers").Columns("name").Values("x").Suffix("ON CONFLICT (name) DO NOTHING"))                          // want `ON CONFLICT clause does not match`
	run(sq.Insert("customers").Columns("name").Values("x").Suffix("ON CONFLICT (email) DO UPDATE SET nmae = excluded.name")) // want `no such column: nmae`
	run(sq.Insert("customers").Columns("name").Values("x").Suffix("ON CONFLICT (email) DO UPDATE SET name = excluded.nmae")) // want `no such column: excluded.nmae`
	run(sq.Insert("orders").Columns("total").Select(sq.Select("totl").From("orders")))                                       // want `no such column: totl`
	run(sq.Update("customers").Set("nmae", "x").Where("id = 1"))                                                             // want `no such column: nmae; did you mean name`
	run(sq.Update("custmers").Set("name", "x").Where("id = 1"))                                                              // want `no such table: custmers`
	run(sq.Update("customers").SetMap(map[string]any{"nmae": "x"}).Where("id = 1"))                                          // want `no such column: nmae`
	run(sq.Update("customers").Set("name_length", 1).Where("id = 1"))                                                        // want `cannot UPDATE generated column`
	run(sq.Update("customers").Set("name", sq.Expr("upper(nmae)")).Where("id = 1"))                                          // want `no such column: nmae`
	run(sq.Update("customers").Set("name", "x").Where(sq.Eq{"idd": 1}))                                                      // want `no such column: idd`
	run(sq.Update("customers").Set("name", "x").Where("id = 1").Suffix("RETURNING nmae"))                                    // want `no such column: nmae`
	run(sq.Delete("customers").Where("nmae = 'x'"))                                                                          // want `no such column: nmae`
	run(sq.Delete("customers").Where(sq.Eq{"emial": "x"}))                                                                   // want `no such column: emial`
	run(sq.Delete("custmers").Where("id = 1"))                                                                               // want `no such table: custmers`
	run(sq.Delete("customers").Where("id = 1").Suffix("RETURNING nmae"))                                                     // want `no such column: nmae`
	set := map[string]any{"name": "x"}
	if flag {
		set["nmae"] = "y" // want `no such column: nmae`
	}
	run(sq.Update("customers").SetMap(set).Where("id = 1"))
	up := sq.Update("customers").Where("id = 1")
	if flag {
		up = up.Set("deletd_at", nil) // want `no such column: deletd_at`
	}
	up.RunWith(db).Exec()
}
