// Package handed hands functions to functions, which call them with a text.
package handed

import (
	"net/http"

	sq "github.com/Masterminds/squirrel"
)

type from func(sq.SelectBuilder, string) sq.SelectBuilder

// All calls what it gets with constants.
func All(build from) sq.SelectBuilder {
	if build == nil {
		return sq.Select("id").From("orders")
	}
	return build(sq.Select("id"), "orders")
}

func Read() sq.SelectBuilder {
	return All(func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // ok: All calls it with a constant
	})
}

func ReadBy() sq.SelectBuilder { return All(byTable) }

func byTable(b sq.SelectBuilder, table string) sq.SelectBuilder {
	return b.From(table) // ok: All calls it with a constant
}

// on hands its function on.
func on(build from) sq.SelectBuilder { return All(build) }

func captured(limit uint64) sq.SelectBuilder {
	return on(func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table).Limit(limit) // ok: it is handed on to All
	})
}

// inside calls it in another function.
func inside(build from) func() sq.SelectBuilder {
	return func() sq.SelectBuilder { return build(sq.Select("id"), "customers") }
}

func inner() sq.SelectBuilder {
	return inside(func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // ok: the function that inside returns calls it with a constant
	})()
}

type repository struct{ name string }

func (repository) each(build from) sq.SelectBuilder { return build(sq.Select("id"), "orders") }

func (r repository) read() sq.SelectBuilder {
	return r.each(func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // ok: each calls it with a constant
	})
}

func generic[T any](zero T, build func(T, string) T) T { return build(zero, "orders") }

func instance() sq.SelectBuilder {
	return generic(sq.Select("id"), func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // ok: generic calls it with a constant
	})
}

// asked calls it with what a request asks for, which is reported there.
func asked(r *http.Request, build from) sq.SelectBuilder {
	if r.Method == "GET" {
		return build(sq.Select("id"), "orders")
	}
	return build(sq.Select("id"), r.FormValue("table")) // want `FormValue is not constant, and 2 statements`
}

func bad(r *http.Request) sq.SelectBuilder {
	return asked(r, func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table)
	})
}

// both is handed to All, and to asked by way of between.
func both(b sq.SelectBuilder, table string) sq.SelectBuilder {
	return b.From(table)
}

func between(r *http.Request, build from) sq.SelectBuilder { return asked(r, build) }

func uses(r *http.Request) { _, _ = All(both), between(r, both) }

// Named calls it with what its callers hand in.
func Named(table string, build from) sq.SelectBuilder { return build(sq.Select("id"), table) }

func named() sq.SelectBuilder {
	return Named("orders", func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // want `it is the parameter table of Named that is not constant`
	})
}

var (
	kept  from
	lists = map[string]from{}
	sent  = make(chan from, 1)
)

// keep keeps it for later.
func keep(build from) { kept = build }

func (r repository) store(name string, build from) { lists[name] = build }

func send(list ...from) {
	for _, build := range list {
		sent <- build
	}
}

func fields(build from) *holder { return &holder{build} }

type holder struct{ Build from }

func chosen(first bool, a, b from) from {
	if first {
		return a
	}
	return b
}

func keeps() {
	keep(func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // want `not constant`
	})
	repository{}.store("a", func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // want `not constant`
	})
	send(func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // want `not constant`
	})
	_ = fields(func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // want `not constant`
	})
	_ = chosen(true, func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // want `not constant`
	}, nil)
	http.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		_ = sq.Select("id").From(r.FormValue("table")) // want `not constant`
	})
	_ = again(3, func(b sq.SelectBuilder, table string) sq.SelectBuilder {
		return b.From(table) // want `not constant`
	})
}

// again is kept in the end.
func again(n int, build from) from {
	if n > 0 {
		return again(n-1, build)
	}
	return build
}
