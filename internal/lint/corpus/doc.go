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
// The 201 others of these four are SQL that squirrel has no word for, and statements
// that are handed to database/sql: the policy wants a reason for each.
//
// The rows above are of an earlier build. With today's, squirrelcols says nothing
// of cc-backend's internal/repository either, and finds 51 uses of four columns and a
// table that were renamed; 18 texts there are not constant, the same as before.
//
// In app/store/database of gitness (bbb7bce02), with its 90 migrations for SQLite as
// the schema, squirrelcols says nothing, and finds 15 uses of four of five columns
// that were renamed. Its statements have the placeholders of PostgreSQL: only names
// that resemble one of the schema are sure to be wrong then, so a use of the fifth is
// missed, and so is iprov_proxy_host in another package, whose migration is misnamed and never
// runs. Two texts are not constant: an order that its caller has cleaned, and a list
// of numbers. 164 are raw SQL, 108 of them statements for sqlx, the others functions,
// windows, subqueries and JSON.
package corpus
