//go:build js && wasm

package d1driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"
	"syscall/js"
)

// Open is a database/sql handle over a binding of D1, env.DB for one, or over a
// session of it, env.DB.withSession(bookmark).
func Open(binding js.Value) *sql.DB { return sql.OpenDB(&Connector{binding: binding}) }

// Connector makes connections. They cost nothing, and keep no state between
// statements.
type Connector struct {
	binding js.Value
	texts   texts
}

// Connect makes one.
func (c *Connector) Connect(context.Context) (driver.Conn, error) { return &Conn{c}, nil }

// Driver is the driver, which opens nothing by name.
func (c *Connector) Driver() driver.Driver { return unnamed{} }

// texts keeps the texts that were parsed.
type texts struct {
	mu     sync.Mutex
	parsed map[string]*text
}

// maxTexts bounds them. When it is reached all are dropped: to parse costs
// little against the round trip that follows.
const maxTexts = 512

func (t *texts) parse(sql string) (*text, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.parsed[sql]; ok {
		return p, nil
	}
	p, err := parse(sql)
	if err != nil {
		return nil, err
	}
	if t.parsed == nil || len(t.parsed) == maxTexts {
		t.parsed = map[string]*text{}
	}
	t.parsed[sql] = p
	return p, nil
}

type unnamed struct{}

func (unnamed) Open(string) (driver.Conn, error) {
	return nil, fmt.Errorf("d1: a binding has no name; use Open")
}

// Conn is a connection. database/sql hands it out with [sql.Conn.Raw].
type Conn struct{ *Connector }

// Prepare reads the text's parameters. D1 itself looks at it when it runs.
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	t, err := c.texts.parse(query)
	if err != nil {
		return nil, err
	}
	return &stmt{c, t}, nil
}

// Close does nothing.
func (c *Conn) Close() error { return nil }

// Begin refuses.
func (c *Conn) Begin() (driver.Tx, error) { return nil, ErrTransaction }

// BeginTx refuses.
func (c *Conn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	return nil, ErrTransaction
}

// ExecContext runs a statement.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	t, err := c.texts.parse(query)
	if err != nil {
		return nil, err
	}
	return c.exec(ctx, t, args)
}

// QueryContext runs a statement and reads its rows.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	t, err := c.texts.parse(query)
	if err != nil {
		return nil, err
	}
	return c.query(ctx, t, args)
}

// Batch runs the statements in their order, all of them or none, in one round
// trip. Each has rows and a result. Rows without any do not know their columns.
func (c *Conn) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) ([]driver.Rows, []driver.Result, error) {
	if len(queries) == 0 {
		return nil, nil, nil
	}
	list := js.Global().Get("Array").New()
	counts := make([]bool, len(queries))
	for i, query := range queries {
		t, err := c.texts.parse(query)
		if err == nil {
			err = c.push(list, t, args[i])
		}
		if err != nil {
			return nil, nil, fmt.Errorf("statement %d of the batch: %w", i+1, err)
		}
		if counts[i] = !selects(query); counts[i] {
			list.Call("push", c.binding.Call("prepare", changes))
		}
	}
	results, err := c.batch(ctx, list)
	if err != nil {
		return nil, nil, err
	}
	found, affected := make([]driver.Rows, len(queries)), make([]driver.Result, len(queries))
	at := 0
	for i := range queries {
		answer := results.Index(at)
		if found[i], err = objects(stringify(answer.Get("results"))); err != nil {
			return nil, nil, fmt.Errorf("statement %d of the batch: %w", i+1, err)
		}
		at++
		r := result{}
		if counts[i] {
			r = resultOf(answer, results.Index(at))
			at++
		}
		affected[i] = r
	}
	return found, affected, nil
}

// changes asks for what the statement before it has changed. D1's own count
// has what triggers and foreign keys did in it.
const changes = "SELECT changes() AS n"

func (c *Conn) exec(ctx context.Context, t *text, args []driver.NamedValue) (driver.Result, error) {
	list := js.Global().Get("Array").New()
	if err := c.push(list, t, args); err != nil {
		return nil, err
	}
	list.Call("push", c.binding.Call("prepare", changes))
	results, err := c.batch(ctx, list)
	if err != nil {
		return nil, err
	}
	return resultOf(results.Index(0), results.Index(1)), nil
}

func (c *Conn) query(ctx context.Context, t *text, args []driver.NamedValue) (driver.Rows, error) {
	bound, err := c.bind(t, args)
	if err != nil {
		return nil, err
	}
	names := js.Global().Get("Object").New()
	names.Set("columnNames", true)
	answer, err := await(ctx, func() js.Value { return bound.Call("raw", names) })
	if err != nil {
		return nil, err
	}
	return arrays(stringify(answer))
}

func (c *Conn) batch(ctx context.Context, list js.Value) (js.Value, error) {
	results, err := await(ctx, func() js.Value { return c.binding.Call("batch", list) })
	if err != nil {
		return js.Value{}, err
	}
	if results.Length() != list.Length() {
		return js.Value{}, errJSON
	}
	return results, nil
}

func (c *Conn) push(list js.Value, t *text, args []driver.NamedValue) error {
	bound, err := c.bind(t, args)
	if err != nil {
		return err
	}
	list.Call("push", bound)
	return nil
}

// bind gives a D1PreparedStatement with its arguments.
func (c *Conn) bind(t *text, args []driver.NamedValue) (js.Value, error) {
	sql, bound, err := t.arguments(args)
	if err != nil {
		return js.Value{}, err
	}
	prepared := c.binding.Call("prepare", sql)
	if len(bound) == 0 {
		return prepared, nil
	}
	for i, v := range bound {
		bound[i] = toJS(v)
	}
	return prepared.Call("bind", bound...), nil
}

// toJS copies a value that [argument] gave.
func toJS(v any) any {
	switch v := v.(type) {
	case string:
		// To decode UTF-8 takes a byte order mark away that stands in front.
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

// stringify crosses over to Go once for a whole result, which costs less than
// to ask for each value.
func stringify(v js.Value) string { return js.Global().Get("JSON").Call("stringify", v).String() }

// result is what a statement has changed.
type result struct{ affected, id int64 }

func (r result) LastInsertId() (int64, error) { return r.id, nil }
func (r result) RowsAffected() (int64, error) { return r.affected, nil }

func resultOf(answer, counted js.Value) result {
	return result{
		affected: int64(counted.Get("results").Index(0).Get("n").Float()),
		id:       int64(answer.Get("meta").Get("last_row_id").Float()),
	}
}

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
	return s.ExecContext(context.Background(), ordinal(args))
}

func (s *stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), ordinal(args))
}

func ordinal(args []driver.Value) []driver.NamedValue {
	named := make([]driver.NamedValue, len(args))
	for i, v := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return named
}

// await waits for the promise that begin makes. If ctx ends first, the statement
// goes on where it is.
func await(ctx context.Context, begin func() js.Value) (js.Value, error) {
	if err := ctx.Err(); err != nil {
		return js.Value{}, err
	}
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1)
	var then, catch js.Func
	settle := func(s settled) {
		then.Release()
		catch.Release()
		done <- s
	}
	then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		settle(settled{value: args[0]})
		return nil
	})
	catch = js.FuncOf(func(_ js.Value, args []js.Value) any {
		settle(settled{err: errorOf(js.Global().Get("String").Invoke(args[0]).String())})
		return nil
	})
	begin().Call("then", then, catch)
	select {
	case s := <-done:
		return s.value, s.err
	case <-ctx.Done():
		return js.Value{}, ctx.Err()
	}
}
