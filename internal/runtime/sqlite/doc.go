// Package sqlite runs a data layer on SQLite files, and on databases in memory, through
// modernc.org/sqlite: it opens and migrates them, keeps their write-ahead logs small,
// and checks and copies them.
//
// @native-sql the runtime is the layer: it hands on what sqlc and squirrel have made
// @native-sql-dynamic what it runs are PRAGMAs, and migrations that are embedded
package sqlite
