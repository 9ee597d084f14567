package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/proof/workerd"
)

// configured are the rate limits of wrangler.jsonc.
func configured(t *testing.T) map[string]workerd.RateLimit {
	t.Helper()
	content, err := os.ReadFile("wrangler.jsonc")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		RateLimits []workerd.RateLimit `json:"ratelimits"`
	}
	comment := regexp.MustCompile(`(?m)^\s*//.*$`)
	if err := json.Unmarshal(comment.ReplaceAll(content, nil), &config); err != nil {
		t.Fatal(err)
	}
	limits := map[string]workerd.RateLimit{}
	for _, l := range config.RateLimits {
		limits[l.Name] = l
	}
	return limits
}

// mostTested bounds how many requests of a period are asked for, or a slow
// machine would not come to the end of a limit within its period.
const mostTested = 50

// TestLimits has ten connections of one client, and so several instances, ask
// more often than they may: what passes is what one limit allows, and not one for
// each instance. The bindings are those of wrangler.jsonc.
func TestLimits(t *testing.T) {
	limits := configured(t)
	var all []workerd.RateLimit
	namespaces := map[string]bool{}
	for name, l := range limits {
		l.Simple.Limit = min(l.Simple.Limit, mostTested)
		limits[name] = l
		all = append(all, l)
		namespaces[l.Namespace] = true
	}
	if len(namespaces) != len(limits) {
		t.Errorf("limits that share a namespace: %v", limits)
	}
	worker, statements := workerd.Build(t, "."), append(workerd.Schema(t), seed...)
	url := workerd.ServeBound(t, worker, workerd.Bindings{Statements: statements, RateLimits: all})
	for _, tt := range []struct {
		name, method, path string
	}{
		{"REGISTER_LIMIT", "POST", "/api/users"},
		{"CALL_LIMIT", "GET", "/api/links"},
		{"FOLLOW_LIMIT", "GET", "/drey"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			limit, ok := limits[tt.name]
			if !ok {
				t.Fatal("wrangler.jsonc has no such limit")
			}
			ask := func(client string) (wait int) {
				t.Helper()
				wait, err := waitFor(tt.method, url+tt.path, client)
				if err != nil {
					t.Fatal(err)
				}
				return wait
			}
			period := time.Duration(limit.Simple.Period) * time.Second
			within(period, 5*time.Second)
			var passed, refused atomic.Int64
			failed := workerd.Load(10, limit.Simple.Limit+20, func(int) error {
				wait, err := waitFor(tt.method, url+tt.path, "192.0.2.7")
				switch {
				case err != nil:
					return err
				case wait == 0:
					passed.Add(1)
				case wait != limit.Simple.Period:
					return fmt.Errorf("wait %d s of a period of %d", wait, limit.Simple.Period)
				default:
					refused.Add(1)
				}
				return nil
			})
			if len(failed) > 0 {
				t.Fatal(failed[0])
			}
			if passed.Load() != int64(limit.Simple.Limit) || refused.Load() != 20 {
				t.Errorf("%d passed and %d were refused, of %d that may pass", passed.Load(), refused.Load(), limit.Simple.Limit)
			}
			if wait := ask("192.0.2.8"); wait != 0 {
				t.Errorf("another client has to wait %d s", wait)
			}
			if wait := ask("192.0.2.7"); wait != limit.Simple.Period {
				t.Errorf("wait %d s", wait)
			} else if tt.name == "CALL_LIMIT" { // 10 s are enough
				time.Sleep(time.Duration(wait) * time.Second)
				if again := ask("192.0.2.7"); again != 0 {
					t.Errorf("having waited for %d s, wait %d s", wait, again)
				}
			}
		})
	}

	// Without a binding each instance counts; who comes alone meets one of them.
	t.Run("without a binding", func(t *testing.T) {
		url := workerd.Serve(t, worker, statements...)
		for i := range 11 {
			wait, err := waitFor("POST", url+"/api/users", "192.0.2.7")
			if err != nil {
				t.Fatal(err)
			}
			if i < 10 && wait != 0 || i == 10 && wait < 30 {
				t.Errorf("request %d has to wait %d s", i+1, wait)
			}
		}
	})
}

// waitFor asks as a client and returns the seconds that it is told to wait, 0 if
// it is let through.
func waitFor(method, url, client string) (seconds int, err error) {
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("CF-Connecting-IP", client)
	res, err := loadClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusTooManyRequests {
		if res.StatusCode >= 500 {
			err = fmt.Errorf("%s: %s", res.Status, body)
		}
		return 0, err
	}
	if !strings.Contains(string(body), "too many requests") {
		return 0, fmt.Errorf("%s: %s", res.Status, body)
	}
	return strconv.Atoi(res.Header.Get("Retry-After"))
}

var loadClient = http.Client{
	Timeout:       20 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 10},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// within waits for the next period, which begin by the clock in workerd, if less
// than some time is left of this one.
func within(period, some time.Duration) {
	if left := period - time.Since(time.Now().Truncate(period)); left < some {
		time.Sleep(left + 50*time.Millisecond)
	}
}
