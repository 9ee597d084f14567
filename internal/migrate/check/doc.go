// Package check finds what is wrong with migrations before a database
// does.
//
// It runs them in memory, with goose: up, down and up again from every version,
// and compares the schemas. Then it runs them once more with rows in every
// table, made to satisfy the constraints, and compares what is stored before and
// after each step. So it knows what a migration does and need not guess from
// its text; what the text alone tells is little, see the rules.
//
// What the schema at the end writes by itself, and the migrations' own rows, are
// judged by the Go types of their columns, see package stored.
//
// Not found: what depends on the very rows of a database. Rows are three for
// each table: one with a value in every column, one with NULL wherever the table
// takes it, and one that differs from the first in its keys alone.
//
// @native-sql the databases are other projects', and there is no layer over them
package check
