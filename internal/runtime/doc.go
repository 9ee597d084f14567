// Package drey is what every generated data layer stands on: the client, the typed
// query with its predicates and orders, writes, relations, pages, filters, batches,
// and what errors mean. A generated package adds the project's own row types, sqlc's
// queries and a source for each table, view and query; a service imports both.
//
// drey generate writes this package into a project, or generated code imports it from
// where sqlc.yaml says it is.
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
// queries inside of queries (subquery.go), what foreign keys lead to
// (relations.go), pages (page.go), query strings (filter.go). [Mutation] and
// [Insertion] write in the same way (write.go, insert.go).
//
// All of it runs on a [Conn]: a [Client] (client.go, pool.go), a [Tx] (tx.go), a step
// of a [Batch] (batch.go), or what somebody else has opened (borrowed.go). Their
// states are types, see session.go. Engines are folders of their own: they open a
// database and give [New] a [Backend]; sqlite is for files, d1 for Cloudflare.
// Generated code stands on generated.go.
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
package drey
