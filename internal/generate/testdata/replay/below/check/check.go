package check

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"example.com/replay/below/db"
	"example.com/replay/drey"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// Check runs what the case is about on a database in the folder.
func Check(dir string) {
	ctx := context.Background()
	must(db.Migrate(ctx, filepath.Join(dir, "below.db")))
	c := must(db.Open(ctx, filepath.Join(dir, "below.db")))
	r := rand.New(rand.NewPCG(1, 7))
	var customers []db.Customer
	var orders []db.Order
	countries := []string{"CH", "DE", "FR"}
	for i := range 9 {
		customer := db.Customer{ID: int64(i + 1), Name: fmt.Sprint("customer ", i)}
		if i%4 > 0 {
			customer.Country.String, customer.Country.Valid = countries[i%3], true
		}
		customers = append(customers, customer)
	}
	for i := range 60 {
		orders = append(orders, db.Order{ID: int64(i + 1), CustomerID: 1 + r.Int64N(8), Total: r.Int64N(20), State: []string{"open", "paid", "sent"}[r.IntN(3)]})
	}
	must(db.Customers.Insert().Exec(ctx, c, customers...))
	must(db.Orders.Insert().Exec(ctx, c, orders...))
	must(db.Notes.Insert().Exec(ctx, c, db.Note{Body: sql.NullString{String: "a nest of squirrels", Valid: true}}, db.Note{}))

	for range 200 {
		ranked(ctx, c, r, orders)
		spending(ctx, c, r, customers, orders)
	}

	// The static half, and an absent condition, have all rows.
	static := must(c.Queries.Ranked(ctx))
	fmt.Println(len(static), len(must(db.Ranked.All(ctx, c))), len(must(db.Ranked.Below(db.Ranked.WhereOrders()).All(ctx, c))))
	fmt.Println(len(must(c.Queries.Both(ctx, 10))), must(db.Both.With(10).Count(ctx, c)))

	both := db.Both.With(10).
		Below(db.Both.WhereOrders(db.Orders.State.Eq("open")), db.Both.WhereOpenOrders(db.OpenOrders.Total.Lt(3))).
		Below(db.Both.WhereCustomers(drey.InQuery(db.Customers.ID, db.Both.With(18).Below(db.Both.WhereOrders(db.Orders.State.Eq("open"))).Where(db.Both.Kind.Eq("customer")), db.Both.ID)))
	text, args, err := both.Where(db.Both.N.Gt(0)).ToSql()
	fmt.Println(text, args, err)
	for _, kind := range []string{"customer", "order", "open"} {
		fmt.Println(kind, must(both.Where(db.Both.Kind.Eq(kind)).Count(ctx, c)))
	}
	fmt.Println(must(db.Notes.Count(ctx, c)), must(db.NotesQuery.All(ctx, c)), must(db.NotesQuery.Below(db.NotesQuery.WhereNotes(db.Notes.Body.Contains("squirrel"))).All(ctx, c)))
	fmt.Println(must(db.WhereC.Query.Below(db.WhereC.WhereC(db.Customers.Country.Eq("CH"))).Where(db.WhereC.WhereCColumn.Gt(0), db.WhereC.BelowColumn.Eq(1)).All(ctx, c)))
	large := db.Large.With(15).Below(db.Large.WhereGroßeÄpfel(db.Orders.State.Eq("open"))).OrderBy(db.Large.ID.Asc())
	fmt.Println(must(large.All(ctx, c))[0], must(large.Count(ctx, c)), len(must(c.Queries.Large(ctx, 15))))
	if err := c.Close(); err != nil {
		log.Fatal(err)
	}
}

// ranked compares the places among some of the orders with those that Go computes.
func ranked(ctx context.Context, c *db.Client, r *rand.Rand, orders []db.Order) {
	state, least, place := []string{"open", "paid", "sent"}[r.IntN(3)], r.Int64N(15), 1+r.Int64N(3)
	var want []db.RankedRow
	for _, o := range orders {
		if o.State == state || o.Total < least {
			continue
		}
		row := db.RankedRow{ID: o.ID, CustomerID: o.CustomerID, Total: o.Total, Place: 1}
		for _, other := range orders {
			if other.State != state && other.CustomerID == o.CustomerID && other.Total > o.Total {
				row.Place++
			}
		}
		if row.Place <= place {
			want = append(want, row)
		}
	}
	q := db.Ranked.Below(db.Ranked.WhereOrders(db.Orders.State.NotEq(state), db.Orders.Total.Gte(least))).
		Where(db.Ranked.Place.Lte(place)).OrderBy(db.Ranked.ID.Asc())
	if got := must(q.All(ctx, c)); !slices.Equal(got, want) {
		log.Fatalf("not %s, at least %d: %v, want %v", state, least, got, want)
	}
	var paged []db.RankedRow
	for cursor, more := "", true; more; more = cursor != "" {
		page := must(drey.Keyed(q, db.Ranked.ID).Page(ctx, c, cursor, 7))
		paged, cursor = append(paged, page.Rows...), page.Next
	}
	if !slices.Equal(paged, want) {
		log.Fatalf("not %s, at least %d, in pages: %v, want %v", state, least, paged, want)
	}
}

// spending compares sums over some of the orders with those that Go computes.
func spending(ctx context.Context, c *db.Client, r *rand.Rand, customers []db.Customer, orders []db.Order) {
	state, country, big := []string{"open", "paid", "sent"}[r.IntN(3)], []string{"CH", "DE", "FR"}[r.IntN(3)], r.Int64N(20)
	params := db.SpendingParams{Least: r.Int64N(10), Most: 5 + r.Int64N(20), Ids: []int64{1, 2, 3, 4, 5, 6, 7, 9}[r.IntN(4):]}
	var want []db.SpendingRow
	for _, customer := range customers {
		if customer.Country.Valid && customer.Country.String == country || !slices.Contains(params.Ids, customer.ID) {
			continue
		}
		row := db.SpendingRow{ID: customer.ID, Name: customer.Name}
		for _, o := range orders {
			if o.CustomerID == customer.ID && o.Total >= params.Least && o.Total <= params.Most && o.State == state {
				row.Orders++
				row.Spent += o.Total
				if o.Total > big {
					row.Big++
				}
			}
		}
		want = append(want, row)
	}
	got := must(db.Spending.With(params).
		Below(
			db.Spending.WhereBig(db.Orders.Total.Gt(big)),
			db.Spending.WhereC(drey.Or(db.Customers.Country.IsNull(), db.Customers.Country.NotEq(country))),
			db.Spending.WhereO(db.Orders.State.Eq(state)),
		).
		OrderBy(db.Spending.ID.Asc()).All(ctx, c))
	if !slices.Equal(got, want) {
		log.Fatalf("%+v, %s, not %s, %d: %v, want %v", params, state, country, big, got, want)
	}
}
