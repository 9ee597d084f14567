package worker

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/proof/workerd"
)

// TestConcurrentWaits has requests wait at once for what an instance that served
// several of them would not get: with one for all, 149 of 200 hung in /sleep,
// and 198 in /lock.
func TestConcurrentWaits(t *testing.T) {
	const clients, requests = 10, 200
	url := workerd.Serve(t, workerd.Build(t, "./testdata/timers"))
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	get := func(path string) (int, string, error) {
		res, err := client.Get(url + path)
		if err != nil {
			return 0, "", err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		return res.StatusCode, string(body), err
	}
	for _, path := range []string{"/query", "/sleep", "/lock", "/goroutines"} {
		failed := workerd.Load(clients, requests, func(int) error {
			status, body, err := get(path)
			if err == nil && (status != http.StatusOK || body != "ok\n") {
				err = fmt.Errorf("%d: %s", status, body)
			}
			return err
		})
		if len(failed) > 0 {
			t.Errorf("%s: %d of %d failed, the first: %v", path, len(failed), requests, failed[0])
		}
	}
	for _, path := range []string{"/panic", "/dies"} {
		if status, body, err := get(path); err != nil || status != http.StatusInternalServerError || body != "internal error\n" {
			t.Errorf("%s: %d %q %v", path, status, body, err)
		}
		if status, _, err := get("/query"); err != nil || status != http.StatusOK {
			t.Errorf("after %s: %d %v", path, status, err)
		}
	}
	// This handler has nothing to do for a trigger.
	if _, body, err := get("/cdn-cgi/handler/scheduled"); err != nil || body != "exception" {
		t.Errorf("a trigger: %q %v", body, err)
	}
}

// TestClientsGone has clients go away while they are served. The instances that
// served them have to serve others.
func TestClientsGone(t *testing.T) {
	url := workerd.Serve(t, workerd.Build(t, "./testdata/timers"))
	host := strings.TrimPrefix(url, "http://")
	client := http.Client{Timeout: 5 * time.Second}
	for range 20 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "GET /slow HTTP/1.1\r\nHost: %s\r\n\r\n", host); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)                        // it has begun
		if err := conn.(*net.TCPConn).SetLinger(0); err != nil { // Close resets
			t.Fatal(err)
		}
		conn.Close()
	}
	res, err := client.Get(url + "/query")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Error(res.Status)
	}
}

// TestRequests sends what has to reach the handler, and reads what it answers.
func TestRequests(t *testing.T) {
	url := workerd.Serve(t, workerd.Build(t, "./testdata/timers"))
	host := strings.TrimPrefix(url, "http://")
	for _, tt := range []struct {
		method, target, body string
		status               int
		answer               string
	}{
		{"GET", "/echo/a", "", 200, `GET HOST /echo/a /echo/a ["x, y"] "" `},
		{"POST", "/echo/a%2Fb?c=%20d&e", "\x00\xff", 200, `POST HOST /echo/a/b /echo/a%2Fb?c=%20d&e ["x, y"] "" 00ff`},
		{"PATCH", "/echo/?status=201", "{}", 201, `PATCH HOST /echo/ /echo/?status=201 ["x, y"] "" 7b7d`},
		{"DELETE", "/echo/?status=204", "", 204, ""},
		{"GET", "/echo/?status=304", "", 304, ""},
		{"HEAD", "/echo/", "", 200, ""},
		{"GET", "/nothing", "", 404, "404 page not found\n"},
		{"POST", "/echo/", strings.Repeat("x", 1<<20+1), 413, "request body too large\n"},
		{"POST", "/echo/", strings.Repeat("x", 1<<20), 200, `POST HOST /echo/ /echo/ ["x, y"] "" ` + strings.Repeat("78", 1<<20)},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, url+tt.target, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Add("X-Test", "x")
		req.Header.Add("X-Test", "y")
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Errorf("%s %s: %v", tt.method, tt.target, err)
			continue
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if got := strings.ReplaceAll(string(body), host, "HOST"); err != nil || res.StatusCode != tt.status || got != tt.answer {
			t.Errorf("%s %s: %s %.200q %v, want %d %.200q", tt.method, tt.target, res.Status, got, err, tt.status, tt.answer)
		}
		if cookies := res.Header["Set-Cookie"]; strings.HasPrefix(tt.target, "/echo") && tt.status < 400 && !slices.Equal(cookies, []string{"a=1", "b=2"}) {
			t.Errorf("%s %s: cookies %q", tt.method, tt.target, cookies)
		}
		if late := res.Header.Get("X-Late"); (late != "") != (tt.status == 200) {
			t.Errorf("%s %s: a header that is set %q", tt.method, tt.target, late)
		}
	}
}

// TestRehearsal: the first request comes to a program that has run a query on nothing.
func TestRehearsal(t *testing.T) {
	if got := text(t, workerd.Serve(t, workerd.Build(t, "./testdata/timers"))+"/rehearsed"); got != "sql: no rows in result set" {
		t.Error(got)
	}
}

// TestRandomWhenStarting: random numbers are never worth less than their program takes them
// for. One that draws some when it starts is started by the first request.
func TestRandomWhenStarting(t *testing.T) {
	folder := workerd.Build(t, "./testdata/random")
	seen := map[string]bool{}
	for range 3 {
		secret, rehearsed, _ := strings.Cut(text(t, workerd.Serve(t, folder)), " ")
		if len(secret) < 26 || rehearsed != "false" || seen[secret] {
			t.Errorf("the secret %q, rehearsed: %s", secret, rehearsed)
		}
		seen[secret] = true
	}
}

func text(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, string(body), err)
	}
	return string(body)
}
