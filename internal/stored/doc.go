// Package stored finds the values of a database that Go could not read back, or
// would not find again by =.
//
// For each Go type that it knows it has the [Form], as SQL: a condition that
// tells whether a value is what Go binds, and an expression that makes it so. A
// test reads and finds values with the driver and compares.
//
// A schema is judged by what it writes by itself: a [Prober] has SQLite
// evaluate a default, or what a trigger or a statement assigns, into a column
// of the same affinity. It does so more than once if the value is not the same
// each time. [Rows] looks at the rows that are there.
//
// A type with a name of its own is judged by the basic type that it is made of. Nothing
// is said of a Go type that is not known, such as one with a method Scan, or of what
// depends on other values. Local time cannot be told from UTC where it is stored: only
// the modifier 'localtime' is seen.
//
// @native-sql the databases are other projects', and there is no layer over them
// @native-sql-dynamic names are quoted, and expressions are out of the schema itself
package stored
