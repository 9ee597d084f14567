// Package v131 holds everything that is only true of sqlc 1.31.1. The next release
// gets a folder beside this one, and then this one can go.
//
// The rest of the project uses this part of it:
//
//   - [Encode], [Decode] and [DecodeGo]: sqlc counts characters where it means
//     bytes, so it only gets ASCII. See ascii.go.
//   - [Messages], [SyntaxErrors], [Names] and [Brief]: the form of what sqlc and
//     its ANTLR parser print; [Crash] and [OneAtATime]: what it prints when it
//     panics; [CutSource] and [ReplaceSourceError]: what it prints when it has
//     written something that is not Go.
//   - [Objects] and [Spelling]: how sqlc gets a schema, and how it spells names.
//   - [Unseen]: the places in a query where sqlc does not look for parameters, and
//     how to have a parameter there. See unseen.go.
//   - [Explain] and [TwoTypes]: what sqlc does not know about SQLite, recognized by
//     what its parser and its compiler say when they refuse a query that SQLite
//     accepts, and the way round. refused.go has the list; cause.go and
//     cause_text.go find each in the query.
//
// Every fix that is given here has been tried with sqlc: for each, testdata of package
// verify has a query that is refused or misread, and its rewrite, which sqlc accepts.
//
// # The schema
//
// [Objects] writes a migrated schema down for sqlc, as CREATE statements. sqlc gets
// the names and types from them that it would get from the migrations if it
// understood all of them.
//
// Names. sqlc lowers the case of a bare name and keeps the capitals of a quoted
// one. From then on Users and "Users" are two tables. It matters how the CREATE
// statement writes the name, so [Spelling] reads the text that SQLite keeps, and
// spells names in queries and views in the same way. A query then finds a table in
// any case and with any quotes, as in SQLite. Names in [brackets] and `backticks`,
// which sqlc does not read as quotes, are quoted names here. SQLite quotes a
// table's name when the table is renamed. Those quotes do not count if the name
// does not need them and no column is quoted.
//
// Types stand exactly as they were declared, because overrides compare them. NOT
// NULL is what sqlc would say: set where it is declared, and for a PRIMARY KEY in
// the column's own declaration.
//
// This schema is better than what sqlc makes of the migrations, and differs from it:
//   - a column that ALTER TABLE has added has a name like every other; sqlc keeps
//     the capitals and the quotes of such a name, and then no query finds it
//   - a view that sqlc cannot read can be there as a table
//   - names may have brackets, backticks, double quotes and backslashes, and
//     capitals between any quotes
//   - the name of a view may have capitals, and a view may list its columns
//   - a * in a view stands for the columns that its tables have in the end, as in
//     SQLite, and not for those they had when the view was created
//   - TIMESTAMPTZ and TIMESTAMP WITH TIME ZONE are TIMESTAMP, which sqlc knows
//     for a time, unless an override gives them a type
//   - a type does not end in NULL, which sqlc would read as part of it
//   - virtual tables of all modules are there; sqlc only knows fts5, in lower case
//   - a table made by CREATE TABLE … AS SELECT has its columns
package v131
