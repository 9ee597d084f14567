// Package wrapped hands SQL to the functions of another package.
package wrapped

import (
	"context"
	"database/sql"
	"fmt"

	sq "github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/lint/corpus/testdata/nativesql/wrapped/layer"
)

func Wrapped(ctx context.Context, db *sql.DB, d layer.DB, name string) error {
	d.Get(ctx, &name, "SELECT name FROM customers WHERE name = '"+name+"'")          // want `can be injected into`
	d.First(ctx, &name, fmt.Sprintf("SELECT name FROM customers ORDER BY %s", name)) // want `can be injected into`
	layer.Run(db, "DELETE FROM "+name)                                               // want `can be injected into`
	d.Get(ctx, &name, "SELECT nmae FROM customers")                                  // want `no such column: nmae`
	// @native-sql-dynamic name is one of our own tables
	d.Get(ctx, &name, "SELECT name FROM "+name)                       // ok: the second directive
	d.Get(ctx, &name, "SELECT name FROM customers WHERE id = ?", 1)   // ok: the wrapper has the reason
	d.First(ctx, &name, "SELECT name FROM customers WHERE id = ?", 1) // ok: the wrapper has the reason
	layer.Run(db, "DELETE FROM customers")                            // ok: reported in the wrapper
	layer.Script(db, "DELETE FROM "+name)                             // ok: the wrapper is for such
	text, args, err := sq.Select("name").From("customers").ToSql()
	d.Get(ctx, &name, text, args...) // ok: squirrel's text
	return err
}
