package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/workertest"
)

// maxGzipped is what the worker may take of the 3 MB that Cloudflare's free plan
// has for it.
const maxGzipped = 2_500_000

// seed is a user with two links.
var seed = []string{
	"INSERT INTO users (id, email) VALUES (1, 'ada@example.com')",
	"INSERT INTO links (id, user_id, slug, url) VALUES (1, 1, 'drey', 'https://example.com/nest'), (2, 1, 'goose', 'https://example.com/goose')",
}

func TestSize(t *testing.T) {
	program, err := os.Open(filepath.Join(workertest.Build(t, "."), "links.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	var gzipped counter
	w, err := gzip.NewWriterLevel(&gzipped, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, program); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, gzipped", gzipped)
	if gzipped > maxGzipped {
		t.Errorf("the worker is %d bytes gzipped, of at most %d", gzipped, maxGzipped)
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// TestConcurrentRequests has 10 clients follow links 2,000 times: each request
// reads and writes.
func TestConcurrentRequests(t *testing.T) {
	const clients, requests = 10, 2000
	url := workertest.Serve(t, workertest.Build(t, "."), append(workertest.Schema(t), seed...)...)
	client := http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: clients},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	work := make(chan int)
	var failed []error
	var mu sync.Mutex
	var group sync.WaitGroup
	begin := time.Now()
	for range clients {
		group.Go(func() {
			for i := range work {
				slug, to := "drey", "https://example.com/nest"
				if i%2 == 1 {
					slug, to = "goose", "https://example.com/goose"
				}
				if err := follow(&client, url+"/"+slug, to); err != nil {
					mu.Lock()
					failed = append(failed, fmt.Errorf("request %d: %w", i, err))
					mu.Unlock()
				}
			}
		})
	}
	for i := range requests {
		work <- i
	}
	close(work)
	group.Wait()
	t.Logf("%d requests in %v", requests, time.Since(begin))
	if len(failed) > 0 {
		t.Fatalf("%d of %d requests failed, the first: %v", len(failed), requests, failed[0])
	}
}

func follow(client *http.Client, url, to string) error {
	res, err := client.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusFound || res.Header.Get("Location") != to {
		return fmt.Errorf("%s to %q: %s", res.Status, res.Header.Get("Location"), body)
	}
	return nil
}
