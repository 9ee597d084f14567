// Package chinook has a database for tests that nobody here designed:
// https://github.com/lerocha/chinook-database, 11 tables with a foreign key to
// their own table and a primary key of two columns, and 15,600 rows. Its licence
// is LICENSE.md.
package chinook

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	_ "embed"
	"io"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver
)

// dump is the database as SQL.
//
//go:embed chinook.sql.gz
var dump []byte

// File writes the database to a file that lasts as long as the test, and returns
// its absolute path.
func File(tb testing.TB) string {
	tb.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(dump))
	if err != nil {
		tb.Fatal(err)
	}
	statements, err := io.ReadAll(unzipped)
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "chinook.sqlite")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		tb.Fatal(err)
	}
	// @native-sql-dynamic the dump beside this file, which makes the tables in which no migration has a part
	_, err = db.Exec(string(statements))
	if closed := db.Close(); err == nil {
		err = closed
	}
	if err != nil {
		tb.Fatal(err)
	}
	return path
}
