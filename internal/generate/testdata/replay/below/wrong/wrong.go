package wrong

import (
	"example.com/replay/below/db"
	"example.com/replay/drey"
)

func Queries(i drey.Inner[db.BothSource]) {
	db.Ranked.WhereOrders(db.Customers.ID.Eq(1))
	db.Ranked.WhereOrders(db.Ranked.ID.Eq(1))
	db.Ranked.Below(db.Orders.ID.Eq(1))
	db.Ranked.Below(db.Both.WhereOrders())
	db.Ranked.Below(i)
	db.Ranked.Where(db.Ranked.WhereOrders())
	db.Spending.Below(db.Spending.WhereC())
	db.Spending.WhereOrders()
	db.Orders.Below(db.Ranked.WhereOrders())
	drey.Not(db.Ranked.WhereOrders())
}
