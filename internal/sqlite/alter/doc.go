// Package alter compares SQLite schemas and writes the statements that change one
// into the other.
//
// Two schemas are compared by the text of their CREATE statements, without blanks,
// comments and quotes, so everything that SQLite knows is compared. A plan is not
// trusted: [Plan] runs it in memory, with rows in every table, and only returns it
// if it leads to the wanted schema.
//
// It does not use ariga.io/atlas, because the differ for SQLite there only models
// tables and indexes. With v0.32.1, to rebuild
//
//	CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT COLLATE NOCASE UNIQUE ON CONFLICT IGNORE)
//
// as STRICT with another type of a silently loses COLLATE NOCASE, ON CONFLICT
// IGNORE, the table's trigger and the counter in sqlite_sequence. It fails with
// "error in view v: no such table: main.t" if there is a view on t. It does not
// write statements that lead back. TestKeepsWhatHangsOn has the same case.
//
// @native-sql the databases are other projects', and there is no layer over them
// @native-sql-dynamic every name is quoted, and the rest is out of the schema itself
package alter
