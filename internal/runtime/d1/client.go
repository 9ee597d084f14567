//go:build js && wasm

package d1

import (
	"syscall/js"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Open makes a client of a D1 binding of a Cloudflare Worker, such as env.DB, or of
// a session on it, such as env.DB.withSession(bookmark). It costs nothing, so each
// request can have its own.
//
// D1 does not have transactions: Tx is [drey.ErrNoTransactions], and a Batch or a
// bulk write runs as one. Migrations are run by wrangler: drey migrate export d1
// writes them, and [Check] tells whether the database has them.
func Open(binding js.Value) *drey.Client {
	p := drey.NewPool(NewConnector(binding), nil)
	return drey.New(drey.Backend{Reads: p, Writes: p, Parameters: MaxParameters, Integers: safe, Remote: true})
}
