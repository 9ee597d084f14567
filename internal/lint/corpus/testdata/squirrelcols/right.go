package squirrelcols

import (
	"context"
	"database/sql"
	"fmt"

	sq "github.com/Masterminds/squirrel"
)

type repo struct {
	table string
	sb    sq.StatementBuilderType
}

func right(db *sql.DB, ctx context.Context, r *repo, flag bool, cols []string, name string) {
	run(sq.Select("id", "name").From("customers"))                                                                        // ok: columns of the table
	run(sq.Select("ID", "Name").From("CUSTOMERS"))                                                                        // ok: case does not matter
	run(sq.Select("*").From("customers"))                                                                                 // ok: all columns
	run(sq.Select("c.*", "o.total").From("customers c").Join("orders o ON o.customer_id = c.id"))                         // ok: aliases
	run(sq.Select("customers.name").From("customers"))                                                                    // ok: the table's name
	run(sq.Select("main.customers.name").From("main.customers"))                                                          // ok: with the schema
	run(sq.Select("rowid").From("customers"))                                                                             // ok: rowid
	run(sq.Select("_rowid_", "oid").From("customers"))                                                                    // ok: rowid by its other names
	run(sq.Select("c.rowid").From("customers AS c"))                                                                      // ok: rowid behind an alias
	run(sq.Select("COUNT(*) AS n").From("customers").OrderBy("n DESC"))                                                   // ok: the alias of an aggregate
	run(sq.Select("tenant_id", "COUNT(*) n").From("customers").GroupBy("tenant_id").Having("n > 1"))                      // ok: an alias without AS
	run(sq.Select("total * 2 AS twice").From("orders").Where("twice > 10"))                                               // ok: SQLite takes an alias in WHERE
	run(sq.Select().Column(sq.Alias(sq.Expr("length(name)"), "len")).From("customers").OrderBy("len"))                    // ok: squirrel's Alias
	run(sq.Select("name AS title", "id").From("customers").GroupBy("title"))                                              // ok: an alias in GROUP BY
	run(sq.Select("id").From("orders").OrderBy("1"))                                                                      // ok: a column's number
	run(sq.Select(`"group"`, `"Ship To"`).From("orders"))                                                                 // ok: quoted names
	run(sq.Select("[group]", "`Ship To`").From("orders"))                                                                 // ok: quoted otherwise
	run(sq.Select("id").From("orders").Where(sq.Eq{`"Ship To"`: "x"}))                                                    // ok: a quoted key
	run(sq.Select("j.value").From("customers, json_each(customers.tags) AS j"))                                           // ok: a column of json_each
	run(sq.Select("key", "value", "type", "atom", "fullkey", "path").From("json_each('[]')"))                             // ok: columns of json_each
	run(sq.Select("c.id").From("customers c").Join("json_each(c.tags) t ON t.value = ?", "x"))                            // ok: json_each in a join
	run(sq.Select("title", "rank").From("notes").Where("notes MATCH ?", "x").OrderBy("rank"))                             // ok: hidden columns of FTS5
	run(sq.Select("bm25(notes)").From("notes").Where("notes MATCH ?", "x"))                                               // ok: a function of FTS5
	run(sq.Select("name").From("sqlite_master").Where(sq.Eq{"type": "table"}))                                            // ok: the schema itself
	run(sq.Select("name").From("pragma_table_info('orders')"))                                                            // ok: a pragma as a table
	run(sq.Select("amount").From("big_orders"))                                                                           // ok: a view
	run(sq.Select("parent.title").From("categories").Join("categories parent ON parent.id = categories.parent_id"))       // ok: a table joined with itself
	run(sq.Select("id").From("customers").Where("EXISTS (SELECT 1 FROM orders WHERE orders.customer_id = customers.id)")) // ok: a correlated subquery in a text
	sub := sq.Select("1").From("orders").Where("orders.customer_id = customers.id")                                       // ok: a correlated subquery
	run(sq.Select("id").From("customers").Where(sq.Expr("EXISTS (?)", sub)))
	run(sq.Select("id").From("customers").Where(sq.Expr("EXISTS (?)", sq.Select("1").From("orders o").Where("o.customer_id = tenant_id")))) // ok: a column of the outer statement
	run(sq.Select("n").Prefix("WITH t(n) AS (SELECT 1)").From("t"))                                                                         // ok: a CTE with columns
	run(sq.Select("big.id", "c.name").Prefix("WITH big AS (SELECT id FROM orders)").From("big").Join("customers c ON c.id = big.id"))       // ok: a CTE
	run(sq.Select("n").Prefix("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9)").From("t"))                     // ok: a recursive CTE
	run(sq.Select("n").PrefixExpr(sq.Expr("WITH t AS (SELECT id AS n FROM orders)")).From("t").Where("n > 1"))                              // ok: a CTE in an Expr
	run(sq.Select("x.id", "x.n").FromSelect(sq.Select("id", "name AS n").From("customers"), "x"))                                           // ok: an alias of a subquery
	run(sq.Select("x.n").From("(SELECT name AS n FROM customers) x"))                                                                       // ok: a subquery as text
	run(sq.Select("name").From("customers").Suffix("UNION SELECT status FROM orders"))                                                      // ok: a compound
	run(psql.Select("name", "search_vector").From("customers"))                                                                             // ok: PostgreSQL
	run(psql.Select("id").From("warehouse_facts"))                                                                                          // ok: PostgreSQL
	run(sq.Select("id").From("customers").Where("name = $1", "x").PlaceholderFormat(sq.Dollar))                                             // ok: PostgreSQL
	run(sq.Select("nmae").From("aux.customers"))                                                                                            // ok: an attached database
	run(sq.Select("nmae").From(r.table))                                                                                                    // ok: the table is not known
	run(sq.Select("nmae").From("customers c").Join(name))                                                                                   // ok: a join is not known
	run(sq.Select(cols...).From("customers").OrderBy("shown"))                                                                              // ok: may be an alias
	run(sq.Select("nmae").From("customers").JoinClause(sq.Expr(name)))                                                                      // ok: a join is not known
	run(sq.Select("nmae").PrefixExpr(sq.Select("1")).From("customers"))                                                                     // ok: a prefix is not known
	run(sq.Select("id").From("customers").Where("created_at > datetime('now', '-1 day')"))                                                  // ok: a function
	run(sq.Select("id").From("customers").Where("name = 'nmae'"))                                                                           // ok: a string
	run(sq.Select("id").From("customers").Where(`name = "nmae"`))                                                                           // ok: SQLite takes it for a string
	run(sq.Select("id").From("customers").Where("name ILIKE ?", "x"))                                                                       // ok: another dialect
	run(sq.Select("id").From("customers").Where("tags @> ?", "x"))                                                                          // ok: another dialect
	run(sq.Select("COALESCE(deleted_at, created_at) AS at").From("customers").OrderBy("at"))                                                // ok: an alias of an expression
	run(sq.Select("ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY id) AS rn").From("customers"))                                        // ok: a window function
	run(sq.Select("CASE WHEN total > 1 THEN 'a' ELSE 'b' END AS kind").From("orders").GroupBy("kind"))                                      // ok: a CASE
	run(sq.Select("DISTINCT name").From("customers"))                                                                                       // ok: DISTINCT
	run(sq.Select("1"))                                                                                                                     // ok: no FROM
	run(sq.Select("order_id").From("order_lines").Where(sq.Eq{"order_id": 1, "product": "x"}))                                              // ok: WITHOUT ROWID
	run(sq.Select("title").From("categories").OrderBy("title COLLATE NOCASE DESC NULLS LAST"))                                              // ok: an order with its words
	run(extend(sq.Select("c.id").From("customers c").Where("o.total > 1")))                                                                 // ok: a function may join
	run(extend(sq.Select("total").From("customers c")))                                                                                     // ok: a column of a table that may be joined
	text, args, _ := sq.Select("1").From("orders o").Where("o.customer_id = c.id").ToSql()                                                  // ok: put into another text
	run(sq.Select("id").From("customers c").Where("EXISTS ("+text+")", args...))
	_ = fmt.Sprint(map[string]any{"nmae": 1}) // ok: no statement
	_ = sq.Eq{"nmae": 1}                      // ok: no statement
	db.Exec("CREATE TEMP TABLE order_ids (id INTEGER)")
	run(sq.Select("id").From("order_ids"))                                     // ok: created by the program
	run(sq.Select("o.id").From("orders o").Join("order_ids t ON t.id = o.id")) // ok: created by the program
	q := sq.Select("id").From("customers")
	if flag {
		q = sq.Select("nmae").From(r.table) // ok: begins in two places
	}
	run(q)
	j := sq.Select("customers.id").From("customers")
	if flag {
		j = j.Join("orders ON orders.customer_id = customers.id").Where("total > 1") // ok: the join is in the same branch
	}
	run(j)
	or := sq.Or{}
	for _, c := range cols {
		or = append(or, sq.Eq{"name": c}) // ok: a column
	}
	run(sq.Select("id").From("customers").Where(or))
}

func extend(q sq.SelectBuilder) sq.SelectBuilder {
	return q.Join("orders o ON o.customer_id = c.id").Where("nonsense = 1") // ok: a parameter
}

func rightChanges(m map[string]any, name string) {
	run(sq.Insert("customers").Columns("name", "email").Values("x", "y"))                                                                                                   // ok: columns of the table
	run(sq.Insert("customers").Columns("rowid", "name").Values(1, "x"))                                                                                                     // ok: rowid
	run(sq.Insert("customers").Options("OR IGNORE").Columns("name").Values("x"))                                                                                            // ok: an option
	run(sq.Insert("notes").Columns("notes").Values("optimize"))                                                                                                             // ok: a command of FTS5
	run(sq.Insert("customers").SetMap(m))                                                                                                                                   // ok: a map that is not known
	run(sq.Insert("customers").Columns("email", "name").Values("x", "y").Suffix("ON CONFLICT (email) DO UPDATE SET name = excluded.name"))                                  // ok: excluded
	run(sq.Insert("customers").Columns("email").Values("x").Suffix("ON CONFLICT DO NOTHING RETURNING id, email AS address"))                                                // ok: RETURNING
	run(sq.Insert("order_lines").Columns("order_id", "product").Values(1, "x").Suffix("ON CONFLICT (order_id, product) DO UPDATE SET quantity = order_lines.quantity + 1")) // ok: the table's own name
	run(sq.Insert("orders").Columns("total").Select(sq.Select("total").From("orders")))                                                                                     // ok: a Select
	run(sq.Update("customers").Set("name", "x").Where(sq.Eq{"id": 1}))                                                                                                      // ok: columns of the table
	run(sq.Update("customers").Set("name", sq.Expr("name || ?", "x")).Where("id = 1"))                                                                                      // ok: an expression
	run(sq.Update("orders").Set("total", sq.Expr("c.tenant_id")).From("customers c").Where("c.id = orders.customer_id"))                                                    // ok: UPDATE FROM
	run(sq.Update("customers AS c").Set("name", "x").Where("c.id = 1"))                                                                                                     // ok: an alias
	run(sq.Update("customers").Set(name, 1).Where("id = 1"))                                                                                                                // ok: not constant
	run(sq.Delete("customers").Where("rowid = 1"))                                                                                                                          // ok: rowid
	run(sq.Delete("orders").Where("customer_id IN (SELECT id FROM customers)"))                                                                                             // ok: a subquery
	run(sq.Delete("customers").Where("id = 1").Suffix("RETURNING id, name"))                                                                                                // ok: RETURNING
	run(psql.Update("customers").Set("search_vector", 1).Where("id = 1"))                                                                                                   // ok: PostgreSQL
	set := map[string]any{"name": "x"}
	set["email"] = "y" // ok: a column
	run(sq.Update("customers").SetMap(set).Where("id = 1"))
}
