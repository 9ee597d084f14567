package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/chinook"
)

// Chinook is a schema that nobody here designed: its names have capitals and
// stand in brackets. It becomes one migration, and testdata/chinook is a
// project on it whose tests compare typed queries with SQL by hand.
func TestChinook(t *testing.T) {
	t.Parallel()
	sample := chinook.File(t)
	dir := newProject(t, "testdata/chinook", "example.com/chinook")
	if err := os.Mkdir(filepath.Join(dir, "migrations"), 0o755); err != nil {
		t.Fatal(err)
	}
	migration := schemaAsMigration(t, sample)
	if err := os.WriteFile(filepath.Join(dir, "migrations/00001_chinook.sql"), []byte(migration), 0o644); err != nil {
		t.Fatal(err)
	}
	generate(t, dir)
	goTest(t, dir, "CHINOOK="+sample)
}

// schemaAsMigration is the schema of a database as a goose migration, in its
// own words.
func schemaAsMigration(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	b.WriteString("-- +goose Up\n")
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		b.WriteString(statement + ";\n\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
