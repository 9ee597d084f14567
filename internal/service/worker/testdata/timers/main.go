//go:build js && wasm

// Timers is a worker whose requests wait for what workerd ties to one request:
// timers, locks that are held over a query, and goroutines of their own. Others
// echo what the handler gets, and fail.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall/js"
	"time"

	"github.com/dreysql/drey/internal/runtime/d1"
	"github.com/dreysql/drey/internal/service/worker"
)

// rehearsed is what a query has come to before the first request.
var rehearsed error

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		db := d1.OpenDB(env.Get("DB"))
		var lock sync.Mutex
		mux := http.NewServeMux()
		mux.HandleFunc("GET /query", func(w http.ResponseWriter, r *http.Request) { answer(w, query(r.Context(), db)) })
		mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(100 * time.Millisecond)
			answer(w, query(r.Context(), db))
		})
		mux.HandleFunc("GET /sleep", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(3 * time.Millisecond)
			answer(w, query(r.Context(), db))
		})
		mux.HandleFunc("GET /lock", func(w http.ResponseWriter, r *http.Request) {
			lock.Lock()
			defer lock.Unlock()
			answer(w, query(r.Context(), db))
		})
		mux.HandleFunc("GET /goroutines", func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
			defer cancel()
			failures := make(chan error)
			for range 4 {
				go func() { failures <- query(ctx, db) }()
			}
			var err error
			for range 4 {
				if e := <-failures; e != nil {
					err = e
				}
			}
			answer(w, err)
		})
		mux.HandleFunc("/echo/", echo)
		mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("of a handler") })
		mux.HandleFunc("GET /dies", func(http.ResponseWriter, *http.Request) {
			go func() { panic("of the program") }()
			select {}
		})
		mux.HandleFunc("GET /rehearsed", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, rehearsed) })
		return mux
	}, func(env js.Value) {
		rehearsed = query(context.Background(), d1.OpenDB(env.Get("DB")))
	})
}

// echo answers with what the handler has got of the request.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		answer(w, err)
		return
	}
	w.Header().Add("Set-Cookie", "a=1")
	w.Header().Add("Set-Cookie", "b=2")
	w.Header().Set("X-Empty", "")
	switch r.URL.Query().Get("status") {
	case "204":
		w.WriteHeader(http.StatusNoContent)
		return
	case "304":
		w.WriteHeader(http.StatusNotModified)
		return
	case "201":
		w.WriteHeader(http.StatusCreated)
	}
	w.Header().Set("X-Late", "is not sent")
	fmt.Fprintf(w, "%s %s %s %s %q %q %x", r.Method, r.Host, r.URL.Path, r.RequestURI, r.Header["X-Test"], r.URL.Host, body)
}

func query(ctx context.Context, db *sql.DB) error {
	var n int
	return db.QueryRowContext(ctx, "SELECT ? + 1", 41).Scan(&n)
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "ok")
}
