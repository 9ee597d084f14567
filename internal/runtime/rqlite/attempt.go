//go:build !js

package rqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The paths of requests. The flags: rows as lists, BLOBs as arrays of numbers, and texts
// as they are.
const (
	queryPath = "/db/query?blob_array&noparse&level="
	writePath = "/db/request?transaction&raft_index&blob_array&noparse"
)

// call is a request that can be made of any node.
type call struct {
	path       string
	level      Level  // of a read
	since      uint64 // the last write, when a linearizable read began
	body       []byte
	statements int   // how many results there have to be at most
	echo       int64 // what the answer has to repeat
	before     int   // how many results come before those of the statements
	writes     bool  // it must not be applied twice
	keyed      bool  // and cannot be: it may be made twice
	doubtful   bool  // it has been made, and it is not known what became of it
}

// verdict is what is known of a request.
type verdict int

const (
	done      verdict = iota // it was answered
	failed                   // it was refused, and is not applied
	unapplied                // it is not applied, and may be made again
	unknown                  // nothing is known of it
)

// request makes an HTTP request.
func (c *Cluster) request(ctx context.Context, method, url string, body []byte) (*http.Request, error) {
	var r io.Reader
	if body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, r)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.o.Username != "" {
		req.SetBasicAuth(c.o.Username, c.o.Password)
	}
	return req, nil
}

// attempt makes the request of a node, once.
func (c *Cluster) attempt(ctx context.Context, n *node, call *call) (*answer, verdict, error) {
	if err := ctx.Err(); err != nil {
		return nil, unapplied, err
	}
	timed, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	defer c.watch(timed, n, call, cancel)()
	var connected atomic.Bool
	if call.writes {
		timed = httptrace.WithClientTrace(timed, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	}
	req, err := c.request(timed, http.MethodPost, n.url+call.path+string(call.level), append(call.body, ']'))
	if err != nil {
		return nil, failed, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		err = c.late(ctx, timed, n, err)
		if call.writes && !connected.Load() && c.own != nil {
			return nil, unapplied, err
		}
		return nil, unknown, err
	}
	defer res.Body.Close()
	text, err := c.body(res)
	if err != nil {
		return nil, unknown, c.late(ctx, timed, n, err)
	}
	if res.StatusCode != http.StatusOK {
		v, err := c.refusal(n, res, text)
		return nil, v, err
	}
	a, err := readAnswer(text, call.before+call.statements)
	if err != nil {
		return nil, unknown, fmt.Errorf("%s: %w", n, err)
	}
	if a.failure != "" {
		v, err := failure(a.failure)
		return nil, v, err
	}
	if err := a.echoes(call); err != nil {
		return nil, unknown, fmt.Errorf("%s: %w", n, err)
	}
	c.noticed(ctx, n, res.Header.Get("X-Rqlite-Served-By"), a, call)
	return a, done, nil
}

// copying has buffers for what io.Copy would make for every answer.
var copying = sync.Pool{New: func() any { return new([16 << 10]byte) }}

// late is the error of a request that has ended before it was answered. That the
// client has given up is not the end of the caller's context.
func (c *Cluster) late(ctx, timed context.Context, n *node, err error) error {
	if ctx.Err() == nil && timed.Err() != nil {
		return fmt.Errorf("rqlite: %s does not answer", n)
	}
	return c.hidden(err)
}

// body reads the body of an answer, within bounds.
func (c *Cluster) body(res *http.Response) (string, error) {
	if e := res.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return "", fmt.Errorf("%w: it is encoded as %s", ErrAnswer, excerpt(e))
	}
	var b strings.Builder
	if n := res.ContentLength; n > 0 {
		b.Grow(int(min(n, 1<<20)))
	}
	buffer := copying.Get().(*[16 << 10]byte)
	defer copying.Put(buffer)
	n, err := io.CopyBuffer(&b, io.LimitReader(res.Body, c.o.MaxAnswer+1), buffer[:])
	switch {
	case err != nil:
		return "", c.hidden(err)
	case n > c.o.MaxAnswer:
		return "", fmt.Errorf("%w: it has more than %d bytes", ErrAnswer, c.o.MaxAnswer)
	}
	return b.String(), nil
}

// refusal says what an answer means that is not 200.
func (c *Cluster) refusal(n *node, res *http.Response, text string) (verdict, error) {
	if location := res.Header.Get("Location"); res.StatusCode/100 == 3 {
		return failed, fmt.Errorf("%w: %s answers %s, to %s", ErrRedirect, n, res.Status, excerpt(withoutPassword(location)))
	}
	err := fmt.Errorf("%w: %s: %s: %s", ErrRefused, n, res.Status, excerpt(text))
	switch {
	case res.StatusCode == http.StatusServiceUnavailable && strings.TrimSpace(text) == "leader not found":
		return unapplied, fmt.Errorf("%s: %s", n, strings.TrimSpace(text))
	case res.StatusCode/100 == 4 && res.StatusCode != http.StatusRequestTimeout:
		return failed, err
	}
	if strings.Contains(text, "json: unsupported value") {
		return unknown, errInfinite
	}
	return unknown, err
}

// failures says what rqlite's texts for a request as a whole mean. Where the text is of
// a node that the request was passed on to, it is at the end of a longer one.
var failures = []struct {
	text    string
	verdict verdict
}{
	{"not leader", unapplied},
	{"leader not found", unapplied},
	{"store not ready", unapplied},
	{"store not open", unapplied},
	{"stale read", unapplied},
	{"leadership transfer in progress", unapplied},
	{"timed out enqueuing operation", unapplied},
	{"FOREIGN KEY constraint failed", failed}, // one that is checked by the commit
}

const (
	passedOn = "node failed to process "
	// notReached is what comes after the node's address if there was no connection to it.
	notReached = "dial tcp "
)

// failure says what rqlite's text for a request as a whole means.
func failure(text string) (verdict, error) {
	last := text
	if strings.HasPrefix(text, passedOn) {
		_, why, _ := strings.Cut(text, ": ")
		if strings.HasPrefix(why, notReached) {
			return unapplied, fmt.Errorf("rqlite: %s", excerpt(text))
		}
		last = text[strings.LastIndex(text, ": ")+2:]
	}
	for _, f := range failures {
		if last == f.text {
			if f.verdict == failed {
				return failed, errorOf(last)
			}
			return f.verdict, fmt.Errorf("rqlite: %s", excerpt(text))
		}
	}
	return unknown, fmt.Errorf("rqlite: %s", excerpt(text))
}

// hidden returns an error of net/http without a URL, which could have a password.
func (c *Cluster) hidden(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("%s %s: %w", u.Op, withoutPassword(u.URL), u.Err)
	}
	return err
}

func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "another address"
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
