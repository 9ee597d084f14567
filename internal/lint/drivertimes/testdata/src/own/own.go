package own

import (
	"context"
	"database/sql"

	"passed"
	"prepared"
)

func uses(ctx context.Context, handle *sql.DB, tx *sql.Tx, x passed.DBTX, q passed.Querier, c *passed.Client, p *prepared.Client) {
	passed.New().Touch(ctx, handle, nil) // want `a query on a handle writes times as the driver does`
	c.Touch(ctx, tx, nil)                // want `a query on a handle`
	q.Touch(ctx, x, nil)                 // want `a query on a handle`
	touch := q.Touch
	touch(ctx, tx, nil)                                 // want `a query on a handle`
	(*passed.Queries).Touch(passed.New(), ctx, tx, nil) // want `a query on a handle`
	c.Touch(ctx, c, nil)
	q.Touch(ctx, passed.OnDBTX(tx), nil)
	mine(ctx, x, nil)

	prepared.Prepare(ctx, handle) // want `prepared.Prepare writes times`
	prepared.Prepare(ctx, p)      // want `prepared.Prepare writes times`
	prepared.New(p)
	prepared.New(tx) // want `prepared.New writes times`
}

func mine(ctx context.Context, x passed.DBTX, at any) {}
