// Package values hands SQL to method values, fields, parameters and what else calls a database.
package values

import (
	"context"
	"database/sql"
	"net/http"
)

const roomByID = "SELECT id FROM customers WHERE id = ?"

const (
	cols    = "id, name"
	from    = " FROM customers"
	listAll = "SELECT " + cols + from
)

var listVar = "SELECT id FROM customers"

var (
	stmts = map[string]string{"a": "SELECT id FROM customers", "b": "SELECT id FROM orders"}
	list  = []string{"SELECT id FROM customers", "SELECT 1"}
)

type queries struct{ byID, all string }

var q = queries{byID: roomByID, all: listAll}

type DB struct {
	*sql.DB
	query func(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type Named struct{ inner *sql.DB }

func (n *Named) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return n.inner.QueryContext(ctx, query, args...) // ok: hands on
}

func (n *Named) Get(ctx context.Context, dest any, query string, args ...any) error {
	return n.inner.QueryRowContext(ctx, query, args...).Scan(dest) // want `raw SQL without a reason`
}

type Execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type Runner[T any] struct{ db Execer }

func (r Runner[T]) Run(ctx context.Context) {
	r.db.ExecContext(ctx, "DELETE FROM customers") // want `raw SQL without a reason`
}

func generic[D Execer](ctx context.Context, d D) {
	d.ExecContext(ctx, "DELETE FROM customers") // want `raw SQL without a reason`
}

func genericUnion[D *sql.DB | *sql.Tx](ctx context.Context, d D) {
	any(d).(Execer).ExecContext(ctx, "DELETE FROM customers") // want `raw SQL without a reason`
}

type inlineIface interface {
	*sql.DB | *sql.Tx
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func genericMixed[D inlineIface](ctx context.Context, d D) {
	d.ExecContext(ctx, "DELETE FROM customers") // want `raw SQL without a reason`
}

func forms(ctx context.Context, db *sql.DB, d *DB, n *Named, tx *sql.Tx, conn *sql.Conn) {
	f := db.QueryContext
	f(ctx, roomByID, 1) // want `raw SQL without a reason`
	g := (*sql.DB).ExecContext
	g(db, ctx, "DELETE FROM customers")                                       // want `raw SQL without a reason`
	(*sql.Tx).Exec(tx, "DELETE FROM customers")                               // want `raw SQL without a reason`
	d.Exec("DELETE FROM customers")                                           // want `raw SQL without a reason`
	d.DB.Exec("DELETE FROM customers")                                        // want `raw SQL without a reason`
	d.query(ctx, roomByID, 1)                                                 // want `raw SQL without a reason`
	n.QueryContext(ctx, listAll)                                              // want `raw SQL without a reason`
	n.Get(ctx, new(int), "SELECT id FROM customers")                          // ok: the wrapper needs the reason
	db.Query(listVar)                                                         // want `raw SQL without a reason`
	db.Query(stmts["a"])                                                      // want `raw SQL without a reason`
	db.Query(list[0])                                                         // want `raw SQL without a reason`
	db.Query(q.byID, 1)                                                       // want `raw SQL without a reason`
	db.Query(string([]byte("SELECT id FROM customers")))                      // want `raw SQL without a reason`
	func() { db.Exec("DELETE FROM customers") }()                             // want `raw SQL without a reason`
	go func() { tx.Exec("DELETE FROM customers") }()                          // want `raw SQL without a reason`
	defer tx.Exec("DELETE FROM customers")                                    // want `raw SQL without a reason`
	if _, err := conn.ExecContext(ctx, "DELETE FROM customers"); err != nil { // want `raw SQL without a reason`
		return
	}
	switch _, err := db.Exec("DELETE FROM customers"); err { // want `raw SQL without a reason`
	case nil:
		db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	}
	select {
	case <-ctx.Done():
		db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	default:
	}
outer:
	for rows, err := db.Query("SELECT id FROM customers"); err == nil && rows.Next(); { // want `raw SQL without a reason`
		for range 3 {
			db.Exec("DELETE FROM customers") // want `raw SQL without a reason`
			continue outer
		}
	}
	var x any = db
	switch v := x.(type) {
	case *sql.DB:
		v.Exec("DELETE FROM customers") // want `raw SQL without a reason`
	case Execer:
		v.ExecContext(ctx, "DELETE FROM customers") // want `raw SQL without a reason`
	}
	x.(interface {
		Exec(string, ...any) (sql.Result, error)
	}).Exec("DELETE FROM customers") // want `raw SQL without a reason`
	fs := []func(string, ...any) (sql.Result, error){db.Exec, tx.Exec}
	fs[0]("DELETE FROM customers") // want `raw SQL without a reason`
	run(db.Exec)
	run2(ctx, db)
	(db.Exec)("DELETE FROM customers")           // want `raw SQL without a reason`
	(*(&db)).Exec("DELETE FROM customers")       // want `raw SQL without a reason`
	get().Exec("DELETE FROM customers")          // want `raw SQL without a reason`
	must(db.Prepare("SELECT id FROM customers")) // want `raw SQL without a reason`
	conns := map[string]*sql.DB{"a": db}
	conns["a"].Exec("DELETE FROM customers") // want `raw SQL without a reason`
	ch := make(chan *sql.DB, 1)
	(<-ch).Exec("DELETE FROM customers")        // want `raw SQL without a reason`
	conn.Raw(func(dc any) error { return nil }) // ok: no query
	conn.PingContext(ctx)                       // ok: no query
	st, _ := db.Prepare(roomByID)               // want `raw SQL without a reason`
	st.Query(1)                                 // ok: no text
	st.QueryRowContext(ctx, 1)                  // ok: no text
	tx.Stmt(st).Exec(1)                         // ok: no text
}

func must(*sql.Stmt, error) {}

func get() *sql.DB { return nil }

func run(exec func(string, ...any) (sql.Result, error)) {
	exec("DELETE FROM customers") // want `raw SQL without a reason`
}

func run2(ctx context.Context, e interface{ Execer }) {
	e.ExecContext(ctx, "DELETE FROM customers") // want `raw SQL without a reason`
}

func init() {
	get().Exec("DELETE FROM customers") // want `raw SQL without a reason`
}

var _, initErr = get().Exec("DELETE FROM customers") // want `raw SQL without a reason`

var atInit = func() error {
	_, err := get().Exec("DELETE FROM customers") // want `raw SQL without a reason`
	return err
}()

type handler struct {
	db   *sql.DB
	find func(string, ...any) *sql.Row
}

func newHandler(db *sql.DB) *handler { return &handler{db: db, find: db.QueryRow} }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.find("SELECT id FROM customers WHERE name = ?", r.FormValue("n"))        // want `raw SQL without a reason`
	h.find("SELECT id FROM customers WHERE name = '" + r.FormValue("n") + "'") // want `can be injected into`
	r.URL.Query().Get("SELECT")                                                // ok: no database
	http.Get("SELECT id FROM customers")                                       // ok: no database
	exec := h.db.ExecContext
	if r.Method == "POST" {
		exec(r.Context(), "DELETE FROM customers WHERE name = '"+r.FormValue("n")+"'") // want `can be injected into`
	}
}

type shell struct{}

func (shell) Exec(cmd string, args ...string) error { return nil }

type search struct{}

func (search) Query(text string) []string { return nil }

type cmdRunner interface{ Exec(cmd string) error }

type graph struct{}

func (graph) Query(ctx context.Context, q string, vars map[string]any) error { return nil }
func (graph) Exec(ctx context.Context, q string, vars ...any) error          { return nil }

type cache struct{}

func (cache) Get(key string) (any, bool) { return nil, false }
func (cache) Prepare(s string) string    { return s }

func lookAlikes(c cmdRunner, ctx context.Context) {
	shell{}.Exec("ls", "-l")                        // ok: a shell
	search{}.Query("customers in Paris")            // ok: a search
	c.Exec("rm")                                    // ok: a command
	graph{}.Query(ctx, "{ customers { id } }", nil) // ok: graphql
	graph{}.Exec(ctx, "mutation { x }")             // ok: graphql
	cache{}.Get("k")                                // ok: a cache
	cache{}.Prepare("x")                            // ok: no database
	_ = "SELECT id FROM customers"                  // ok: goes nowhere
	log("DELETE FROM customers failed")             // ok: a message
}

func log(string) {}
