package main

import (
	"context"
	"database/sql"
	"net/http"
	"os"
)

type queryFn func(ctx context.Context, q string) error

type repo struct {
	db  *sql.DB
	run queryFn
	by  map[string]queryFn
}

func (r *repo) exec(ctx context.Context, q string) error {
	// @native-sql the callers have the reason
	_, err := r.db.ExecContext(ctx, q) // want `calls of exec as a value`
	return err
}

func (r *repo) named(n string, _ bool) error {
	// @native-sql the callers have the reason
	_, err := r.db.Exec("DELETE FROM x WHERE n = '" + n + "'") // want `can be injected into`
	return err
}

func each(run queryFn, name string) error {
	return run(context.Background(), "DELETE FROM x WHERE name = '"+name+"'")
}

func local(db *sql.DB) {
	r := &repo{db: db}
	r.run = r.exec
	name := os.Args[1]
	r.run(context.Background(), "DELETE FROM x WHERE name = '"+name+"'")
	each(r.exec, name)
	r.by = map[string]queryFn{
		"a": r.exec,
		"b": func(ctx context.Context, q string) error {
			// @native-sql the callers have the reason
			_, err := db.ExecContext(ctx, q) // want `as a value|can be injected`
			return err
		},
	}
	r.by["b"](context.Background(), "DELETE FROM x WHERE name = '"+name+"'")
	f := r.named
	for _, g := range []func(string, bool) error{f} {
		g(name, true)
	}
	mv := r.mv
	mv(7, "DELETE FROM x WHERE name = '"+name+"'")                   // want `can be injected`
	(*repo).mx(r, []int{1}, "DELETE FROM x WHERE name = '"+name+"'") // want `can be injected`
	mx := (*repo).mx
	mx(r, nil, "DELETE FROM x WHERE name = '"+name+"'") // want `can be injected`
	do(func(q string) int8 {
		// @native-sql the callers have the reason
		db.Exec(q) // want `as a value|can be injected`
		return 0
	}, "DELETE FROM x WHERE name = '"+name+"'")
	ch := make(chan func(q string) int16, 1)
	ch <- func(q string) int16 {
		// @native-sql the callers have the reason
		db.Exec(q) // want `as a value|can be injected`
		return 0
	}
	(<-ch)("DELETE FROM x WHERE name = '" + name + "'")
	pick := map[string]func(q string) int32{"a": func(q string) int32 {
		// @native-sql the callers have the reason
		db.Exec(q) // ok: what is called is given constants
		return 0
	}}
	pick["a"]("DELETE FROM x")
	siblings(db, name)
	http.HandleFunc("/x", func(w http.ResponseWriter, req *http.Request) {
		order := map[string]func() string{"a": func() string { return "id" }}[req.FormValue("o")]
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM x ORDER BY " + order()) // ok: such functions return constants
		other := map[string]func() [1]string{"a": func() [1]string { return [1]string{"id"} }, "b": func() [1]string { return [1]string{req.FormValue("o")} }}[req.FormValue("o")]
		// @native-sql the callers have the reason
		db.Exec("DELETE FROM x ORDER BY " + other()[0]) // want `can be injected`
	})
}

func (r *repo) mv(i int, q string) {
	// @native-sql the callers have the reason
	r.db.Exec(q) // ok: its callers are looked at
}

func (r *repo) mx(i []int, q string) {
	// @native-sql the callers have the reason
	r.db.Exec(q) // ok: its callers are looked at
}

func do[F ~func(string) int8](f F, q string) { f(q) }
