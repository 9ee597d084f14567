//go:build js && wasm

// Floor is the worker of TestLoad that sends D1 the statements of the three requests and
// passes on what comes, as JavaScript wrote it: what Go as WebAssembly takes for that,
// without database/sql, and without a value of Go.
package main

import (
	"encoding/json"
	"io"
	"net/http"
	"syscall/js"

	"github.com/dreysql/drey/internal/service/worker"
)

const (
	list    = "SELECT * FROM links WHERE user_id = ?1 AND is_active = ?2 ORDER BY created_at DESC, id DESC LIMIT 50"
	stats   = "SELECT date(clicked_at, 'unixepoch') AS day, count(*) AS clicks FROM clicks WHERE clicked_at >= 0 AND link_id = ?1 GROUP BY day"
	resolve = "SELECT id, url FROM links WHERE slug = ?1 AND is_active = 1"
	record  = "INSERT INTO clicks (link_id, country, is_bot, latency_ms) VALUES (?1, ?2, ?3, ?4)"
)

func main() {
	worker.Serve(func(env js.Value) http.Handler {
		db := database{env.Get("DB"), js.Global().Get("JSON").Get("stringify"), make(chan js.Value, 1), js.Func{}}
		db.then = js.FuncOf(func(_ js.Value, args []js.Value) any {
			db.answered <- args[0]
			return nil
		})
		mux := http.NewServeMux()
		mux.HandleFunc("GET /list", func(w http.ResponseWriter, r *http.Request) { pass(w, db.run("raw", list, 1, 1)) })
		mux.HandleFunc("GET /stats", func(w http.ResponseWriter, r *http.Request) { pass(w, db.run("raw", stats, 1)) })
		mux.HandleFunc("GET /{slug}", func(w http.ResponseWriter, r *http.Request) {
			var found [][2]any
			if err := json.Unmarshal([]byte(db.run("raw", resolve, r.PathValue("slug"))), &found); err != nil || len(found) == 0 {
				http.Error(w, "404", http.StatusNotFound)
				return
			}
			db.run("run", record, found[0][0], "DE", 0, 1.5)
			w.Header().Set("Location", found[0][1].(string))
			w.WriteHeader(http.StatusFound)
		})
		return mux
	}, nil)
}

// database is D1 for one request at a time. It does not look at errors.
type database struct {
	binding, stringify js.Value
	answered           chan js.Value
	then               js.Func
}

func (d *database) run(method, sql string, args ...any) string {
	d.binding.Call("prepare", sql).Call("bind", args...).Call(method).Call("then", d.then)
	return d.stringify.Invoke(<-d.answered).String()
}

func pass(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}
