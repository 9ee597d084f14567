//go:build !js

package rqlite

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/http"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Level says how fresh a read is, see https://rqlite.io/docs/api/read-consistency/.
type Level string

const (
	// None reads what the node has that is asked, the first of the URLs that answers.
	// It may be stale, even with regard to this client's own writes, and works without
	// a leader.
	None Level = "none"
	// Weak reads what the leader has. It sees this client's own writes. A leader that has
	// been cut off and does not know it yet can answer without the writes of others.
	Weak Level = "weak"
	// Linearizable reads what the leader has once it has heard from a majority that it
	// is the leader.
	Linearizable Level = "linearizable"
	// Strong reads through the log, as writes are made.
	Strong Level = "strong"
)

// Options say how a cluster is reached. The zero value has the defaults.
type Options struct {
	// Username and Password are for basic authentication. A URL may have them, too.
	// They are sent to the nodes that the URLs name and to those that these name.
	Username, Password string
	// TLS is for https URLs. HTTP, if set, makes the requests in place of a client of
	// this package's own; then TLS must be nil. A redirect is never followed.
	TLS  *tls.Config
	HTTP *http.Client
	// Level is that of reads, [Weak] by default. [WithLevel] says another for a call.
	Level Level
	// Keyed gives each write a key, see [WithKey].
	Keyed bool
	// KeepKeys is how long keys are kept, an hour by default. A write must not be tried
	// again later than that.
	KeepKeys time.Duration
	// Timeout is how long one request may take, 10 seconds by default.
	Timeout time.Duration
	// Patience is how long a call tries again what was certainly not applied, such as
	// while the cluster elects a leader, 10 seconds by default. The context's end comes
	// first.
	Patience time.Duration
	// MaxAnswer is how many bytes an answer may have, 256 MiB by default.
	MaxAnswer int64
	// FixedNodes uses only the nodes that the URLs name. By default the cluster is asked
	// for the others.
	FixedNodes bool
	// OnStatement is told of every statement that has ended. It runs where the
	// statement did, so it should be quick.
	OnStatement func(context.Context, drey.Statement)
	// Arguments tells OnStatement the values that were bound, too.
	Arguments bool
	// SlowAfter is the duration from which OnStatement gets the query plan, too. 0 is
	// never.
	SlowAfter time.Duration
	// OpenDB makes the handle. This is the place for a driver's wrapper.
	OpenDB func(driver.Connector) *sql.DB
}

// complete puts in the defaults.
func (o Options) complete() (Options, error) {
	for _, bad := range []struct {
		when bool
		why  string
	}{
		{o.HTTP != nil && o.TLS != nil, "HTTP and TLS"},
		{o.Level != "" && !o.Level.known(), fmt.Sprintf("there is no Level %q", o.Level)},
		{o.Timeout < 0, "Timeout is negative"},
		{o.Patience < 0, "Patience is negative"},
		{o.MaxAnswer < 0, "MaxAnswer is negative"},
		{o.KeepKeys < 0, "KeepKeys is negative"},
		{o.KeepKeys > 0 && o.KeepKeys < time.Minute, "KeepKeys is less than a minute"},
		{o.SlowAfter < 0, "SlowAfter is negative"},
		{o.Password != "" && o.Username == "", "Password without Username"},
		{o.Arguments && o.OnStatement == nil, "Arguments without OnStatement"},
		{o.SlowAfter > 0 && o.OnStatement == nil, "SlowAfter without OnStatement"},
	} {
		if bad.when {
			return o, fmt.Errorf("%w: %s", drey.ErrOptions, bad.why)
		}
	}
	for _, d := range []struct {
		of *time.Duration
		is time.Duration
	}{{&o.Timeout, 10 * time.Second}, {&o.Patience, 10 * time.Second}, {&o.KeepKeys, time.Hour}} {
		if *d.of == 0 {
			*d.of = d.is
		}
	}
	if o.MaxAnswer == 0 {
		o.MaxAnswer = 256 << 20
	}
	if o.Level == "" {
		o.Level = Weak
	}
	return o, nil
}

func (l Level) known() bool { return l == None || l == Weak || l == Linearizable || l == Strong }

type levelKey struct{}

// WithLevel returns a context whose reads have that level.
func WithLevel(ctx context.Context, l Level) context.Context {
	return context.WithValue(ctx, levelKey{}, l)
}

// level is that of a read.
func (c *Cluster) level(ctx context.Context) (Level, error) {
	l, ok := ctx.Value(levelKey{}).(Level)
	if !ok {
		return c.o.Level, nil
	}
	if !l.known() {
		return l, fmt.Errorf("%w: there is no Level %q", drey.ErrOptions, l)
	}
	return l, nil
}
