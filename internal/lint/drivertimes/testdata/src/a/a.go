package a

import (
	"context"
	"database/sql"

	"db"
	"plain"
	"sqlc"
)

type repo struct {
	q      *db.Queries
	handle *sql.DB
}

type embedded struct{ *db.Queries }

type beginner interface {
	WithTx(*sql.Tx) *db.Queries
}

// own has a WithTx of its own, which is right.
type own struct{ *db.Queries }

func (own) WithTx(tx *sql.Tx) *db.Queries { return db.Using(db.OnDBTX(tx)) }

var queries = db.New(nil)

func uses(handle *sql.DB, tx *sql.Tx, conn *sql.Conn, x db.DBTX, c *db.Client, t *db.Tx, b beginner) {
	r := repo{q: db.New(handle)} // want `db.New writes times as the driver does`
	r.q.WithTx(tx)               // want `WithTx of sqlc's Queries writes times as the driver does`
	_ = db.New(conn)             // want `db.New writes times`
	_ = db.New(x)                // want `db.New writes times`
	_ = (db.New)((tx))           // want `db.New writes times`
	open := db.New               // want `db.New writes times`
	q := open(tx)
	q.WithTx(tx)                        // want `WithTx of sqlc's Queries`
	begin := q.WithTx                   // want `WithTx of sqlc's Queries`
	(*db.Queries).WithTx(begin(tx), tx) // want `WithTx of sqlc's Queries`
	embedded{q}.WithTx(tx)              // want `WithTx of sqlc's Queries`
	e := embedded{q}
	_ = e.Queries
	_ = e.WithTx(tx)     // want `WithTx of sqlc's Queries`
	b.WithTx(tx)         // want `WithTx of sqlc's Queries`
	t.WithTx(tx)         // want `WithTx of sqlc's Queries`
	db.New(c).WithTx(tx) // want `WithTx of sqlc's Queries`
	lone := db.Using(c)
	_ = lone.WithTx(tx) // want `WithTx of sqlc's Queries`

	_ = db.New(c)
	_ = db.New(t)
	c.WithTx(tx)
	db.Using(c)
	db.OnDBTX(x)
	own{}.WithTx(tx)
	plain.New(handle).WithTx(tx)
	sqlc.New(handle).WithTx(tx)
	handle.ExecContext(context.Background(), "SELECT 1")

	// @driver-times the other service reads the driver's form
	_ = db.New(handle)
	// @driver-times because
	_ = db.New(handle) // want `db.New writes times`
}
