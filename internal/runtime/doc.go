// Package drey is the runtime of every generated data layer: the client, the typed
// query with its predicates and orders, writes, relations, pages, filters, batches,
// and the errors. A generated package adds the project's own row types, sqlc's
// queries and a source for each table, view and query. A service imports both.
//
// drey generate writes this package into a project. If sqlc.yaml names an import path
// for it, generated code imports it from there instead.
//
// # Reading order
//
// A [Query] does not change once it is made. It consists of a source (a table, a
// view or a named query), the [Predicate]s that were added to it, its [Ordering]s
// and its limit. When it runs, it writes its shape into a byte key (shape.go) and
// looks for a prepared statement under that key (direct.go, or session.go and
// statements.go). If there is none yet, squirrel renders the SQL (render.go).
// Then it binds the values and scans the rows (run.go).
//
// What a predicate compares, an order orders by and a projection reads is an operand
// (operand.go): a column (column.go) or an [Expression] over columns (expression.go),
// which functions make (functions.go).
//
// What a query's rows are, if they are not the source's own, is a part of it: some
// columns in a type of the caller's (select.go), with the rows that relations lead to
// (tree.go); groups (groups.go) and their [Measure]s (measures.go); sets of other queries
// (sets.go). Everything else builds on that: queries inside queries (subquery.go) and how
// their rows belong to the outer ones (correlation.go), the rows that foreign keys lead to
// (relations.go), pages (page.go), query strings (filter.go), and what is below a query
// of sql/ (below.go).
//
// [Mutation] and [Insertion] write in the same way (write.go, insert.go), from values and
// expressions (assign.go), over rows that are there (upsert.go), and from queries
// (insert_select.go).
//
// All of it runs on a [Conn]: a [Client] (client.go, pool.go), a [Tx] (tx.go), a step
// of a [Batch] (batch.go), or something that somebody else has opened (borrowed.go).
// Each of these states is a type, see session.go. Each engine is a folder of its own.
// It opens a database and gives [New] a [Backend]: sqlite is for files, d1 for
// Cloudflare. Generated code builds on generated.go.
//
// # What carries the type
//
// S is a marker type that drey generates for each source, R the row type that
// sqlc generated for it. A column handle carries S, and so does everything that
// is built from it, so a predicate of another source does not compile. The
// compiler makes every method of a type for each S, T and R that it is used
// with. In a package of many sources that is most of the time that it takes. So
// methods are few and thin, operators are functions in fields (column.go), and
// what works for all sources is a function of S alone.
//
// @native-sql the runtime is the layer: it hands on what sqlc and squirrel have made
// @native-sql-dynamic the names come from generated code, which quotes them
package drey
