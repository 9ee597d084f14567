// Package corpus holds the Go code that the policy's analyzers are tested on.
//
// testdata has a folder for each analyzer, with the packages that it runs over. A
// line that must be reported ends in a comment of the form
//
//	// want `a regular expression of the message`
//
// A line that looks like one and must stay quiet ends in
//
//	// ok: what makes it right
//
// The test counts both. It prints how many of the violations are found (recall) and
// how many of the reports are right (precision), and it wants all of them. Each
// folder is a package of this module and is compiled with the real squirrel.
//
// # Public projects
//
// The analyzers that read SQL were also run over four projects that build SQL with
// squirrel, each with its own SQLite migrations as the schema. Every report was listed.
// Reports of raw SQL in squirrel's clauses were judged by the clause's name alone:
//
//	                          squirrelcols  not constant  raw SQL
//	navidrome   295886cb9                0            16       83
//	autobrr     489d8ddf                 0             7       24
//	openfga     da9354f7e                0             0       23
//	cc-backend  3bfd3d06                 0            18       71
//
// No name that is in a schema was reported as missing. After two or three columns
// of a schema were renamed, squirrelcols reported 14 uses in cc-backend and 16 in
// autobrr. It missed two more in autobrr, in a function that makes the condition.
//
// The 41 texts that are not constant come from squirreltraps and from the
// injections of nativesql. None is made of constants that the analyzer could see.
// 16 hold what a request or a row holds: an order that the caller chooses, a value
// between quotes. 25 look harmless as the programs are, after reading some of the
// callers: parameters of exported functions that other packages call with
// constants, names out of the database, keys that were looked up before.
//
// The other 201 reports on these four projects are SQL that squirrel cannot express,
// and statements that go to database/sql: the policy wants a reason for each.
//
// The rows above are from an earlier build. Today's squirrelcols does not report
// anything in cc-backend's internal/repository either. After four columns and a table
// were renamed it finds 51 uses of them. 18 texts there are not constant, as before.
//
// app/store/database of gitness (bbb7bce02) has 90 migrations for SQLite, which are the
// schema here. squirrelcols does not report anything there. After five columns were
// renamed it finds 15 uses of four of them. The statements have PostgreSQL's
// placeholders: only a name that resembles one of the schema is sure to be wrong then,
// so a use of the fifth column is missed. So is iprov_proxy_host in another package,
// because its migration is misnamed and never runs. Two texts are not constant: an
// order that its caller has cleaned, and a list of numbers. 164 are raw SQL: 108 are
// statements for sqlx, the others are functions, windows, subqueries and JSON.
package corpus
