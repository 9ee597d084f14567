//go:build js && wasm

package runtime

import (
	"database/sql"
	"syscall/js"

	"github.com/dreysql/drey/internal/d1driver"
)

// OpenD1 makes a client of a D1 binding of a Cloudflare Worker, env.DB for one,
// or of a session on it, env.DB.withSession(bookmark). It costs nothing, so that
// each request can have its own.
//
// D1 has no transactions: Tx is [ErrNoTransactions], a Batch and a bulk write
// run at once. What D1 would lose of a value is an error; package d1driver says
// what that is. The migrations are wrangler's business: drey migrate export d1
// writes them, and [CheckD1] tells whether the database has them.
func OpenD1(binding js.Value) *Client {
	direct := &directCounts{max: maxStatements}
	p := newPool(sql.OpenDB(&directConnector{d1driver.NewConnector(binding), direct}))
	p.direct, p.parameters, p.integers, p.batches = direct, d1driver.MaxParameters, exactIntegers, true
	return newClient(p, p, engine{close: p.db.Close})
}
