// Package v131 is what is true of sqlc 1.31.1 alone, and dies with it. Its next
// release is a folder beside this one.
//
// What the rest of the project knows of a release is this:
//
//   - [Encode], [Decode] and [DecodeGo]: it counts characters where it means bytes,
//     so it is given ASCII alone. See ascii.go.
//   - [Messages], [SyntaxErrors], [Names] and [Brief]: the form of what it and its
//     ANTLR parser print; [Crash] and [OneAtATime] of what it prints when it panics;
//     [CutSource] and [ReplaceSourceError] of what it prints when it has written
//     something that is not Go.
//   - [Objects] and [Spelling]: how it is given a schema, and how it spells names.
//   - [Unseen]: the places in a query in which it does not look for parameters, and how
//     to have one there. See unseen.go.
//   - [Explain] and [TwoTypes]: what it does not know of SQLite, by what its parser
//     and its compiler say when they refuse a query that SQLite accepts, and the way
//     round. See refused.go for the list, cause.go and cause_text.go for what each is
//     found by in the query.
//
// Every fix that is given here has been tried with sqlc: testdata of package verify
// has, for each, a query that is refused or misread and its rewrite, which is not.
//
// # The schema
//
// [Objects] writes a migrated schema down for sqlc: CREATE statements from which it
// gets the names and types that it would have got from the migrations, had it
// understood all of them.
//
// Names. sqlc makes a bare name small and keeps the capitals of a quoted one,
// and from then on Users and "Users" are two tables. What counts is how the
// CREATE statement writes the name, so [Spelling] asks the text that SQLite
// keeps, and spells names in queries and views alike, so that a query finds a
// table in whatever case and quotes, as it does in SQLite. Names in [brackets]
// and `backticks`, which sqlc does not take for quotes, are quoted names here. SQLite
// puts a table's name in quotes when the table is renamed; that does not count
// where the name needs none and no column is quoted.
//
// Types stand as they were declared, to the letter: overrides compare them.
// NOT NULL is what sqlc would say: where it is declared, and at a PRIMARY KEY
// in the column's own declaration.
//
// Here the schema is better than what sqlc makes of the migrations, and so different:
//   - a column that ALTER TABLE has added has a name like every other; sqlc
//     keeps the capitals and the quotes of such a name, and no query finds it
//   - a view that sqlc cannot read can be there as a table
//   - names may have brackets, backticks, double quotes and backslashes, and
//     capitals between any quotes
//   - the name of a view may have capitals, and a view may list its columns
//   - a * in a view stands for the columns that its tables have in the end, as in
//     SQLite, and not for those when the view was created
//   - TIMESTAMPTZ and TIMESTAMP WITH TIME ZONE are TIMESTAMP, which sqlc knows
//     for a time, unless an override gives them a type
//   - a type does not go on with NULL, which sqlc takes for a part of it
//   - virtual tables of all modules are there; sqlc knows fts5 in small
//     letters alone
//   - a table made by CREATE TABLE … AS SELECT has its columns
package v131
