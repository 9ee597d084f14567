package browser

import (
	"database/sql"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/seed"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// linksDB makes the link shortener's database, with rows.
func linksDB(t *testing.T, path string) {
	t.Helper()
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c := openDB(t, path)
	s, err := schema.Read(t.Context(), c, "goose_db_version")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seed.Run(t.Context(), c, s, nil, seed.Options{Seed: 1, Rows: counts(t, "users=40", "links=500", "clicks=3000", "tags=20", "link_tags=600", "api_tokens=30")}); err != nil {
		t.Fatal(err)
	}
}

func counts(t *testing.T, list ...string) (of []seed.Count) {
	t.Helper()
	for _, text := range list {
		c, err := seed.ParseCount(text)
		if err != nil {
			t.Fatal(err)
		}
		of = append(of, c)
	}
	return of
}

func openDB(t *testing.T, path string) *sql.DB {
	t.Helper()
	c, err := sqlite.OpenFile("file:" + path + "?mode=rwc&_pragma=busy_timeout(5000)")(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
