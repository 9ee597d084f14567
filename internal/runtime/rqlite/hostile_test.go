//go:build !js

package rqlite_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// fake plays a node until it is told to be hostile.
type fake struct {
	*httptest.Server
	hostile atomic.Pointer[http.HandlerFunc]
	asked   atomic.Int64 // requests of the hostile one
}

func newFake(t *testing.T) *fake {
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := f.hostile.Load(); h != nil {
			f.asked.Add(1)
			(*h)(w, r)
			return
		}
		fmt.Fprint(w, honest(r, func(sql string) string {
			switch {
			case strings.Contains(sql, "pragma_table_xinfo"):
				return `{"columns":["a","b","c","d","e","f","g"],"types":["","","","","","",""]}`
			case strings.HasPrefix(sql, "DROP VIEW IF EXISTS temp.drey;"):
				return `{"rows_affected":1}`
			}
			return `{"columns":["foreign_keys"],"types":["integer"],"values":[[1]]}`
		}))
	}))
	t.Cleanup(f.Close)
	return f
}

// named is another name of a column, firstColumn the first name of an answer.
var (
	named       = regexp.MustCompile(` AS ("drey [0-9]+")`)
	firstColumn = regexp.MustCompile(`^(\{"columns":\[)"[^"]*"`)
)

// honest is the answer to a request, of which the statements of the test's own are
// answered by result.
func honest(r *http.Request, result func(sql string) string) string {
	var statements []any
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &statements); err != nil {
		return `{"nodes":[]}`
	}
	var results []string
	for _, s := range statements {
		sql, ok := s.(string)
		switch {
		case !ok:
			sql := s.([]any)[0].(string)
			one := result(sql)
			if name := named.FindStringSubmatch(sql); name != nil {
				one = firstColumn.ReplaceAllString(one, "${1}"+name[1])
			}
			results = append(results, one)
		case strings.HasPrefix(sql, "SELECT "):
			results = append(results, fmt.Sprintf(`{"columns":["e"],"types":["integer"],"values":[[%s]]}`, sql[len("SELECT "):]))
		default:
			results = append(results, `{"last_insert_id":1,"rows_affected":1}`)
		}
	}
	return `{"results":[` + strings.Join(results, ",") + `]}`
}

// says answers every statement of a test with that.
func says(results ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := -1
		fmt.Fprint(w, honest(r, func(string) string {
			i = min(i+1, len(results)-1)
			return results[i]
		}))
	}
}

func writes(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, text) }
}

func status(code int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Error(w, text, code) }
}

const row = `{"columns":["a"],"types":["integer"],"values":[[1]]}`

// Whatever a server answers that is not what rqlite does: an error, soon, no panic, and no
// goroutine is left. A write that may be applied is said to be so, and is not made twice.
func TestHostile(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = z.Write(bytes.Repeat([]byte(" "), 1<<20))
	}
	z.Close()
	redirect := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, strings.Replace(elsewhere.URL, "http://", "http://u:s3cret@", 1)+r.URL.Path, code)
		}
	}
	other := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"results":[{"last_insert_id":1},{"columns":["e"],"types":["integer"],"values":[[12345]]},`+row+`]}`)
	}
	sibling := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"results":[{"columns":["drey 12345"],"types":["integer"],"values":[[1]]}]}`)
	}
	endless := func(head string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, head)
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("1,"), 4096)); err != nil {
					return
				}
			}
		}
	}
	// what a write is: applied or not, nobody knows, unless it is refused
	for _, test := range []struct {
		name   string
		h      http.HandlerFunc
		refuse bool
		want   error
	}{
		{"nothing", writes(""), false, rqlite.ErrAnswer},
		{"not JSON", writes("<html>hello</html>"), false, rqlite.ErrAnswer},
		{"cut off", func(w http.ResponseWriter, r *http.Request) {
			text := honest(r, func(string) string { return row })
			fmt.Fprint(w, text[:len(text)-5])
		}, false, rqlite.ErrAnswer},
		{"cut off by the connection", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"results":[`)
		}, false, nil},
		{"something after the end", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, honest(r, func(string) string { return row })+"{}")
		}, false, rqlite.ErrAnswer},
		{"a list", writes("[]"), false, rqlite.ErrAnswer},
		{"null", writes("null"), false, rqlite.ErrAnswer},
		{"no results", writes("{}"), false, rqlite.ErrAnswer},
		{"results that are none", writes(`{"results":[]}`), false, rqlite.ErrAnswer},
		{"results of a wrong type", writes(`{"results":{"a":1}}`), false, rqlite.ErrAnswer},
		{"rows of a wrong type", says(`{"columns":["a"],"types":["integer"],"values":{"a":1}}`), false, rqlite.ErrAnswer},
		{"a row of a wrong type", says(`{"columns":["a"],"types":["integer"],"values":[1]}`), false, rqlite.ErrAnswer},
		{"names of a wrong type", says(`{"columns":[1],"types":["integer"],"values":[[1]]}`), false, rqlite.ErrAnswer},
		{"a number of a wrong type", says(`{"rows_affected":"1"}`), false, rqlite.ErrAnswer},
		{"a fraction of a row", says(`{"rows_affected":1.5}`), false, rqlite.ErrAnswer},
		{"more values than columns", says(`{"columns":["a"],"types":["integer"],"values":[[1,2]]}`), false, rqlite.ErrAnswer},
		{"fewer values than columns", says(`{"columns":["a","b"],"types":["integer","text"],"values":[[1]]}`), false, rqlite.ErrAnswer},
		{"fewer types than columns", says(`{"columns":["a","b"],"types":["integer"],"values":[[1,2]]}`), false, rqlite.ErrAnswer},
		{"numbers that are none", says(`{"columns":["a"],"types":["integer"],"values":[[1x]]}`), false, rqlite.ErrAnswer},
		{"numbers as Go writes them", says(`{"columns":["a"],"types":["integer"],"values":[[0x1p4]]}`), false, rqlite.ErrAnswer},
		{"infinity", says(`{"columns":["a"],"types":["real"],"values":[[1e999]]}`), false, rqlite.ErrAnswer},
		{"deep", says(`{"columns":["a"],"types":["x"],"values":[[` + strings.Repeat("[", 100_000) + `]]}`), false, rqlite.ErrAnswer},
		{"fewer results", func(w http.ResponseWriter, r *http.Request) {
			text := honest(r, func(string) string { return "" })
			fmt.Fprint(w, strings.TrimSuffix(text, ",]}")+"]}")
		}, false, rqlite.ErrAnswer},
		{"more results", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, honest(r, func(string) string { return row + "," + row }))
		}, false, rqlite.ErrAnswer},
		{"an answer for another request", other, false, rqlite.ErrAnswer},
		{"an answer for another query", sibling, false, rqlite.ErrAnswer},
		{"a failure of another query", writes(`{"results":[{"error":"no such table: x"}]}`), false, rqlite.ErrAnswer},
		{"a result of another kind", says(`{"last_insert_id":1,"rows_affected":1}`), false, rqlite.ErrAnswer},
		{"200 with an error", writes(`{"results":[],"error":"leadership lost while committing log"}`), false, nil},
		{"200 of a node that passed it on", writes(`{"results":[],"error":"node failed to process Request on remote node at 127.0.0.1:4002: EOF"}`), false, nil},
		{"200 with an error of a wrong type", writes(`{"error":{"a":1}}`), false, rqlite.ErrAnswer},
		{"500", status(500, "boom"), false, rqlite.ErrRefused},
		{"502", status(502, strings.Repeat("bad gateway ", 1000)), false, rqlite.ErrRefused},
		{"204", status(204, ""), false, rqlite.ErrRefused},
		{"400", status(400, "invalid request"), true, rqlite.ErrRefused},
		{"401", status(401, ""), true, rqlite.ErrRefused},
		{"404", status(404, "not here"), true, rqlite.ErrRefused},
		{"301", redirect(301), true, rqlite.ErrRedirect},
		{"307", redirect(307), true, rqlite.ErrRedirect},
		{"a slow head", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // after this the server notices that the client has gone
			<-r.Context().Done()
		}, false, nil},
		{"a slow body", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, `{"results":[`)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, false, nil},
		{"an endless body", endless(`{"results":[{"columns":["a"],"types":["x"],"values":[[`), false, rqlite.ErrAnswer},
		{"a bomb", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}, false, rqlite.ErrAnswer},
		{"a connection that is closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, nil},
		{"a failure in the midst", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, strings.Replace(honest(r, func(string) string { return row }), `{"columns"`, `{"error":"x","columns"`, 1))
		}, false, rqlite.ErrAnswer},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			f := newFake(t)
			timeout := time.Minute // longer than a busy machine takes
			if strings.HasPrefix(test.name, "a slow") {
				timeout = time.Second
			}
			c, err := rqlite.Dial(t.Context(), []string{f.URL}, rqlite.Options{
				FixedNodes: true, Timeout: timeout, Patience: 50 * time.Millisecond, MaxAnswer: 1 << 20, Username: "ann", Password: "s3cret",
			})
			if err != nil {
				t.Fatal(err)
			}
			known := rqlite.Statement{SQL: "SELECT a FROM u"} // a query that has been answered
			if _, err := c.Query(t.Context(), known); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Batch(t.Context(), []rqlite.Statement{{SQL: "UPDATE t SET a = 0"}}); err != nil { // which reads the defaults
				t.Fatal(err)
			}
			returning := []rqlite.Statement{{SQL: "UPDATE t SET a = 1 RETURNING a + 1", Rows: true}, {SQL: "UPDATE t SET a = 1 RETURNING a + 1", Rows: true}}
			if _, err := c.Batch(t.Context(), returning); err != nil { // which describes them
				t.Fatal(err)
			}
			f.hostile.Store(&test.h)
			check := func(what string, err error, writes bool) {
				t.Helper()
				if err == nil || test.want != nil && !errors.Is(err, test.want) || strings.Contains(err.Error(), "s3cret") || len(err.Error()) > 2000 {
					t.Errorf("%s: %v", what, err)
				}
				if errors.Is(err, rqlite.ErrUnknownOutcome) != (writes && !test.refuse) {
					t.Errorf("%s: known or not: %v", what, err)
				}
				if errors.As(err, new(*rqlite.Error)) {
					t.Errorf("%s: it is taken for SQLite's: %v", what, err)
				}
			}
			start := time.Now()
			_, err = c.Query(t.Context(), rqlite.Statement{SQL: "SELECT a FROM t"})
			check("query", err, false)
			_, err = c.Query(t.Context(), known)
			check("query that is known", err, false)
			f.asked.Store(0)
			_, err = c.Batch(t.Context(), returning)
			check("batch", err, true)
			_, err = c.Batch(t.Context(), []rqlite.Statement{{SQL: "UPDATE t SET a = 1 RETURNING a + 2", Rows: true}})
			check("batch that is not described", err, false)
			client := c.Client()
			f.asked.Store(0)
			_, err = client.ExecContext(t.Context(), "UPDATE t SET a = 2")
			if test.name != "a result of another kind" { // which is the right one here
				check("exec", err, true)
			}
			if n := f.asked.Load(); n != 1 {
				t.Errorf("a write was made %d times", n)
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
			client.Close()
			f.CloseClientConnections()
			f.Close()
			for end := time.Now().Add(30 * time.Second); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					stacks := make([]byte, 1<<16)
					t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
				}
			}
		})
	}
}

// What is certainly not applied is made again, within the patience.
func TestRetries(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"no leader":                status(503, "leader not found"),
		"no leader, by an error":   writes(`{"results":[],"error":"not leader"}`),
		"no leader, passed on":     writes(`{"results":[],"error":"node failed to process Request on remote node at 127.0.0.1:4002: not leader"}`),
		"a leader that is gone":    writes(`{"results":[],"error":"node failed to process Request on remote node at 127.0.0.1:4002: dial tcp 127.0.0.1:4002: connect: connection refused"}`),
		"a node that is not ready": writes(`{"results":[],"error":"store not ready"}`),
	} {
		f := newFake(t)
		dial := func(patience time.Duration) *rqlite.Cluster {
			c, err := rqlite.Dial(t.Context(), []string{f.URL}, rqlite.Options{FixedNodes: true, Patience: patience})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			return c
		}
		c, patient := dial(400*time.Millisecond), dial(time.Minute)
		write := func(ctx context.Context) error {
			_, err := c.Batch(ctx, []rqlite.Statement{{SQL: "UPDATE t SET a = 1"}})
			return err
		}
		for _, one := range []*rqlite.Cluster{c, patient} { // which reads the defaults
			if _, err := one.Batch(t.Context(), []rqlite.Statement{{SQL: "UPDATE t SET a = 0"}}); err != nil {
				t.Fatal(err)
			}
		}
		f.hostile.Store(&h)
		err := write(t.Context())
		if !errors.Is(err, rqlite.ErrNoLeader) || errors.Is(err, rqlite.ErrUnknownOutcome) || drey.FailureOf(err) != drey.Busy || f.asked.Load() < 3 {
			t.Errorf("%s: %v after %d requests", name, err, f.asked.Load())
		}
		// A deadline that comes while a request is under way leaves its outcome unknown, so
		// one that comes between two is waited for.
		for tries := 1; ; tries++ {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			err := write(ctx)
			cancel()
			if errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, rqlite.ErrUnknownOutcome) {
				break
			}
			if !errors.Is(err, rqlite.ErrUnknownOutcome) || tries == 20 {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
		left := int32(3)
		then := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if atomic.AddInt32(&left, -1) >= 0 {
				h(w, r)
				return
			}
			says(`{"rows_affected":1}`)(w, r)
		})
		f.hostile.Store(&then)
		c = patient
		if err := write(t.Context()); err != nil {
			t.Errorf("%s, and then one: %v", name, err)
		}
	}
	// A node that is not there.
	f := newFake(t)
	c, err := rqlite.Dial(t.Context(), []string{f.URL}, rqlite.Options{Patience: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Batch(t.Context(), []rqlite.Statement{{SQL: "UPDATE t SET a = 1"}}); err != nil {
		t.Fatal(err)
	}
	f.Close()
	for range 10 { // a request may go into a connection that is being closed
		_, err = c.Batch(t.Context(), []rqlite.Statement{{SQL: "UPDATE t SET a = 1"}})
		if !errors.Is(err, rqlite.ErrUnknownOutcome) {
			break
		}
	}
	if !errors.Is(err, rqlite.ErrNoLeader) || errors.Is(err, rqlite.ErrUnknownOutcome) {
		t.Error(err)
	}
}
