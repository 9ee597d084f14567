// Package libs gives SQL to functions of libraries, and to drivers.
package libs

import (
	"context"
	"database/sql/driver"

	"github.com/jmoiron/sqlx"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func Functions(ctx context.Context, q sqlx.Queryer, names *[]string, order string) {
	_ = sqlx.Select(q, names, "SELECT name FROM users ORDER BY "+order)          // want `can be injected into`
	_ = sqlx.GetContext(ctx, q, names, "SELECT name FROM users ORDER BY "+order) // want `can be injected into`
	sqlx.MustExec(q, "DELETE FROM users WHERE name = '"+order+"'")               // want `can be injected into`
	sqlx.MustExec(q, "DELETE FROM users")                                        // want `raw SQL without a reason`
	// @native-sql the test is about libraries
	sqlx.MustExec(q, "DELETE FROM users WHERE name = ?", order)
}

func Native(c *sqlite.Conn, order string) {
	_, _ = c.Prepare("SELECT name FROM users ORDER BY " + order)              // want `can be injected into`
	_ = sqlitex.Execute(c, "DELETE FROM users WHERE name = '"+order+"'", nil) // want `can be injected into`
}

func Driver(ctx context.Context, conn any, name string) {
	if e, ok := conn.(driver.ExecerContext); ok {
		_, _ = e.ExecContext(ctx, "DELETE FROM users WHERE name = '"+name+"'", nil) // want `can be injected into`
	}
}

func Listed(ctx context.Context, e driver.ExecerContext, args []driver.NamedValue) {
	// @native-sql the test is about drivers
	_, _ = e.ExecContext(ctx, "DELETE FROM users WHERE id = ?", args) // ok: the arguments are a list
}

type tracer struct{}

func (tracer) ConnExec(ctx context.Context, e driver.ExecerContext, query string, args []driver.NamedValue) (driver.Result, error) { // want ConnExec:"takes SQL as argument 2"
	return e.ExecContext(ctx, query, args) // ok: it passes the query on
}
