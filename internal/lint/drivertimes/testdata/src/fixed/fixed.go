package fixed

import (
	"context"
	"database/sql"

	data "db"
	"passed"
)

type repo struct{ q *data.Queries }

func uses(ctx context.Context, r repo, handle *sql.DB, tx *sql.Tx) {
	q := data.New(handle)    // want `data.New|db.New writes times`
	_ = q.WithTx(tx)         // want `WithTx`
	use(r.q.WithTx(tx))      // want `WithTx`
	used := data.New(handle) // want `db.New`
	use(used)
	use(used.WithTx(tx))             // want `WithTx`
	passed.New().Touch(ctx, tx, nil) // want `a query on a handle`
}

func use(*data.Queries) {}
