//go:build js && wasm

package d1

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"
	"syscall/js"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// OpenDB returns a database/sql handle over a D1 binding, such as env.DB, or over
// a session of it, such as env.DB.withSession(bookmark).
func OpenDB(binding js.Value) *sql.DB { return sql.OpenDB(NewConnector(binding)) }

// Connector makes connections. They cost nothing, and do not keep state
// between statements.
//
// A value that comes from JavaScript costs about as much as reading a row. So
// what can be used again is kept, and a result comes as one text.
type Connector struct {
	binding js.Value
	texts   remote.Texts[*text]
	// From JavaScript: a statement to count by, and what options and functions
	// statements are run with.
	changes, named, stringify, arrayOf, parts js.Value

	mu       sync.Mutex
	prepared map[string]js.Value // by text, without arguments
	waits    []*wait             // that nobody uses
}

// NewConnector makes the connector that OpenDB uses, for [sql.OpenDB].
func NewConnector(binding js.Value) *Connector {
	c := &Connector{binding: binding, texts: remote.Texts[*text]{Make: parse}}
	c.changes = binding.Call("prepare", changes)
	c.named = js.ValueOf(map[string]any{"columnNames": true})
	c.stringify = js.Global().Get("JSON").Get("stringify")
	c.arrayOf = js.Global().Get("Array").Get("of")
	c.parts = js.ValueOf([]any{"meta", "last_row_id", "results", "n"})
	return c
}

// Connect makes a connection.
func (c *Connector) Connect(context.Context) (driver.Conn, error) { return &Conn{c}, nil }

// Driver returns the driver, which cannot open anything by name.
func (c *Connector) Driver() driver.Driver { return unnamed{} }

type unnamed struct{}

func (unnamed) Open(string) (driver.Conn, error) {
	return nil, fmt.Errorf("d1: a binding has no name; use Open")
}

// Conn is a connection. database/sql hands it out with [sql.Conn.Raw].
type Conn struct{ *Connector }

// Prepare reads the text's parameters. D1 itself looks at the text when it runs.
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return &stmt{c, t}, nil
}

// PrepareContext is Prepare.
func (c *Conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return c.Prepare(query)
}

// ResetSession does nothing.
func (c *Conn) ResetSession(context.Context) error { return nil }

// IsValid always reports true.
func (c *Conn) IsValid() bool { return true }

// Ping runs a query that reads no table.
func (c *Conn) Ping(ctx context.Context) error {
	_, err := c.QueryContext(ctx, "SELECT 1", nil)
	return err
}

// Close does nothing.
func (c *Conn) Close() error { return nil }

// Begin returns [ErrTransaction].
func (c *Conn) Begin() (driver.Tx, error) { return nil, ErrTransaction }

// BeginTx returns [ErrTransaction].
func (c *Conn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	return nil, ErrTransaction
}

// ExecContext runs a statement.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return c.exec(ctx, t, args)
}

// QueryContext runs a statement and reads its rows.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return nil, err
	}
	return c.query(ctx, t, args)
}

// Batch runs the statements in their order, all of them or none, in one round
// trip. Each has rows and a result. An empty result does not know its columns.
func (c *Conn) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) ([]driver.Rows, []driver.Result, error) {
	if len(queries) == 0 {
		return nil, nil, nil
	}
	var list []any
	counts := make([]bool, len(queries))
	for i, query := range queries {
		bound, err := c.bound(query, args[i])
		if err != nil {
			return nil, nil, fmt.Errorf("statement %d of the batch: %w", i+1, err)
		}
		list = append(list, bound)
		if counts[i] = !selects(query); counts[i] {
			list = append(list, c.changes)
		}
	}
	results, err := c.batch(ctx, list)
	if err != nil {
		return nil, nil, err
	}
	numbers, err := c.numbers(results, len(list))
	if err != nil {
		return nil, nil, err
	}
	found, affected := make([]driver.Rows, len(queries)), make([]driver.Result, len(queries))
	at := 0
	for i := range queries {
		if found[i], err = objects(c.text(results.Index(at).Get("results"))); err != nil {
			return nil, nil, fmt.Errorf("statement %d of the batch: %w", i+1, err)
		}
		r := remote.Outcome{LastID: numbers[at].id}
		at++
		if counts[i] {
			if r.Affected, err = numbers[at].count(); err != nil {
				return nil, nil, err
			}
			at++
		}
		affected[i] = r
	}
	return found, affected, nil
}

// changes asks how many rows the statement before it has changed. D1's own
// count includes what triggers and foreign keys did.
const changes = "SELECT changes() AS n"

func (c *Conn) exec(ctx context.Context, t *text, args []driver.NamedValue) (driver.Result, error) {
	bound, err := c.bind(t, args)
	if err != nil {
		return nil, err
	}
	results, err := c.batch(ctx, []any{bound, c.changes})
	if err != nil {
		return nil, err
	}
	numbers, err := c.numbers(results, 2)
	if err != nil {
		return nil, err
	}
	r := remote.Outcome{LastID: numbers[0].id}
	r.Affected, err = numbers[1].count()
	return r, err
}

func (c *Conn) query(ctx context.Context, t *text, args []driver.NamedValue) (driver.Rows, error) {
	bound, err := c.bind(t, args)
	if err != nil {
		return nil, err
	}
	answer, err := c.await(ctx, func() js.Value { return bound.Call("raw", c.named) })
	if err != nil {
		return nil, err
	}
	return arrays(c.text(answer))
}

func (c *Conn) batch(ctx context.Context, list []any) (js.Value, error) {
	return c.await(ctx, func() js.Value { return c.binding.Call("batch", c.arrayOf.Invoke(list...)) })
}

// numbers leaves the rows of the statements where they are, as a list of names
// is what JSON.stringify picks.
func (c *Conn) numbers(results js.Value, statements int) ([]numbers, error) {
	n, err := readNumbers(c.stringify.Invoke(results, c.parts).String())
	if err == nil && len(n) != statements {
		err = errJSON
	}
	return n, err
}

// bound gives a D1PreparedStatement with its arguments.
func (c *Conn) bound(query string, args []driver.NamedValue) (js.Value, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return js.Value{}, err
	}
	return c.bind(t, args)
}

func (c *Conn) bind(t *text, args []driver.NamedValue) (js.Value, error) {
	sql, bound, err := t.arguments(args)
	if err != nil {
		return js.Value{}, err
	}
	prepared := c.prepare(sql)
	if len(bound) == 0 {
		return prepared, nil
	}
	for i, v := range bound {
		bound[i] = toJS(v)
	}
	return prepared.Call("bind", bound...), nil // a new one
}

// prepare gives the D1PreparedStatement of a text.
func (c *Connector) prepare(sql string) js.Value {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.prepared[sql]; ok {
		return p
	}
	if c.prepared == nil || len(c.prepared) == remote.MaxTexts {
		c.prepared = map[string]js.Value{}
	}
	p := c.binding.Call("prepare", sql)
	c.prepared[sql] = p
	return p
}

// toJS copies a value that [argument] gave.
func toJS(v any) any {
	switch v := v.(type) {
	case string:
		// Decoding UTF-8 takes a leading byte order mark away.
		if strings.HasPrefix(v, "\ufeff") {
			slice := js.Global().Get("String").Get("prototype").Get("slice")
			return slice.Call("call", "."+v, 1)
		}
	case []byte:
		array := js.Global().Get("Uint8Array").New(len(v))
		js.CopyBytesToJS(array, v)
		return array
	}
	return v
}

// text is a whole result as JSON.
func (c *Connector) text(v js.Value) string { return c.stringify.Invoke(v).String() }

type stmt struct {
	conn *Conn
	text *text
}

func (s *stmt) Close() error  { return nil }
func (s *stmt) NumInput() int { return -1 } // arguments says more of what is wrong

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.conn.exec(ctx, s.text, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.query(ctx, s.text, args)
}

// Exec and Query are what database/sql called before contexts were there.

func (s *stmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), remote.Ordinal(args))
}

func (s *stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), remote.Ordinal(args))
}

// wait is for one promise after another: to make a function for JavaScript
// costs more than to call it.
type wait struct {
	then, catch js.Func
	done        chan settled // has room for one
	left        bool         // nobody reads done
}

// settled is how a promise has ended.
type settled struct {
	value js.Value
	err   error
}

// wait takes one that nobody uses.
func (c *Connector) wait() *wait {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := len(c.waits) - 1; last >= 0 {
		w := c.waits[last]
		c.waits = c.waits[:last]
		return w
	}
	w := &wait{done: make(chan settled, 1)}
	w.then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		c.settle(w, settled{value: args[0]})
		return nil
	})
	w.catch = js.FuncOf(func(_ js.Value, args []js.Value) any {
		c.settle(w, settled{err: errorOf(js.Global().Get("String").Invoke(args[0]).String())})
		return nil
	})
	return w
}

func (c *Connector) settle(w *wait, s settled) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.left {
		w.left, c.waits = false, append(c.waits, w)
		return
	}
	w.done <- s
}

// await waits for the promise that begin makes. If ctx ends first, the statement
// goes on where it is.
func (c *Connector) await(ctx context.Context, begin func() js.Value) (js.Value, error) {
	if err := ctx.Err(); err != nil {
		return js.Value{}, err
	}
	w := c.wait()
	begin().Call("then", w.then, w.catch)
	select {
	case s := <-w.done:
		c.free(w)
		return s.value, s.err
	case <-ctx.Done():
		c.leave(w)
		return js.Value{}, ctx.Err()
	}
}

func (c *Connector) free(w *wait) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, w)
}

// leave gives up a wait. It is free once its promise has ended.
func (c *Connector) leave(w *wait) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-w.done:
		c.waits = append(c.waits, w)
	default:
		w.left = true
	}
}
