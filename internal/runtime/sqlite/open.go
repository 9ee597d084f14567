//go:build !js

package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// Options say how a database is opened. The zero value has the defaults.
type Options struct {
	// Readers is the largest number of connections that read. The default is 16
	// or four for each processor, whichever is more. Each keeps up to 2 MB of
	// pages. A loop over Iter holds one while it runs, and a read inside it takes
	// another.
	Readers int
	// BusyTimeout is how long a write waits for its turn among this client's, and
	// then for the lock of another process. The default is 10 seconds.
	BusyTimeout time.Duration
	// Durable syncs the disk with each commit. Without it a power cut can undo
	// the last commits, those since the last checkpoint, but never half of a
	// commit. A crash of the process does not undo anything either way.
	Durable bool
	// ReadOnly opens a file without writing to it. Writes are ReadOnly failures.
	// SQLite still has to write beside a file in WAL mode, unless somebody has it
	// open.
	ReadOnly bool
	// Immutable says that nobody else writes to a ReadOnly file either, for as
	// long as it is open. So it does not need locks, and its folder may be
	// read-only. If somebody does write, reads are wrong, or an error.
	Immutable bool
	// MaxWAL is the size in bytes from which the write-ahead log is emptied. The
	// default is 64 MiB. It grows beyond that for as long as one reader holds on to
	// an old snapshot.
	MaxWAL int64
	// OnStatement is told of every statement that has ended. It runs where the
	// statement did, so it should be quick.
	OnStatement func(context.Context, drey.Statement)
	// Arguments tells OnStatement the values that were bound, too.
	Arguments bool
	// SlowAfter is the duration from which OnStatement gets the query plan, too.
	// 0 is never.
	SlowAfter time.Duration
	// OpenDB makes the two handles, of readers and writer. The default is
	// [sql.OpenDB]. This is the place for a driver's wrapper, such as
	// OpenTelemetry's in https://pkg.go.dev/github.com/XSAM/otelsql#OpenDB.
	OpenDB func(driver.Connector) *sql.DB
}

// complete puts in the defaults.
func (o Options) complete(path string) (Options, error) {
	for _, bad := range []struct {
		when bool
		why  string
	}{
		{o.Readers < 0, "Readers is negative"},
		{o.BusyTimeout < 0, "BusyTimeout is negative"},
		{o.BusyTimeout > 0 && o.BusyTimeout < time.Millisecond, "BusyTimeout is less than a millisecond"},
		{o.MaxWAL < 0, "MaxWAL is negative"},
		{o.SlowAfter < 0, "SlowAfter is negative"},
		{o.ReadOnly && path == memoryPath, "ReadOnly of a new database in memory"},
		{o.ReadOnly && o.Durable, "ReadOnly and Durable"},
		{o.Immutable && !o.ReadOnly, "Immutable without ReadOnly"},
		{o.ReadOnly && o.MaxWAL > 0, "ReadOnly and MaxWAL"},
		{o.Durable && path == memoryPath, "Durable in memory"},
		{o.MaxWAL > 0 && path == memoryPath, "MaxWAL in memory"},
		{o.Arguments && o.OnStatement == nil, "Arguments without OnStatement"},
		{o.SlowAfter > 0 && o.OnStatement == nil, "SlowAfter without OnStatement"},
	} {
		if bad.when {
			return o, fmt.Errorf("%w: %s", drey.ErrOptions, bad.why)
		}
	}
	if o.Readers == 0 {
		o.Readers = max(16, 4*runtime.GOMAXPROCS(0))
	}
	if o.BusyTimeout == 0 {
		o.BusyTimeout = lockWait
	}
	if o.MaxWAL == 0 {
		o.MaxWAL = 64 << 20
	}
	return o, nil
}

// Open opens the database file at path. The file must exist and must have run these
// migrations: otherwise the error is [drey.ErrSchemaOlder] or [drey.ErrSchemaNewer].
// [Migrate] creates a file and brings it up to date. Options that contradict each other
// are [drey.ErrOptions].
//
// The path ":memory:" opens a new database in memory, migrated, which is what a test
// needs: a process runs the migrations once, and copies what they have made each time,
// in less than a millisecond. So what they insert that is random, or the time, is the
// same in all of them. A reader and a writer wait for each other there, because SQLite
// does not have a write-ahead log in memory.
//
// Every connection enforces foreign keys, keeps times as UTC text in the form of
// CURRENT_TIMESTAMP, and takes "name" for an identifier only, never for a string. A
// file is in WAL mode. While it is open it must not be moved, replaced or deleted:
// writes are [drey.ErrMoved] once that is noticed, which takes up to 100 ms.
func Open(ctx context.Context, path string, migrations []Migration, o Options) (*drey.Client, error) {
	check := func(ctx context.Context, db *sql.DB) error { return checkSchema(ctx, db, migrations) }
	return open(ctx, path, schema{migrations, check, "Migrate or goose up creates it"}, o)
}

// schema is what a database has to have.
type schema struct {
	migrations []Migration // of a new one in memory
	check      func(context.Context, *sql.DB) error
	created    string // how a file is
}

func open(ctx context.Context, path string, s schema, o Options) (*drey.Client, error) {
	o, err := o.complete(path)
	if err != nil {
		return nil, err
	}
	if path == memoryPath {
		c, err := openMemory(ctx, s.migrations, o)
		if err != nil {
			return nil, fmt.Errorf("open database in memory: %w", err)
		}
		return c, nil
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open database: %w (%s)", err, s.created)
	}
	mode := "rw"
	if o.ReadOnly {
		mode = "ro"
	}
	if o.Immutable {
		mode += "&immutable=1"
		// SQLite would not look into it.
		if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
			return nil, fmt.Errorf("open database %s: Immutable, but the write-ahead log beside it holds what is not in it yet: somebody has it open, or it has to be opened and closed once without Immutable", path)
		}
	}
	c, err := openFile(ctx, path, fileURI(path, mode), s, o)
	if o.ReadOnly && !o.Immutable && drey.FailureOf(err) == drey.ReadOnly {
		err = fmt.Errorf("%w: beside a file in WAL mode SQLite has to write, even to read it; if nobody writes to it, open it with Immutable", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	return c, nil
}

// openFile opens the connections to a file that exists.
func openFile(ctx context.Context, path, uri string, s schema, o Options) (*drey.Client, error) {
	b, err := o.pools(uri)
	if err != nil {
		return nil, err
	}
	for _, p := range []*drey.Pool{b.Reads, b.Writes} {
		if err := ping(ctx, p.DB(), lockWait); err != nil {
			return nil, errors.Join(err, b.Reads.DB().Close(), b.Writes.DB().Close())
		}
	}
	if !o.ReadOnly {
		k := &keeper{path: path, max: o.MaxWAL, db: b.Writes.DB(), patience: o.BusyTimeout}
		b.Optimize, b.Checkpoints = k.optimize, k.checkpoints.Load
		if k.file, err = os.Stat(path); err != nil {
			return nil, errors.Join(err, b.Reads.DB().Close(), b.Writes.DB().Close())
		}
		b.Tidy, b.Guard = k.tidy, k.guard
	}
	c := drey.New(b)
	if err := s.check(ctx, c.ReadDB()); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// pools makes the handles to a database, whose connections are opened when they are
// needed.
func (o Options) pools(uri string) (b drey.Backend, err error) {
	dsn := servingDSN(uri, o)
	b.Returned = &sqldriver.Registry{}
	if b.Reads, err = o.pool(dsn+readOnly, o.Readers, b.Returned); err != nil {
		return b, err
	}
	if b.Writes = b.Reads; !o.ReadOnly {
		b.Patience = o.BusyTimeout
		if b.Writes, err = o.pool(dsn+"&_txlock=immediate", 1, b.Returned); err != nil {
			return b, errors.Join(err, b.Reads.DB().Close())
		}
	}
	return b, nil
}

// readOnly makes a connection one that only reads.
const readOnly = "&_pragma=query_only(1)"

// pool makes a handle with at most so many connections. They are kept, because
// opening one takes longer than a query, and it has statements prepared.
func (o Options) pool(dsn string, connections int, returned *sqldriver.Registry) (*drey.Pool, error) {
	c, err := newConnector(dsn, returned)
	if err != nil {
		return nil, err
	}
	var db driver.Connector = c
	if o.OnStatement != nil {
		db = drey.Watch(c, o.OnStatement, o.Arguments, o.SlowAfter)
	}
	p := drey.NewPool(db, o.OpenDB)
	p.DB().SetMaxOpenConns(connections)
	p.DB().SetMaxIdleConns(connections)
	return p, nil
}

// connect opens the database and one connection to it.
func connect(ctx context.Context, dsn string, wait time.Duration) (*sql.DB, error) {
	c, err := newConnector(dsn, nil)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	return db, ping(ctx, db, wait)
}

// ping opens one connection, or closes the handle. To switch to WAL takes a lock
// for which SQLite does not wait by itself when somebody else is switching; wait is
// how long to try.
func ping(ctx context.Context, db *sql.DB, wait time.Duration) error {
	for deadline := time.Now().Add(wait); ; {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		if drey.FailureOf(err) != drey.Busy || ctx.Err() != nil || time.Now().After(deadline) {
			return errors.Join(err, db.Close())
		}
		time.Sleep(time.Millisecond)
	}
}

// connector opens connections of a driver.
type connector struct {
	driver   driver.Driver
	dsn      string
	returned *sqldriver.Registry
}

func newConnector(dsn string, returned *sqldriver.Registry) (*connector, error) {
	named, err := sql.Open("sqlite", "")
	if err != nil {
		return nil, err
	}
	defer named.Close()
	return &connector{named.Driver(), dsn, returned}, nil
}

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return mended(conn, c.returned), nil
}

func (c *connector) Driver() driver.Driver { return c.driver }

// patient is how long migrations wait for other processes, unless their context
// ends: SQLite's longest wait, 24 days.
const patient = math.MaxInt32 * time.Millisecond

// lockWait is how long a connection waits for a lock by default.
const lockWait = 10 * time.Second

// fileURI is the path in SQLite's URI form, see https://www.sqlite.org/uri.html.
func fileURI(path, mode string) string {
	escape := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")
	return "file:" + escape.Replace(path) + "?mode=" + mode
}

func busyTimeout(d time.Duration) string { return fmt.Sprintf("busy_timeout(%d)", d.Milliseconds()) }

// servingDSN adds the options of a connection that serves queries,
// migratingDSN those of one that runs migrations, which is what the goose
// command has. They are modernc's, see
// https://pkg.go.dev/modernc.org/sqlite#Driver.Open.
func servingDSN(uri string, o Options) string {
	pragmas := []string{busyTimeout(o.BusyTimeout), "foreign_keys(ON)"}
	if !o.ReadOnly {
		pragmas = append(pragmas, "journal_mode(WAL)")
	}
	if o.Durable {
		pragmas = append(pragmas, "synchronous(FULL)")
	} else {
		pragmas = append(pragmas, "synchronous(NORMAL)")
	}
	return uri + "&" + url.Values{
		"_pragma":   pragmas,
		"_timezone": {"UTC"}, // of times that are read
		"_dqs":      {"0"},
	}.Encode()
}

func migratingDSN(uri string) string {
	return uri + "&" + url.Values{
		"_pragma": {busyTimeout(lockWait), "journal_mode(WAL)"},
		"_txlock": {"immediate"},
	}.Encode()
}
