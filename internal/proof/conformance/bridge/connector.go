//go:build !js

package bridge

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Open makes a client of the D1 of a worker at a URL.
func Open(url string) *drey.Client {
	p := drey.NewPool(connector(url), nil)
	return drey.New(drey.Backend{Reads: p, Writes: p, Parameters: 100, Integers: 1<<53 - 1, Remote: true})
}

type connector string

func (c connector) Connect(context.Context) (driver.Conn, error) { return &conn{string(c)}, nil }
func (c connector) Driver() driver.Driver                        { return nil }

type conn struct{ url string }

func (c *conn) Prepare(query string) (driver.Stmt, error) { return &stmt{c, query}, nil }
func (c *conn) Close() error                              { return nil }
func (c *conn) Begin() (driver.Tx, error)                 { return nil, errors.New("no transactions") }

type stmt struct {
	c     *conn
	query string
}

func (s *stmt) Close() error                               { return nil }
func (s *stmt) NumInput() int                              { return -1 }
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, errors.ErrUnsupported }
func (s *stmt) Query([]driver.Value) (driver.Rows, error)  { return nil, errors.ErrUnsupported }
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.c.ExecContext(ctx, s.query, args)
}
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.c.QueryContext(ctx, s.query, args)
}

func (c *conn) call(ctx context.Context, kind string, queries []string, args [][]driver.NamedValue) ([]Result, error) {
	call := Call{Kind: kind, Queries: queries}
	for _, list := range args {
		sent := []Argument{}
		for _, a := range list {
			sent = append(sent, Argument{a.Name, a.Ordinal, ValueOf(a.Value)})
		}
		call.Args = append(call.Args, sent)
	}
	body, err := json.Marshal(call)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+Path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	var a Answer
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("%s: %w: %.200s", res.Status, err, text)
	}
	if a.Error != nil {
		return nil, a.Error
	}
	return a.Results, nil
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	r, err := c.call(ctx, "exec", []string{query}, [][]driver.NamedValue{args})
	if err != nil {
		return nil, err
	}
	return &outcome{r[0]}, nil
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	r, err := c.call(ctx, "query", []string{query}, [][]driver.NamedValue{args})
	if err != nil {
		return nil, err
	}
	return &rows{Result: r[0]}, nil
}

func (c *conn) Batch(ctx context.Context, queries []string, args [][]driver.NamedValue) (found []driver.Rows, affected []driver.Result, err error) {
	results, err := c.call(ctx, "batch", queries, args)
	for i := range results {
		found, affected = append(found, &rows{Result: results[i]}), append(affected, &outcome{results[i]})
	}
	return found, affected, err
}

type outcome struct{ Result }

func (o *outcome) LastInsertId() (int64, error) { return o.ID, nil }
func (o *outcome) RowsAffected() (int64, error) { return o.Affected, nil }

type rows struct {
	Result
	at int
}

func (r *rows) Columns() []string { return r.Result.Columns }
func (r *rows) Close() error      { return nil }
func (r *rows) Next(dest []driver.Value) (err error) {
	if r.at == len(r.Rows) {
		if r.Error != nil {
			return r.Error
		}
		return io.EOF
	}
	for i, v := range r.Rows[r.at] {
		if dest[i], err = v.Driver(); err != nil {
			return err
		}
	}
	r.at++
	return nil
}

func (c *conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return c.Prepare(query)
}
func (c *conn) ResetSession(context.Context) error { return nil }
func (c *conn) IsValid() bool                      { return true }
func (c *conn) Ping(ctx context.Context) error {
	_, err := c.QueryContext(ctx, "SELECT 1", nil)
	return err
}
func (c *conn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) { return c.Begin() }
