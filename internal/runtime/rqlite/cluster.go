//go:build !js

package rqlite

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// Cluster is the nodes of an rqlite cluster. It is safe for concurrent use.
type Cluster struct {
	o        Options
	http     *http.Client
	own      *http.Transport // nil if HTTP is the caller's
	nodes    nodes
	seen     witness
	defaults defaults
	texts    remote.Texts[*text]
	keys     atomic.Int64 // how many writes had one
}

// Dial makes a client of the cluster that has a node at each of the URLs, such as
// http://user:password@host:4001. One is enough: it names the others. If none is a
// URL of http or https the error is [drey.ErrOptions]. If the nodes do not enforce
// foreign keys, it is [ErrForeignKeys]; if there is no leader, [ErrNoLeader].
func Dial(ctx context.Context, urls []string, o Options) (*Cluster, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	c := &Cluster{o: o, texts: remote.Texts[*text]{Make: newText}}
	if c.nodes.list, err = parseURLs(urls, &c.o); err != nil {
		return nil, err
	}
	c.client()
	if err := c.enforces(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// client makes the HTTP client.
func (c *Cluster) client() {
	if c.o.HTTP != nil {
		given := *c.o.HTTP
		c.http = &given
	} else {
		c.own = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 2 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
			TLSClientConfig:     c.o.TLS,
			TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     30 * time.Second,
			DisableCompression:  true,
		}
		if c.o.TLS == nil {
			c.own.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		c.http = &http.Client{Transport: c.own}
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

// Close closes the idle connections.
func (c *Cluster) Close() error {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
	return nil
}

// enforces reports whether foreign keys are enforced, on every node that can be asked,
// and finds the nodes.
func (c *Cluster) enforces(ctx context.Context) error {
	// @native-sql a setting of SQLite's
	const query = "SELECT foreign_keys FROM pragma_foreign_keys"
	check := func(r Result, where string) error {
		if len(r.Rows) != 1 || r.Rows[0][0] != int64(1) {
			return fmt.Errorf("%w: %s", ErrForeignKeys, where)
		}
		return nil
	}
	results, err := c.Batch(ctx, []Statement{{SQL: query, Rows: true}, {SQL: "SELECT 1", Rows: true}})
	if err == nil {
		err = check(results[0], "the leader does not")
	}
	if err != nil {
		return err
	}
	if !c.o.FixedNodes {
		c.discover(ctx)
	}
	for _, n := range c.nodes.all() {
		call, err := c.readCall([]prepared{{text: mustText(query), rows: true}}, None)
		if err != nil {
			return err
		}
		a, verdict, _ := c.attempt(ctx, n, call)
		if verdict != done || len(a.results) != 1 {
			continue // nobody checks it while it is away
		}
		r, err := a.results[0].whole()
		if err == nil {
			err = check(r, n.String()+" does not")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func mustText(sql string) *text {
	t, err := newText(sql)
	if err != nil {
		panic(err)
	}
	return t
}

// Result is what a statement has given.
type Result struct {
	// Columns, Types and Rows are set if the statement's rows were wanted. A type is the
	// declared one, in lower case. The values are int64, float64, string, []byte and nil,
	// as they are stored.
	Columns, Types []string
	Rows           [][]any
	// Affected is how many rows were changed, LastID the id of the last that was
	// inserted, if the rows were not wanted.
	Affected, LastID int64
}

// whole reads all rows of a result.
func (r result) whole() (Result, error) {
	w := Result{Columns: r.columns, Types: r.types, Affected: r.Affected, LastID: r.LastID}
	for from := r.open(); from.left > 0; {
		row := make([]any, len(r.columns))
		values := make([]sqlValue, len(r.columns))
		if err := from.Next(values); err != nil {
			return w, err
		}
		for i, v := range values {
			row[i] = v
		}
		w.Rows = append(w.Rows, row)
	}
	return w, nil
}

// Batch runs the statements in their order as one transaction, through the log: all of
// them have an effect, or none. If one fails the error tells which, and is an [*Error].
// See [ErrUnknownOutcome] for when nothing is known, and [WithKey].
func (c *Cluster) Batch(ctx context.Context, list []Statement) ([]Result, error) {
	prepared := make([]prepared, len(list))
	for i, s := range list {
		var err error
		if prepared[i], err = c.prepare(s); err != nil {
			return nil, inBatch(i, err)
		}
	}
	results, err := c.write(ctx, prepared)
	if err != nil {
		return nil, err
	}
	whole := make([]Result, len(results))
	for i, r := range results {
		if whole[i], err = r.whole(); err != nil {
			return nil, inBatch(i, err)
		}
	}
	return whole, nil
}

// Query runs a statement that reads, at the context's level.
func (c *Cluster) Query(ctx context.Context, s Statement) (Result, error) {
	s.Rows = true
	p, err := c.prepare(s)
	if err != nil {
		return Result{}, err
	}
	results, err := c.read(ctx, []prepared{p})
	if err != nil {
		return Result{}, err
	}
	return results[0].whole()
}

// batchError is the error of a statement of a batch.
type batchError struct {
	i   int
	err error
}

func inBatch(i int, err error) error { return &batchError{i, err} }

func (b *batchError) Error() string {
	return fmt.Sprintf("statement %d of the batch: %v", b.i+1, b.err)
}
func (b *batchError) Unwrap() error { return b.err }

// Statement is the statement's index in the batch.
func (b *batchError) Statement() int { return b.i }

// listed says which statement has failed, if there are several.
func listed(list []prepared, i int, err error) error {
	if len(list) > 1 && i >= 0 {
		return inBatch(i, err)
	}
	return err
}
