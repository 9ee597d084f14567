package right

import (
	"context"

	"example.com/replay/drey"
	"example.com/replay/typesafety/db"
)

func Queries(ctx context.Context, c *db.Client, tx *db.Tx) {
	db.Users.Where(db.Users.ID.Eq(1))
	db.Users.Where(drey.And(db.Users.ID.Eq(1), db.Users.Name.Eq("x")))
	db.Users.OrderBy(db.Users.Name.Asc())
	db.Names.Where(db.Names.Name.Eq("x"))
	db.Spending.With(1).Where(db.Spending.Orders.Gt(1))
	db.Spending.With(1).OrderBy(db.Spending.Name.Desc())
	db.Users.Where(db.Users.Name.Like("x%"))
	db.Users.Where(db.Users.Email.IsNull())
	db.Users.Where(db.Users.Score.Gt(1.5))
	db.Users.Where(db.Users.Active.Eq(true))
	db.Users.Where(db.Users.Email.Eq("x"))
	db.Users.Where(drey.Opt(new(string), db.Users.Name.Eq))
	db.Users.Update(db.Users.Name.Set("x"), db.Users.Email.SetNull(), db.Users.Score.Add(1)).Where(db.Users.ID.Eq(1))
	db.Users.Delete().Where(db.Users.Initial.Eq("x"))
	db.Users.Insert(db.Users.Name, db.Users.Email).OrUpdate(db.Users.PrimaryKey, db.Users.Name)
	db.Users.Where(drey.InQuery(db.Users.ID, db.Orders.Where(), db.Orders.UserID))
	db.Users.Where(drey.Exists(db.Orders.Where(), drey.On(db.Orders.UserID, db.Users.ID)))
	drey.Aggregate(ctx, c, db.Users.Where(), drey.Sum(db.Users.Score))
	var rows []db.User
	rows, _ = db.Users.All(ctx, c)
	rows, _ = db.Users.All(ctx, tx)
	rows, _ = db.Users.Insert().Returning(ctx, c, rows...)
	_ = rows
}
