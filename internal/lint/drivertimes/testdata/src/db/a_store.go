package db // want package:"layer"

import (
	"database/sql"

	"drey"
)

// Store is what people have beside the generated files.
type Store struct {
	*Queries
	handle *sql.DB
}

func store(handle *sql.DB, tx *sql.Tx, c *Client) {
	_ = &Store{New(handle), handle} // want `db.New writes times as the driver does, in another form than typed queries; use db.OnDBTX, for a \*sql.DB db.NewClient, or say why in // @driver-times <why> on the line above`
	q := &Queries{db: tx}           // want `this Queries writes times as the driver does`
	q.db = handle                   // want `this Queries writes times as the driver does`
	q = &Queries{db: q.db}
	q = &Queries{db: c}
	q.db = drey.Static(c)
	q = New(c)
	*q = Queries{}
}
