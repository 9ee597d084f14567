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
// In gitness (bbb7bce02), with its 90 migrations for SQLite as the schema, the texts
// were read: 75 of raw SQL in squirrel's clauses, all of them functions, windows,
// subqueries, JSON and locks, beside 131 statements for sqlx, which were not read;
// and 48 that are not constant: 29 orders by the String method of a number in
// another package, 10 lists of columns by reflection, 7 orders that a caller chooses,
// a condition of numbers, and a pattern between quotes that can be injected into.
// squirrelcols says of nothing in the schema that it is missing. Of 18 columns that
// were renamed it found 12, in 51 places. The 6 others got names that nothing
// resembles, in statements with the placeholders of PostgreSQL, of which it is then
// not sure. So it misses a real one, too: the column iprov_proxy_host of three
// statements, whose migration is misnamed and never runs.
package corpus
