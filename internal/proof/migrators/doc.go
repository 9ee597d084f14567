// Package migrators holds what drey reads of other tools' migrations to what these tools
// make of them: golang-migrate and sql-migrate migrate a database, and drey compares it,
// converts the files and takes the database over.
package migrators
