package drey

import (
	"context"
	"database/sql"
)

type DBTX interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	PrepareContext(context.Context, string) (*sql.Stmt, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

type Conn interface {
	DBTX
	static() int
}

type Client struct{ DBTX }

func (c *Client) static() int { return 0 }

type Tx struct{ DBTX }

func (t *Tx) static() int { return 0 }

type UnixTime struct{}

type Null[T any] struct{ V T }

func Static(c Conn) DBTX           { return c }
func NewClient(db *sql.DB) *Client { return &Client{db} }
func OnDBTX(db DBTX) *Tx           { return &Tx{db} }
