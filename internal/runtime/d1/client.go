//go:build js && wasm

package d1

import (
	"syscall/js"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Open makes a client of a D1 binding of a Cloudflare Worker, env.DB for one, or of
// a session on it, env.DB.withSession(bookmark). It costs nothing, so that each
// request can have its own.
//
// D1 has no transactions: Tx is [drey.ErrNoTransactions], a Batch and a bulk write
// run at once. The migrations are wrangler's business: drey migrate export d1 writes
// them, and [Check] tells whether the database has them.
func Open(binding js.Value) *drey.Client {
	p := drey.NewPool(NewConnector(binding), nil)
	return drey.New(drey.Backend{Reads: p, Writes: p, Parameters: MaxParameters, Integers: safe, Remote: true})
}
