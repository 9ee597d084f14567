// Package runtime is the part of a generated data layer that is the same
// everywhere: the client, the typed query, its predicates and orders, the
// shape key and the statement cache. drey emits the files of this package,
// joined into one, into every package that it generates; nothing imports it at
// run time.
//
// # Reading order
//
// A [Query] is a value: a source (a table, a view or a named query), the
// [Predicate]s that were added to it, its [Ordering]s and its limit. Running
// one writes its shape into a byte key (shape.go), looks for a prepared
// statement under that key (statements.go), has squirrel render the SQL if
// there is none (render.go), binds the values and scans the rows (run.go).
//
// # What carries the type
//
// S is a marker type that drey generates for each source, R the row type that
// sqlc generated for it. A column handle carries S, and so does everything
// that is built from it, so that a predicate of another source does not
// compile.
package runtime
