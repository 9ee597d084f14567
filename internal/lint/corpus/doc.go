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
// The analyzers were also run over the packages of five projects that build SQL with
// squirrel and ask an SQLite database, with the tables that their migrations make as
// the schema. Every report on a name was read:
//
//	                                           names  not constant  raw SQL
//	cc-backend  3bfd3d06   internal                0            18       48
//	autobrr     489d8ddf   internal/database       0             9       22
//	openfga     da9354f7e  pkg/storage             0             0       35
//	navidrome   295886cb9  persistence             0            13       84
//	gitness     bbb7bce02  app/store/database      2             0      226
//
// The names are gitness's own mistakes: principal_sa_parentType and
// principal_sa_parentId, in a query of service accounts, are not columns.
//
// Then columns and tables were renamed in the migrations, one at a time, and the
// reports compared with the constants that have the old name and stand in SQL, found
// by a search and judged by reading. New names that do not resemble the old ones are
// harder, because nothing but the schema says that the old ones are wrong:
//
//	cc-backend  8 columns, 6 tables   new names unlike the old ones  205 of 205
//	autobrr     10 columns, 7 tables  new names unlike the old ones  130 of 133
//	openfga     4 columns, 4 tables   new names like the old ones    111 of 113
//	openfga     6 columns, 5 tables   new names unlike the old ones  78 of 78 of those for SQLite
//	navidrome   9 columns, 14 tables  new names unlike the old ones  152 of 158
//
// In cc-backend a table was found that its own migrations have renamed, in a name that
// another package hands on. What is missed in navidrome are names of columns that other tables have, too, in statements whose table
// is named after a Go type or that become part of another text. A line counts once, as
// in a map from a name to itself. In openfga's packages for
// PostgreSQL and MySQL, names that do not resemble one of the schema are not reported:
// they may be right there.
//
// # Texts that are not constant
//
// Reports of text that can be injected into, with what stands on one cause counted
// once, and ten injections that were planted in the style of each project:
//
//	                                             reports  planted, found
//	navidrome 295886cb9  persistence, db, model       14  10
//	gitness   bbb7bce02  all packages                  9  10
//	kine      caf3270    all packages                  5  10
//	spicedb   96ab96624  the datastores               42  10
//
// One of gitness is a request's text between quotes; six are an order that nothing
// checks; two are queries in exported variables. Those of navidrome are columns, tables
// and orders that callers of exported functions hand in, ids between quotes, and two
// names that another package looks up, which is not seen. Those of kine stand on
// exported variables, and on a database's name out of the connection string. In spicedb
// tables and columns are fields of configurations that other packages fill: the
// analyzers cannot see that these do so with constants.
//
// Of the reports of each project forty or more were read, or all, of every rule some,
// and all of those of text that is not constant. False is a report of a text that nobody
// can choose in that project as it stands:
//
//	            reports  read  false
//	kine             24    24      2  a method of another package might write to a query
//	autobrr          55    55      2  a parameter of an exported function
//	cc-backend      127    80     11  parameters of exported functions, a checked enumeration
//	openfga          37    37      0
//	navidrome       353    80      8  parameters of exported functions, a function in a map
//	gitness         565    50      8  orders that another package checks, exported variables
//	spicedb         147    71     26  fields that other packages fill with constants
//
// Most false ones stand on what another package hands in: this is a judgement of each
// package without those that import it, as go vet makes it. A run over the whole of the
// module asks the others, see the package whole. Reports of text that is not constant:
//
//	            each package  whole module
//	kine                   5             3
//	autobrr               11             6
//	cc-backend            18             8
//	spicedb               42            20
//
// Those that are gone were read, and are constants, or checked by a third package. Of
// those that are left in spicedb ten stand on the prefix of the tables, which is a flag,
// and so do two that are what a method of an interface returns.
// The whole of gitness has two. In navidrome, where a module is not to be had any more, this
// was not measured. Two injections whose text comes from another package, planted in
// cc-backend and autobrr in the place of constants and checks, are reported.
//
// Further projects on SQLite, with the tables that their migrations make. Reports on text
// that is not constant, before and after what they have led to, those that are false, and
// injections that were planted in ten ways:
//
//	                                          before  after  false  planted, found
//	gonuts      4d3aebf    whole module            0      0      0  10, 10
//	yarr        d1f33e2    whole module            0      0      0  10, 10 (9 before)
//	shiori      585ea341   whole module            1      0      0  10, 10
//	dnote       8ffd44f3   pkg/cli                 0      0      0
//	ubirch      8bc3ba8    whole module            0      0      0
//	soft-serve  db5f041f   pkg                    79      0      0
//	semaphore   d4a27137   whole module            6      3      1
//	memos       76a762924  store                   9      9      9
//
// Those of memos are conditions that another package renders, with placeholders, and appends
// to a list through a pointer; the false one of semaphore is of a function that nothing calls.
package corpus
