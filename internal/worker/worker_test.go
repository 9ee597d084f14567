package worker

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/workertest"
)

// TestConcurrentWaits has requests wait at once for what an instance that served
// several of them would not get: with one for all, 149 of 200 hung in /sleep,
// and 198 in /lock.
func TestConcurrentWaits(t *testing.T) {
	const clients, requests = 10, 200
	url := workertest.Serve(t, workertest.Build(t, "./testdata/timers"))
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
		failed := workertest.Load(clients, requests, func(int) error {
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
}
