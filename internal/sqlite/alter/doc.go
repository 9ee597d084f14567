// Package alter compares SQLite schemas and writes the statements that lead from
// one to the other.
//
// Two schemas are compared by the text of their CREATE statements, with blanks,
// comments and quotes taken away, so nothing that SQLite knows is left out. A
// plan is not trusted: [Plan] runs it in memory, with rows in every table, and
// returns it only if it leads to the wanted schema.
//
// It does not use ariga.io/atlas, whose differ for SQLite has a model of tables
// and indexes alone. Of v0.32.1 this was seen: to rebuild
//
//	CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT COLLATE NOCASE UNIQUE ON CONFLICT IGNORE)
//
// as STRICT with another type of a loses COLLATE NOCASE, ON CONFLICT IGNORE, the
// table's trigger and the counter in sqlite_sequence without a word, fails with
// "error in view v: no such table: main.t" if there is a view on t, and has no
// statements that lead back. TestKeepsWhatHangsOn has the same case.
//
// @native-sql the databases are other projects', and there is no layer over them
// @native-sql-dynamic every name is quoted, and the rest is out of the schema itself
package alter
