// Package stored finds the values of a database that Go could not read back, or
// would not find again by =.
//
// Of each Go type that is known it knows the [Form], as SQL: a condition that
// tells whether a value is what Go binds, and an expression that makes it so. A
// test reads and finds values with the driver and compares.
//
// What a schema writes by itself is judged by what it writes: a [Prober] has
// SQLite evaluate a default, or what a trigger or a statement assigns, into a
// column of the same affinity, more than once where that is not the same each
// time. [Rows] looks at the rows that are there.
//
// A type with a name of its own is judged by the basic type that it is made of. Of
// a Go type that nobody here knows, as one with a method Scan, and of what depends on other values,
// nothing is said. Nor can anybody tell local time from UTC where it is stored:
// the modifier 'localtime' alone is seen.
//
// @native-sql the databases are other projects', and there is no layer over them
// @native-sql-dynamic names are quoted, and expressions are out of the schema itself
package stored
