// Package shop hands names to another package.
package shop

import (
	"context"

	sq "github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/lint/corpus/testdata/squirrelcols/handed"
	"github.com/dreysql/drey/internal/lint/corpus/testdata/squirrelcols/handed/words"
)

const byState = "state"

// By hands a name on.
func By(ctx context.Context, s *handed.Stock, column string) sq.SelectBuilder {
	return s.CountBy(ctx, column)
}

func stock(ctx context.Context, s *handed.Stock, c handed.Counter, b bool) {
	s.CountBy(ctx, "status")    // ok: a column
	s.CountBy(ctx, "state")     // want `no such column: state.*no table has it`
	s.CountBy(ctx, byState)     // want `no such column: state.*no table has it`
	s.CountBy(ctx, words.State) // want `no such column: state.*no table has it`
	c.CountBy(ctx, "statuses")  // want `no such column: statuses; did you mean status\?`
	By(ctx, s, "colour")        // want `no such column: colour`
	column := "status"
	if b {
		column = "phase" // want `no such column: phase`
	}
	s.CountBy(ctx, column)
	s.CountBy(ctx, "how_many") // ok: the other package defines it
	handed.Total("total * 2")  // ok: a column
	handed.Total("price * 2")  // want `no such column: price`
	handed.Total("")           // ok: nothing
}

func lists(id int64) {
	handed.Read("id", "stat")                     // want `no such column: stat`
	handed.Read([]string{"id", "custmer"}...)     // want `no such column: custmer`
	handed.ReadList([]string{"id", "customr_id"}) // want `no such column: customr_id; did you mean customer_id\?`
	columns := []string{"id", "total"}            // ok: columns
	columns = append(columns, "sum_total")        // want `no such column: sum_total`
	handed.ReadList(columns)
	handed.Change(id, map[string]any{"totals": 1}) // want `no such column: totals; did you mean total\?`
	handed.Change(id, map[string]any{"total": 1})  // ok: a column
	change := map[string]any{}
	change["kind"] = "totals" // want `no such column: kind`
	handed.Change(id, change)
}

func structs(s *handed.Stock) {
	handed.By(handed.Options{
		Group:  "statu",                       // want `no such column: statu;`
		Fields: []string{"id", "tenants"},     // want `no such column: tenants`
		Filter: map[string]any{"sort_of": 12}, // want `no such column: sort_of`
	})
	var o handed.Options
	o.Group = "status" // ok: a column
	o.Fields = words.Columns
	handed.By(o)
	s.Sort = "newest"                    // want `no such column: newest`
	_ = &handed.Stock{Sort: "placed_at"} // ok: a column
	_ = &handed.Stock{"placed_on"}       // want `no such column: placed_on; did you mean placed_at\?`
}

func others() {
	handed.From("orders")             // ok: a table
	handed.From("orderz")             // want `no such table: orderz; did you mean orders\?`
	handed.Where("total > 5")         // ok: a column
	handed.Where("totals > 5")        // want `no such column: totals`
	handed.Generic("stati", 5)        // want `no such column: stati`
	handed.Generic[int64]("total", 5) // ok: a column
	handed.Label("anything")          // ok: this is not SQL
	handed.Keyed("newest")            // ok: it is looked up
	handed.Valued("some value", "x")  // ok: it is of any type
	handed.Named("how_many DESC")     // ok: the other package defines it
}

// Statements that go through a function of another package.
func through(db sq.BaseRunner) {
	a := sq.Select("id", "name").From("orders") // want `no such column: name`
	a = handed.Since(a, "2026-01-01", true)
	_, _ = a.Limit(5).RunWith(db).Query()
	b := sq.Select("orders.id", "name").From("orders") // ok: the join has it
	_, _ = handed.Joined(b).RunWith(db).Query()
	c := sq.Select("id").From("orders").Where("(id, customer) IN " + words.Some()) // want `no such column: customer`
	_, _ = c.RunWith(db).Query()
	d := sq.Select("id").From("orders").Where("(id, customer_id) IN (" + words.Some() + ")") // ok: columns
	_, _ = d.RunWith(db).Query()
}
