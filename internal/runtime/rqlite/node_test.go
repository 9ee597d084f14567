//go:build !js

package rqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/proof/cluster"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// dial makes a client of a new node with these tables.
func dial(t *testing.T, o rqlite.Options, tables ...string) (*rqlite.Cluster, *cluster.Cluster) {
	t.Helper()
	nodes := cluster.Start(t, 1)
	c := dialURLs(t, nodes.URLs(), o)
	for _, table := range tables {
		exec(t, c, table)
	}
	return c, nodes
}

func dialURLs(t *testing.T, urls []string, o rqlite.Options) *rqlite.Cluster {
	t.Helper()
	c, err := rqlite.Dial(t.Context(), urls, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func exec(t *testing.T, c *rqlite.Cluster, sql string, args ...any) {
	t.Helper()
	if _, err := c.Batch(t.Context(), []rqlite.Statement{{SQL: sql, Args: args}}); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// column reads the only column of a query.
func column(t *testing.T, c *rqlite.Cluster, sql string, args ...any) (values []any) {
	t.Helper()
	r, err := c.Query(t.Context(), rqlite.Statement{SQL: sql, Args: args})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	for _, row := range r.Rows {
		values = append(values, row[0])
	}
	return values
}

// Whatever statement of a batch fails, at whatever place, and in whatever way, none has
// an effect, and the error says which it was.
func TestBatchIsWhole(t *testing.T) {
	c, _ := dial(t, rqlite.Options{},
		"CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT UNIQUE, n INTEGER NOT NULL DEFAULT 0 CHECK (n < 10), of INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
		"CREATE TRIGGER stop BEFORE INSERT ON t WHEN NEW.u = 'stop' BEGIN SELECT RAISE(ABORT, 'stopped'); END",
		"INSERT INTO t (id, u) VALUES (1, 'a')")
	good := []rqlite.Statement{
		{SQL: "INSERT INTO t (u) VALUES (?)", Args: []any{"b"}},
		{SQL: "INSERT INTO t (u) VALUES ('c') RETURNING id, u", Rows: true},
		{SQL: "SELECT count(*) FROM t", Rows: true},
		{SQL: "UPDATE t SET n = n + 1"},
		{SQL: "CREATE TABLE other (id INTEGER PRIMARY KEY)"},
	}
	for _, bad := range []struct {
		rqlite.Statement
		failure drey.Failure
		text    string
	}{
		{rqlite.Statement{SQL: "INSERT INTO nowhere VALUES (1)"}, drey.OtherFailure, "no such table: nowhere"},
		{rqlite.Statement{SQL: "INSERT INTO nowhere VALUES (1) RETURNING *", Rows: true}, drey.OtherFailure, "no such table: nowhere"},
		{rqlite.Statement{SQL: "SELECT missing FROM t", Rows: true}, drey.OtherFailure, "no such column: missing"},
		{rqlite.Statement{SQL: "UPDAT t SET n = 1"}, drey.OtherFailure, "syntax error"},
		{rqlite.Statement{SQL: "INSERT INTO t (u) VALUES ('a')"}, drey.UniqueViolation, "UNIQUE constraint failed: t.u"},
		{rqlite.Statement{SQL: "INSERT INTO t (u) VALUES ('a') RETURNING id", Rows: true}, drey.UniqueViolation, "UNIQUE constraint failed: t.u"},
		{rqlite.Statement{SQL: "INSERT INTO t (u) VALUES ('a')\nRETURNING\nid", Rows: true}, drey.UniqueViolation, "UNIQUE constraint failed: t.u"},
		{rqlite.Statement{SQL: "UPDATE t SET n = 100 RETURNING n", Rows: true}, drey.CheckViolation, "CHECK constraint failed"},
		{rqlite.Statement{SQL: "UPDATE t SET n = NULL"}, drey.NotNullViolation, "NOT NULL constraint failed: t.n"},
		{rqlite.Statement{SQL: "INSERT INTO t (u) VALUES ('stop') RETURNING id", Rows: true}, drey.OtherConstraint, "stopped"},
		{rqlite.Statement{SQL: "UPDATE t SET of = 99"}, drey.ForeignKeyViolation, "FOREIGN KEY constraint failed"},
		{rqlite.Statement{SQL: "UPDATE t SET of = 99 RETURNING id", Rows: true}, drey.ForeignKeyViolation, "FOREIGN KEY constraint failed"},
		{rqlite.Statement{SQL: "SELECT abs(-9223372036854775808)", Rows: true}, drey.OtherFailure, "integer overflow"},
		{rqlite.Statement{SQL: "PRAGMA user_version = 7"}, drey.OtherFailure, rqlite.ErrStatement.Error()},
		{rqlite.Statement{SQL: "INSERT INTO t (u) VALUES (?)", Args: []any{"\xff"}}, drey.OtherFailure, rqlite.ErrText.Error()},
	} {
		for at := range len(good) + 1 {
			list := append(append(append([]rqlite.Statement{}, good[:at]...), bad.Statement), good[at:]...)
			_, err := c.Batch(t.Context(), list)
			if err == nil || drey.FailureOf(err) != bad.failure || !strings.Contains(err.Error(), bad.text) || errors.Is(err, rqlite.ErrUnknownOutcome) {
				t.Errorf("%s at %d: %v is %s", bad.SQL, at, err, drey.FailureOf(err))
			}
			if where := fmt.Sprintf("statement %d of the batch", at+1); err != nil && bad.failure != drey.ForeignKeyViolation && !strings.Contains(err.Error(), where) {
				t.Errorf("%s at %d: %v does not say where", bad.SQL, at, err)
			}
			got := column(t, c, "SELECT id || u || n FROM t UNION ALL SELECT name FROM sqlite_schema WHERE name = 'other'")
			if want := []any{"1a0"}; !reflect.DeepEqual(got, want) {
				t.Fatalf("after %s at %d: %v", bad.SQL, at, got)
			}
		}
	}
	results, err := c.Batch(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	if results[0].Affected != 1 || results[0].LastID != 2 || !reflect.DeepEqual(results[1].Rows, [][]any{{int64(3), "c"}}) ||
		!reflect.DeepEqual(results[2].Rows, [][]any{{int64(3)}}) || results[3].Affected != 3 {
		t.Errorf("%+v", results)
	}
}

// Of equal statements whichever fails, none has an effect: with and without rows, when it
// runs and because it cannot be prepared, also where the statement before it was of the
// same text, and where a statement of the batch has changed the schema.
func TestEqualStatements(t *testing.T) {
	c, _ := dial(t, rqlite.Options{}, "CREATE TABLE t (u INTEGER UNIQUE)", "INSERT INTO t VALUES (-1)")
	const n = 5
	for _, sql := range []string{"INSERT INTO t VALUES (?)", "INSERT INTO t VALUES (?) RETURNING u"} {
		rows := strings.Contains(sql, "RETURNING")
		missing := strings.Replace(sql, "INTO t", "INTO nowhere", 1)
		for k := range n {
			for _, bad := range []rqlite.Statement{
				{SQL: sql, Args: []any{-1}, Rows: rows}, {SQL: missing, Args: []any{-1}, Rows: rows}, {SQL: "ALTER TABLE t RENAME TO s"},
			} {
				var list []rqlite.Statement
				for i := range n {
					list = append(list, rqlite.Statement{SQL: sql, Args: []any{i}, Rows: rows})
				}
				failing := k
				if list[k] = bad; bad.Args == nil { // what follows cannot be prepared any more
					failing = k + 1
					list = append(list, rqlite.Statement{SQL: sql, Args: []any{n}, Rows: rows})
				}
				_, err := c.Batch(t.Context(), list)
				if err == nil || errors.Is(err, rqlite.ErrUnknownOutcome) || !strings.Contains(err.Error(), fmt.Sprintf("statement %d of the batch", failing+1)) {
					t.Errorf("%s at %d: %v", bad.SQL, k, err)
				}
				if got := column(t, c, "SELECT u FROM t"); !reflect.DeepEqual(got, []any{int64(-1)}) {
					t.Fatalf("%s at %d: %v", bad.SQL, k, got)
				}
			}
		}
	}
}

// What would be lost is refused, and is not sent.
func TestRefused(t *testing.T) {
	c, _ := dial(t, rqlite.Options{}, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	for _, sql := range []string{
		"PRAGMA foreign_keys = OFF", " -- a comment\n pragma user_version", "BEGIN", "COMMIT", "end", "ROLLBACK", "SAVEPOINT a", "RELEASE a",
		"ATTACH ':memory:' AS a", "DETACH a", "VACUUM", "VACUUM INTO '/tmp/x'", "", ";", "-- nothing", "CREATE TEMP TABLE x (a)", "create temporary view x AS SELECT 1",
		"SELECT 1; SELECT 2", "INSERT INTO t VALUES (1); DELETE FROM t", "SELECT 1;\x00", "/* */ ; ROLLBACK",
	} {
		if _, err := c.Batch(t.Context(), []rqlite.Statement{{SQL: sql}}); !errors.Is(err, rqlite.ErrStatement) {
			t.Errorf("%q: %v", sql, err)
		}
		if _, err := c.Query(t.Context(), rqlite.Statement{SQL: sql}); !errors.Is(err, rqlite.ErrStatement) {
			t.Errorf("query %q: %v", sql, err)
		}
	}
	for _, sql := range []string{"INSERT INTO t VALUES (1);", "DELETE FROM t ; -- all", "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;", "DROP TRIGGER x"} {
		exec(t, c, sql)
	}
	if _, err := c.Query(t.Context(), rqlite.Statement{SQL: "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a"}); err == nil {
		t.Error("a query writes")
	}
	if n := column(t, c, "SELECT count(*) FROM t"); n[0] != int64(0) {
		t.Errorf("%v rows", n)
	}
}

// proxy is a way to a node on which answers of writes get lost.
type proxy struct {
	*httptest.Server
	lose atomic.Int32                  // how many answers
	hold atomic.Pointer[chan struct{}] // answers wait for it
}

func through(t *testing.T, node string) *proxy {
	t.Helper()
	target, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{}
	reverse := httputil.NewSingleHostReverseProxy(target)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/db/request" || p.lose.Load() <= 0 && p.hold.Load() == nil {
			reverse.ServeHTTP(w, r)
			return
		}
		r.Body = io.NopCloser(r.Body)
		rec := httptest.NewRecorder()
		reverse.ServeHTTP(rec, r.WithContext(context.WithoutCancel(r.Context())))
		if hold := p.hold.Load(); hold != nil {
			<-*hold
		}
		if p.lose.Add(-1) >= 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}))
	t.Cleanup(p.Close)
	return p
}

// A write whose answer is lost is not known to be applied without a key; with one it is
// made again, and applied once.
func TestLostAnswers(t *testing.T) {
	nodes := cluster.Start(t, 1)
	p := through(t, nodes.URLs()[0])
	o := rqlite.Options{FixedNodes: true, Patience: 5 * time.Second}
	c := dialURLs(t, []string{p.URL}, o)
	exec(t, c, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE)")
	insert := func(c *rqlite.Cluster, ctx context.Context, n int) (rqlite.Result, error) {
		results, err := c.Batch(ctx, []rqlite.Statement{{SQL: "INSERT INTO t (n) VALUES (?)", Args: []any{n}}, {SQL: "UPDATE t SET n = n WHERE n < 1000"}})
		if err != nil {
			return rqlite.Result{}, err
		}
		return results[0], nil
	}
	count := func() any { return column(t, c, "SELECT count(*) FROM t")[0] }

	p.lose.Store(1)
	if _, err := insert(c, t.Context(), 1); !errors.Is(err, rqlite.ErrUnknownOutcome) || drey.FailureOf(err) != drey.UnknownOutcome {
		t.Errorf("without a key: %v", err)
	}
	if n := count(); n != int64(1) {
		t.Errorf("%v rows after one lost answer", n)
	}

	// A key of the caller's.
	for lost := range int32(4) {
		p.lose.Store(lost)
		before := count().(int64)
		r, err := insert(c, rqlite.WithKey(t.Context(), fmt.Sprint("key ", lost)), 10+int(lost))
		if err != nil || r.Affected != 1 || r.LastID != before+1 {
			t.Errorf("%d lost answers: %+v, %v", lost, r, err)
		}
		if n := count(); n != before+1 {
			t.Errorf("%d lost answers: %v rows, want %d", lost, n, before+1)
		}
	}
	// The same again is the same; another is an error.
	if r, err := insert(c, rqlite.WithKey(t.Context(), "key 2"), 12); err != nil || r.Affected != 1 || r.LastID != 4 {
		t.Errorf("again: %+v, %v", r, err)
	}
	if _, err := insert(c, rqlite.WithKey(t.Context(), "key 2"), 99); !errors.Is(err, rqlite.ErrKey) {
		t.Errorf("another write: %v", err)
	}
	// What fails has not used its key; after a lost answer it has.
	for lost := range int32(2) {
		p.lose.Store(lost)
		_, err := insert(c, rqlite.WithKey(t.Context(), "failing"), 12)
		if drey.FailureOf(err) != drey.UniqueViolation || errors.Is(err, rqlite.ErrUnknownOutcome) || !strings.Contains(err.Error(), "statement 1 of the batch") {
			t.Errorf("a failure after %d lost answers: %v", lost, err)
		}
	}
	if r, err := insert(c, rqlite.WithKey(t.Context(), "failing"), 500); !errors.Is(err, rqlite.ErrKey) {
		t.Errorf("with a key that is used up: %+v, %v", r, err)
	}
	// Rows are lost with their answer, and that is said.
	p.lose.Store(1)
	_, err := c.Batch(rqlite.WithKey(t.Context(), "rows"), []rqlite.Statement{{SQL: "INSERT INTO t (n) VALUES (600) RETURNING id", Rows: true}})
	if !errors.Is(err, drey.ErrStored) || errors.Is(err, rqlite.ErrUnknownOutcome) {
		t.Errorf("rows: %v", err)
	}
	if n := column(t, c, "SELECT count(*) FROM t WHERE n = 600")[0]; n != int64(1) {
		t.Errorf("it is there %v times", n)
	}

	// A key of the client's own.
	o.Keyed = true
	k := dialURLs(t, []string{p.URL}, o)
	for lost := range int32(3) {
		p.lose.Store(lost)
		if r, err := insert(k, t.Context(), 700+int(lost)); err != nil || r.Affected != 1 {
			t.Errorf("%d lost answers: %+v, %v", lost, r, err)
		}
	}
	if n := column(t, c, "SELECT count(*) FROM t WHERE n >= 700")[0]; n != int64(3) {
		t.Errorf("%v rows, want 3", n)
	}
}

// A write that is canceled before it is sent is not applied; after that nobody knows.
func TestCancel(t *testing.T) {
	nodes := cluster.Start(t, 1)
	p := through(t, nodes.URLs()[0])
	c := dialURLs(t, []string{p.URL}, rqlite.Options{FixedNodes: true})
	exec(t, c, "CREATE TABLE t (n INTEGER)")
	write := func(ctx context.Context) error {
		_, err := c.Batch(ctx, []rqlite.Statement{{SQL: "INSERT INTO t VALUES (1)"}})
		return err
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := write(ended); !errors.Is(err, context.Canceled) || errors.Is(err, rqlite.ErrUnknownOutcome) {
		t.Errorf("canceled before: %v", err)
	}
	hold := make(chan struct{})
	p.hold.Store(&hold)
	defer close(hold)
	for name, within := range map[string]func(time.Duration) (context.Context, context.CancelFunc){
		"canceled": func(d time.Duration) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(d, cancel)
			return ctx, cancel
		},
		"expired": func(d time.Duration) (context.Context, context.CancelFunc) {
			return context.WithTimeout(t.Context(), d)
		},
		"with a key": func(d time.Duration) (context.Context, context.CancelFunc) {
			return context.WithTimeout(rqlite.WithKey(t.Context(), "k"), d)
		},
	} {
		// On a busy machine a short time ends before the request is sent.
		for d := 50 * time.Millisecond; ; d *= 10 {
			ctx, cancel := within(d)
			start := time.Now()
			err := write(ctx)
			if !errors.Is(err, ctx.Err()) || drey.FailureOf(err) != drey.Canceled {
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(start); took > d+20*time.Second {
				t.Errorf("%s: it took %v", name, took)
			}
			cancel()
			if errors.Is(err, rqlite.ErrUnknownOutcome) {
				break
			}
			if d > 5*time.Second {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
	}
}

// Credentials come from the options or a URL, and are in no error.
func TestAuthentication(t *testing.T) {
	users := filepath.Join(t.TempDir(), "users.json")
	if err := os.WriteFile(users, []byte(`[{"username": "ann", "password": "s3cret/ö", "perms": ["all"]}, {"username": "reader", "password": "r3ad", "perms": ["query"]}, {"username": "*", "perms": ["join", "ready", "status"]}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	nodes := cluster.Start(t, 1, "-auth", users)
	u, err := url.Parse(nodes.URLs()[0])
	if err != nil {
		t.Fatal(err)
	}
	plain := u.String()
	c := dialURLs(t, []string{plain}, rqlite.Options{Username: "ann", Password: "s3cret/ö"})
	exec(t, c, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	u.User = url.UserPassword("ann", "s3cret/ö")
	in := dialURLs(t, []string{u.String()}, rqlite.Options{})
	exec(t, in, "INSERT INTO t VALUES (1)")
	for name, o := range map[string]rqlite.Options{"nobody": {}, "wrong": {Username: "ann", Password: "wr0ng"}, "no writes": {Username: "reader", Password: "r3ad"}} {
		_, err := rqlite.Dial(t.Context(), []string{plain}, o)
		if !errors.Is(err, rqlite.ErrRefused) || !strings.Contains(err.Error(), "401") || o.Password != "" && strings.Contains(err.Error(), o.Password) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, address := range []string{"http://ann:s3cret@127.0.0.1:1", "http://ann:s3cret@[::1", "ftp://ann:s3cret@host", "http://ann:s3cret@host:4001/x", "://ann:s3cret@", "http://ann:s3cret@host:port"} {
		_, err := rqlite.Dial(t.Context(), []string{address}, rqlite.Options{Patience: time.Millisecond})
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A node that does not enforce foreign keys is told apart when opening.
func TestForeignKeys(t *testing.T) {
	nodes := cluster.Start(t, 1, "-fk=false")
	_, err := rqlite.Dial(t.Context(), nodes.URLs(), rqlite.Options{})
	if !errors.Is(err, rqlite.ErrForeignKeys) || !strings.Contains(err.Error(), "-fk") {
		t.Error(err)
	}
}
