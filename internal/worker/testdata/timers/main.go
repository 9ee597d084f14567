//go:build js && wasm

// Timers is a worker whose requests wait for what workerd ties to one request:
// timers, locks that are held over a query, and goroutines of their own.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"sync"
	"syscall/js"
	"time"

	"github.com/dreysql/drey/internal/d1driver"
	"github.com/dreysql/drey/internal/worker"
)

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		db := d1driver.Open(env.Get("DB"))
		var lock sync.Mutex
		mux := http.NewServeMux()
		mux.HandleFunc("GET /query", func(w http.ResponseWriter, r *http.Request) { answer(w, query(r.Context(), db)) })
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
		mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("of a handler") })
		mux.HandleFunc("GET /dies", func(http.ResponseWriter, *http.Request) {
			go func() { panic("of the program") }()
			select {}
		})
		return mux
	})
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
