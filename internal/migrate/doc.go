// Package migrate runs a project's migrations on a database file, with goose as
// a library, or on a cluster of rqlite, with a transaction for each.
//
// The version table is the goose command's, so that drey, the goose command and
// the generated Migrate can be mixed. As with these two, foreign keys are not
// enforced while migrations run, unless the data source name says so: SQLite
// first deletes the rows of a dropped table, and with them those that refer to
// it, by ON DELETE CASCADE. Instead, a migration is rolled back if it leaves
// rows that refer to nothing.
//
// One process at a time migrates a database: the others wait, and find nothing
// left to do. Before a step that deletes or overwrites anything the file is
// copied.
//
// @native-sql the databases are other projects', and there is no layer over them
package migrate
