package wrong

import (
	"context"

	"example.com/replay/drey"
	"example.com/replay/typesafety/db"
)

func Queries(ctx context.Context, c *db.Client, plain drey.DBTX) {
	db.Orders.Where(db.Users.ID.Eq(1))
	db.Users.Where(drey.And(db.Users.ID.Eq(1), db.Orders.UserID.Eq(1)))
	db.Users.OrderBy(db.Orders.Total.Asc())
	db.Names.Where(db.Users.Name.Eq("x"))
	db.Users.Where(db.Spending.Orders.Gt(1))
	db.Spending.With(1).OrderBy(db.Users.Name.Desc())
	db.Users.Where(db.Users.ID.Like("x%"))
	db.Users.Where(db.Users.Name.IsNull())
	db.Users.Where(db.Users.Score.Contains("1"))
	db.Users.Where(db.Users.Active.Gt(true))
	db.Users.Where(db.Users.Avatar.Between(nil, nil))
	db.Users.Where(db.Users.ID.Eq("x"))
	db.Users.Where(db.Users.Email.Eq(nil))
	db.Users.Where(drey.Opt(new(int), db.Users.Name.Eq))
	db.Users.Where(db.Users.ID.In(1, "x"))
	db.Users.Where("id = 1")
	db.Users.OrderBy("name")
	db.Users.Limit("1")
	db.Spending.All(ctx, c)
	db.Spending.With("x")
	db.Users.All(ctx, plain)
	db.Users.Update(db.Orders.Total.Set(1))
	db.Users.Update(db.Users.Name.SetNull())
	db.Users.Update(db.Users.Name.Add("x"))
	db.Users.Update(db.Users.Initial.Set("x"))
	db.Users.Delete().Where(db.Orders.ID.Eq(1))
	db.Users.Insert(db.Orders.Total)
	db.Users.Insert().OrUpdate(db.Orders.PrimaryKey)
	db.ActiveUsers.Delete()
	db.Users.Where(drey.InQuery(db.Users.Name, db.Orders.Where(), db.Orders.UserID))
	db.Users.Where(drey.InQuery(db.Users.ID, db.Users.Where(), db.Orders.UserID))
	db.Users.Where(drey.Exists(db.Orders.Where(), drey.On(db.Users.ID, db.Orders.UserID)))
	drey.Aggregate(ctx, c, db.Users.Where(), drey.Sum(db.Users.Name))
	drey.Aggregate(ctx, c, db.Users.Where(), drey.Sum(db.Orders.Total))
	db.Users.Insert().Exec(ctx, c, db.Order{})
	var rows []db.Order
	rows, _ = db.Users.All(ctx, c)
	_ = rows
}
