// Package check finds what is wrong with migrations before a database does.
//
// It runs them in memory, with goose: up, down and up again from every version,
// and compares the schemas. Then it runs them once more with rows in every
// table, made to satisfy the constraints, and compares what is stored before and
// after each step. So it knows what a migration does and need not guess from its
// text. The text by itself tells little, see the rules.
//
// A migration is tried on a copy of what it reaches: the tables that its statements
// write, alter or drop, what depends on these, and what all of them need. So the time
// of a check follows the size of the migrations. What a rebuild loses, and which
// constraints the rows need not satisfy, is told from the schemas and the text.
//
// It judges the migrations' own rows, and what the final schema writes by
// itself, by the Go types of the columns, see package stored.
//
// It does not find what depends on the very rows of a database. There are three
// rows for each table: one with a value in every column, one with NULL wherever
// the table takes it, and one that differs from the first only in its keys.
//
// @native-sql the databases are other projects', and there is no layer over them
package check
