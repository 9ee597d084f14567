// Package runtime is the part of a generated data layer that is the same
// everywhere: the client, the typed query, its predicates and orders, the
// shape key and the statement cache. drey emits the files of this package,
// joined into one, into every package that it generates; nothing imports it at
// run time.
//
// # Reading order
//
// A [Query] does not change once it is made: a source (a table, a view or a
// named query), the [Predicate]s that were added to it, its [Ordering]s and its
// limit. Running one writes its shape into a byte key (shape.go), looks for a
// prepared statement under that key (direct.go, or session.go and statements.go),
// has squirrel render the SQL if there is none (render.go), binds the values and
// scans the rows (run.go).
//
// What else is asked of a query stands on that: columns and sums (aggregate.go),
// queries inside of queries (subquery.go), pages (page.go), query strings
// (filter.go). [Mutation] and [Insertion] write in the same way (write.go,
// insert.go). [Client] and [Tx] are what all of it runs on (client.go, pool.go),
// and sqlc's methods, too. How a database is opened and kept is for one engine
// alone (open.go, migrate.go, keep.go).
//
// # What carries the type
//
// S is a marker type that drey generates for each source, R the row type that
// sqlc generated for it. A column handle carries S, and so does everything
// that is built from it, so that a predicate of another source does not
// compile. The compiler makes every method of a type for each S, T and R that
// it is used with, which for a package of many sources is most of the time that
// it takes. So methods are few and thin, operators are functions in fields
// (column.go), and what works for all sources is a function of S alone.
//
// @native-sql the runtime is the layer: it hands on what sqlc and squirrel have made
// @native-sql-dynamic the names come from generated code, which quotes them
package runtime
