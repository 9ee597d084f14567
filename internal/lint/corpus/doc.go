// Package corpus holds Go code that the analyzers of the policy are judged by.
//
// testdata has a folder for each analyzer, with the packages that it is run over.
// A line that is to be reported ends in a comment of the form
//
//	// want `a regular expression of the message`
//
// A line that looks like one and must stay quiet ends in
//
//	// ok: what makes it right
//
// The test counts both, prints how many of the violations are found (recall) and
// how many of the reports are right (precision), and wants all. Each folder is a
// package of this module and is compiled with the real squirrel.
//
// # Public projects
//
// The analyzers that read SQL were also run over four projects that build SQL with
// squirrel, each with its own SQLite migrations as the schema. Every report was listed;
// those of raw SQL in squirrel's clauses were judged by the clause's name alone:
//
//	                          squirrelcols  not constant  raw SQL
//	navidrome   295886cb9                0            16       83
//	autobrr     489d8ddf                 0             7       24
//	openfga     da9354f7e                0             0       23
//	cc-backend  3bfd3d06                 0            18       71
//
// Nothing that is in a schema is said to be missing. After two or three columns of
// a schema were renamed, squirrelcols reported 14 uses in cc-backend and 16 in autobrr;
// two more were found there that it missed, in a function that makes the condition.
//
// Of the 41 texts that are not constant (squirreltraps, and the injections of
// nativesql) none is made of constants in sight. 16 hold what a request or a row
// holds: an order that is chosen by the caller, a value between quotes. 25 look
// harmless as the programs are, of whose callers a part was read: parameters of exported functions that other packages
// call with constants, names out of the database, keys that were looked up before.
//
// The 201 others are SQL that squirrel has no word for, and statements that are
// handed to database/sql: the policy wants a reason for each.
package corpus
