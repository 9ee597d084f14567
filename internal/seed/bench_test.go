package seed_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/seed"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// BenchmarkRows fills tables in a file. See docs/seed.md.
func BenchmarkRows(b *testing.B) {
	for _, test := range []struct{ name, sql string }{
		{"plain", "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER NOT NULL, created_at DATETIME NOT NULL)"},
		{"unique and checked", "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE CHECK (email LIKE '_%@_%'), name TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('new', 'old')), score REAL, created_at INTEGER NOT NULL)"},
	} {
		b.Run(test.name, func(b *testing.B) {
			db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "a.db")+"?_pragma=journal_mode(WAL)")
			must(b, err)
			defer db.Close()
			_, err = db.Exec(test.sql)
			must(b, err)
			s, err := schema.Read(b.Context(), db, migration.VersionTable)
			must(b, err)
			const rows = 100_000
			for b.Loop() {
				_, err := seed.Run(b.Context(), db, s, stored.TypesOf(nil), seed.Options{Seed: 1, Rows: []seed.Count{{Rows: rows}}})
				must(b, err)
			}
			b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
