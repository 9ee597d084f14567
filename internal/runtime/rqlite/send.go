//go:build !js

package rqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// read makes a request that reads, of one node after another until one answers.
func (c *Cluster) read(ctx context.Context, list []prepared) ([]result, error) {
	level, err := c.level(ctx)
	if err != nil {
		return nil, err
	}
	choose(list)
	for i, p := range list {
		if anyBlob(p.args) {
			if err := c.describe(ctx, list[i:i+1], confused); err != nil {
				return nil, err
			}
		}
	}
	for range 8 { // it takes as many at most to find the form of every column
		call, err := c.readCall(list, level)
		if err != nil {
			return nil, err
		}
		a, err := c.send(ctx, call)
		if errors.Is(err, errInfinite) {
			if other, err := c.redescribe(ctx, list, anyhow); other && err == nil {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		results, again, err := a.of(list)
		if err == nil && !again {
			again, err = c.computed(ctx, list, results)
		}
		if !again {
			leave(list)
			return results, err
		}
	}
	return nil, fmt.Errorf("%w: the columns of the query change", ErrAnswer)
}

// redescribe settles again how queries are asked for, and reports whether that is another
// way than it was.
func (c *Cluster) redescribe(ctx context.Context, list []prepared, needs func(i int, declared string) form) (other bool, _ error) {
	was := slices.Clone(list)
	if err := c.describe(ctx, list, needs); err != nil {
		return false, err
	}
	for i := range list {
		other = other || list[i].asked != was[i].asked
	}
	return other, nil
}

// computed describes queries that have given a text, which a BLOB looks like, or a NULL
// first, and reports whether they have to be asked for again.
func (c *Cluster) computed(ctx context.Context, list []prepared, results []result) (again bool, _ error) {
	for i, r := range results {
		if p := &list[i]; p.described || !p.text.computes || r.n == 0 || !slices.Contains(r.types, "text") && !slices.Contains(r.types, "") {
			continue
		}
		other, err := c.redescribe(ctx, list[i:i+1], undeclared)
		if err != nil {
			return false, err
		}
		again = again || other
	}
	return again, nil
}

// write makes a request that may write.
func (c *Cluster) write(ctx context.Context, list []prepared) ([]result, error) {
	if err := c.complete(ctx, list); err != nil {
		return nil, err
	}
	if err := c.describe(ctx, list, confused); err != nil {
		return nil, err
	}
	leave(list)
	key, err := c.key(ctx)
	if err != nil {
		return nil, err
	}
	if key != "" {
		results, err := c.writeKeyed(ctx, list, key)
		return results, c.raised(ctx, list, err)
	}
	call, err := writeCall(list, time.Now())
	if err != nil {
		return nil, err
	}
	call.writes = slices.ContainsFunc(list, func(p prepared) bool { return p.text.kind != sqldriver.Reading })
	a, err := c.send(ctx, call)
	if err != nil {
		return nil, err
	}
	results, failed, err := a.written(list)
	return results, c.raised(ctx, list, listed(list, failed, err))
}

// readCall makes the request of a read.
func (c *Cluster) readCall(list []prepared, l Level) (call *call, err error) {
	call = newCall(list, queryPath)
	call.level, call.since = l, c.seen.last()
	if len(list) > 1 { // of one state
		call.path = "/db/query?transaction&" + queryPath[len("/db/query?"):]
	}
	for i, p := range list {
		t := p.sent()
		if i == 0 && call.before == 0 {
			at := p.asked.echo
			named := *t.Text
			named.SQL = t.SQL[:at] + ` AS "` + echoName(call.echo) + `"` + t.SQL[at:]
			t = &text{Text: &named}
		}
		if err := call.add("", t, p.args); err != nil {
			return nil, listed(list, i, err)
		}
	}
	return call, nil
}

// echoName is a name for a column that tells which request it is of.
func echoName(echo int64) string { return "drey " + strconv.FormatInt(echo, 10) }

// writeCall makes the request of a write. The clock is read once for all nodes and for
// all times that the request is made.
func writeCall(list []prepared, now time.Time) (call *call, err error) {
	call = newCall(list, writePath)
	for i, p := range list {
		before := writing
		if p.rows {
			before = reading
		}
		t := p.sent()
		err := t.bindsClock(p.args)
		if err == nil {
			t, err = t.at(now)
		}
		if err == nil {
			err = call.add(before, t, p.args)
		}
		if err != nil {
			return nil, listed(list, i, err)
		}
	}
	return call, nil
}

// newCall begins a request of that path with what comes before its statements: one that
// counts as a write, if it is one and no other does, and one whose result tells that the
// answer is of this request. The first query tells that by the name of a column instead, if it can.
func newCall(list []prepared, path string) *call {
	c := &call{path: path, echo: rand.Int64N(1 << 53), statements: len(list)}
	size := 128
	for _, p := range list {
		size += len(p.sent().SQL) + len(writing) + 24*len(p.args) + 16
	}
	c.body = make([]byte, 0, size)
	if path == writePath && !slices.ContainsFunc(list, func(p prepared) bool { return !p.rows }) {
		c.begin(writing)
	}
	if path == writePath || len(list) == 0 || list[0].asked == nil || list[0].asked.echo == 0 || anyHex(list[0].args) {
		c.begin("SELECT " + strconv.FormatInt(c.echo, 10))
	}
	return c
}

// begin adds a statement that is not the caller's.
func (call *call) begin(sql string) {
	call.body = appendText(append(call.body, call.comma()), "", sql)
	call.before++
}

// comma is what comes before a statement.
func (call *call) comma() byte {
	if len(call.body) == 0 {
		return '['
	}
	return ','
}

// add adds a statement.
func (call *call) add(before string, t *text, args []driver.Value) (err error) {
	call.body, err = appendStatement(append(call.body, call.comma()), before, t, args)
	return err
}

// echoes takes away the results that come before those of the statements. It fails if
// the answer is not of this request.
func (a *answer) echoes(call *call) error {
	if len(a.results) < call.before {
		return fmt.Errorf("%w: %d results", ErrAnswer, len(a.results))
	}
	for _, r := range a.results[:call.before] {
		if r.failure != "" {
			return fmt.Errorf("%w: %s", ErrAnswer, excerpt(r.failure))
		}
	}
	if !a.repeats(call) {
		return fmt.Errorf("%w: it is of another request", ErrAnswer)
	}
	a.results = a.results[call.before:]
	if len(a.results) > call.statements {
		return fmt.Errorf("%w: %d results for %d statements", ErrAnswer, len(a.results), call.statements)
	}
	return nil
}

// repeats reports whether the answer has what it has to repeat. A query that has failed
// does not tell; it is made again in its plain form, see learn.
func (a *answer) repeats(call *call) bool {
	if call.before > 0 {
		return a.results[call.before-1].values == "[["+strconv.FormatInt(call.echo, 10)+"]]"
	}
	if len(a.results) == 0 {
		return false
	}
	r := &a.results[0]
	return r.failure != "" || len(r.columns) > 0 && r.columns[0] == echoName(call.echo)
}

// of returns the results of statements that read, or reports that they have to be asked
// for again, in another form.
func (a *answer) of(list []prepared) (results []result, again bool, err error) {
	for i := range a.results {
		r := &a.results[i]
		r.asked = list[i].asked
		if next, repeat := list[i].text.learn(r); repeat {
			list[i].asked, again = next, true
			continue
		}
		err := r.fits(true)
		if r.failure != "" {
			err = errorOf(r.failure)
		}
		if err != nil {
			return nil, false, listed(list, i, err)
		}
	}
	if len(a.results) != len(list) {
		return nil, false, fmt.Errorf("%w: %d results for %d statements", ErrAnswer, len(a.results), len(list))
	}
	return a.results, again, nil
}

// written returns the results of statements that write. What fails ends the transaction,
// so an answer with a failure has no other results after it. The number is that of the
// statement that has failed, or -1.
func (a *answer) written(list []prepared) ([]result, int, error) {
	strange := func(err error) ([]result, int, error) { return nil, -1, errors.Join(ErrUnknownOutcome, err) }
	for i, r := range a.results {
		if r.failure != "" {
			if i != len(a.results)-1 {
				return strange(fmt.Errorf("%w: a transaction that goes on after %s", ErrAnswer, excerpt(r.failure)))
			}
			return nil, i, errorOf(r.failure)
		}
		if err := r.fits(list[i].rows); err != nil {
			return strange(err)
		}
	}
	if len(a.results) != len(list) {
		return strange(fmt.Errorf("%w: %d results for %d statements", ErrAnswer, len(a.results), len(list)))
	}
	for i := range a.results {
		a.results[i].asked = list[i].asked
		a.results[i].named()
	}
	return a.results, -1, nil
}

// fits reports whether a result is of the right kind.
func (r *result) fits(rows bool) error {
	if r.failure == "" && r.rows != rows {
		return fmt.Errorf("%w: a result of the wrong kind", ErrAnswer)
	}
	return nil
}

// backoff is how long to wait before another round of the nodes.
const (
	firstBackoff = 20 * time.Millisecond
	lastBackoff  = 500 * time.Millisecond
)

// send makes a request until it is answered, of one node after another. A write without a
// key is not made again once it may be applied.
func (c *Cluster) send(ctx context.Context, call *call) (*answer, error) {
	deadline := time.Now().Add(c.o.Patience)
	wait := firstBackoff
	for tried := 1; ; tried++ {
		n := c.nodes.current(call.level)
		a, verdict, err := c.attempt(ctx, n, call)
		switch {
		case verdict == done:
			if c.again(call, a) {
				continue
			}
			return a, nil
		case verdict == failed, errors.Is(err, errInfinite) && !call.writes:
			return nil, call.ended(err)
		case verdict == unknown && call.writes:
			call.doubtful = true
		}
		c.nodes.leave(n)
		switch why := ctx.Err(); {
		case why != nil && errors.Is(err, why):
			return nil, call.ended(why)
		case why != nil:
			return nil, call.ended(fmt.Errorf("%w: %w", why, err))
		case call.doubtful && !call.keyed:
			return nil, call.ended(err)
		case time.Now().After(deadline):
			return nil, call.ended(&unavailable{err})
		}
		c.discover(ctx)
		if tried%c.nodes.len() == 0 {
			if e := sleep(ctx, wait/2+rand.N(wait/2)); e != nil {
				return nil, call.ended(fmt.Errorf("%w: %w", e, err))
			}
			wait = min(2*wait, lastBackoff)
		}
	}
}

// ended is the error with which a request ends that has not been answered.
func (call *call) ended(err error) error {
	if call.doubtful {
		return errors.Join(ErrUnknownOutcome, err)
	}
	return err
}
