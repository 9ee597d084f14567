// Package seed fills the tables of a database with rows that satisfy its constraints
// and look like what the names and types of the columns say.
//
// SQLite is the judge of a row. What the schema says plainly is known beforehand: the
// keys of parents, the columns of unique keys, lists, ranges, lengths and patterns in
// CHECKs ([domain]). A column has a source of values, the first of several that its
// own CHECKs and its Go type accept on a table with that column alone ([judge]). Rows
// go in many at a time. If SQLite refuses them they go in one by one, and the columns
// that its message names are drawn again; what is left goes to the solver of
// [content], and the source learns from what that has found.
//
// Everything random comes from the seed and the name of the table, so the same seed
// makes the same rows of the same database.
//
// @native-sql the databases are other projects', and there is no layer over them
package seed
