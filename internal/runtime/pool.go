package drey

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// Pool is a set of connections of one kind to a database. [New] makes a client of
// them.
type Pool struct{ pool }

// NewPool makes a pool of the connections that c opens. openDB makes its handle; this
// is the place for a driver's wrapper. If openDB is nil, typed queries use the
// connections directly.
func NewPool(c driver.Connector, openDB func(driver.Connector) *sql.DB) *Pool {
	p := &Pool{pool{statements: newStatements()}}
	if openDB != nil {
		p.db = openDB(c)
		return p
	}
	p.direct = &directCounts{}
	p.db = sql.OpenDB(&directConnector{c, p.direct})
	return p
}

// DB returns the pool's handle.
func (p *Pool) DB() *sql.DB { return p.db }

// pool is a database/sql handle and the statements that are prepared on it.
type pool struct {
	db         *sql.DB
	engine     *engine
	statements *statements

	// turn holds the one who writes. It is nil if database/sql and the engine
	// arrange that.
	turn chan struct{}
	// holder says what the one who has the turn is doing.
	holder atomic.Int32
	// patience is how long a write waits for the turn.
	patience time.Duration
	// guard is called by the holder of the turn before it writes.
	guard func() error
	// tidy is called by the holder of the turn after it has written.
	tidy func(context.Context)

	// writer is the pool that writes go to, if this one reads.
	writer *pool
	reads  atomic.Int64 // while somebody wrote
	// direct is set if the connections keep statements themselves.
	direct *directCounts

	waits   atomic.Int64
	waited  atomic.Int64 // nanoseconds
	expired atomic.Int64
}

// enter waits for the turn to write, on a pool that has turns.
func (p *pool) enter(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.enterWithin(ctx, p.patience)
}

func (p *pool) enterWithin(ctx context.Context, patience time.Duration) error {
	if p.turn == nil {
		return nil
	}
	if err := p.wait(ctx, patience); err != nil || p.guard == nil {
		return err
	}
	if err := p.guard(); err != nil {
		p.leave()
		return err
	}
	return nil
}

func (p *pool) wait(ctx context.Context, patience time.Duration) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	default:
	}
	start := time.Now()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	defer func() {
		p.waits.Add(1)
		p.waited.Add(int64(time.Since(start)))
	}()
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %s", ctx.Err(), holders[p.holder.Load()])
	case <-timer.C:
		p.expired.Add(1)
		return &busyError{fmt.Sprintf("%s, for %v", holders[p.holder.Load()], patience)}
	}
}

// giveWay lets a write that is under way have the processor now and then. Reads
// hardly ever block. If there are as many of them as processors, or more, a write
// that comes back from the disk has to wait, each time, until they use up their
// 10 ms of Go's scheduler. With one read in 32, eight readers on two processors
// did 1.1 to 1.3 times the reads that they do on one pool of connections, and
// eight writers beside them 0.8 to 1.4 times the writes; with one in 128 it was
// 1.4 and 0.8 (make bench).
func (p *pool) giveWay() {
	if p.writer != nil && len(p.writer.turn) > 0 && p.reads.Add(1)%32 == 0 {
		runtime.Gosched()
	}
}

// leave gives the turn to the next one.
func (p *pool) leave() {
	if p != nil && p.turn != nil {
		<-p.turn
	}
}

// wrote is called before leave by whoever has finished writing and does not
// hold rows.
func (p *pool) wrote(ctx context.Context) {
	if p != nil && p.tidy != nil {
		p.tidy(ctx)
	}
}

// begin begins a transaction. There are locks for which SQLite itself does not
// wait, as while another process recovers the log of one that crashed; then
// begin tries again.
func (p *pool) begin(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error) {
	for deadline := time.Now().Add(p.patience); ; {
		tx, err := p.db.BeginTx(ctx, opts)
		if err == nil || FailureOf(err) != Busy || time.Now().After(deadline) {
			return tx, err
		}
		time.Sleep(time.Millisecond)
	}
}

// stats returns the counters of the statements that database/sql keeps, and of
// those that the connections keep.
func (p *pool) stats() StatementStats {
	stats := p.statements.stats()
	if d := p.direct; d != nil {
		stats.Kept, stats.Evicted = stats.Kept+int(d.kept.Load()), stats.Evicted+d.evicted.Load()
		stats.Hits, stats.Misses = stats.Hits+d.hits.Load(), stats.Misses+d.misses.Load()
	}
	return stats
}

// takes reports whether a statement can bind so many values.
func (e *engine) takes(args []any) error {
	if len(args) > e.parameters {
		return fmt.Errorf("%w: %d", ErrTooManyParameters, e.parameters)
	}
	return nil
}

// prepare returns a statement that is kept under key from now on.
func (p *pool) prepare(ctx context.Context, key, text string) (lease, error) {
	st, err := p.statements.prepare(ctx, p.db, key, text)
	if err != nil {
		return lease{}, err
	}
	return lease{stmt: st.stmt, held: st}, nil
}

// kept returns the statement that is kept under key.
func kept[K string | []byte](p *pool, key K) (lease, bool) {
	st := acquire(p.statements, key)
	if st == nil {
		return lease{}, false
	}
	return lease{stmt: st.stmt, held: st}, true
}

// What the holder of the turn is doing.
const (
	holdsStatement int32 = iota
	holdsBegin
	holdsTx
)

var holders = [...]string{
	holdsStatement: "another write of this client has not ended, or waits for another process that has the database locked",
	holdsBegin:     "another transaction of this client waits to begin: another process has the database locked",
	holdsTx:        "a transaction of this client has not ended: a call on the client from within Tx waits for itself, make it on the transaction",
}

// busyError ends the wait for the turn to write, with SQLite's code for that.
type busyError struct{ why string }

func (e *busyError) Error() string { return e.why }

// Code is SQLITE_BUSY.
func (e *busyError) Code() int { return 5 }
