package check_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/migrate/check"
	"github.com/dreysql/drey/internal/project/query"
)

// TestUsed: a query is shown at the migration that breaks it, if it is still broken
// after the last one and the version of the code does not have that migration itself.
func TestUsed(t *testing.T) {
	const first = "-- +goose Up\nCREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT);\n-- +goose Down\nDROP TABLE a;\n"
	step := func(up, down string) string { return "-- +goose Up\n" + up + ";\n-- +goose Down\n" + down + ";\n" }
	there, back := "ALTER TABLE a RENAME COLUMN x TO z", "ALTER TABLE a RENAME COLUMN z TO x"
	drop := step("ALTER TABLE a DROP COLUMN y", "ALTER TABLE a ADD COLUMN y TEXT")
	for _, c := range []struct {
		name, query, version string
		has                  int // how many of the migrations the version has
		migrations           []string
		want                 string
	}{
		{"broken", "SELECT x FROM a WHERE id = @id", "", 0, []string{step(there, back)}, "00002_m.sql:2 no such column: x"},
		{"mended", "SELECT x FROM a", "", 0, []string{step(there, back), step(back, there)}, ""},
		{"broken again", "SELECT x FROM a", "", 0, []string{step(there, back), step(back, there), step(there, back)}, "00004_m.sql:2 no such column: x"},
		{"never right", "SELECT nothing FROM a", "", 0, []string{step(there, back)}, ""},
		{"a star of the code as it is", "SELECT * FROM a", "", 0, []string{drop}, ""},
		{"a star of a release", "SELECT * FROM a", "v1", 1, []string{drop}, "00002_m.sql:2 no such column: y"},
		{"a star of a release that has it", "SELECT * FROM a", "v1", 2, []string{drop}, ""},
		{"macros", "SELECT x FROM a WHERE id IN (sqlc.slice(ids)) AND y = sqlc.narg(y)", "v1", 1, []string{drop}, "00002_m.sql:2 no such column: y"},
		{"a write", "INSERT INTO a (x, y) VALUES (?, ?)", "v1", 1, []string{drop}, "00002_m.sql:2 table a has no column named y"},
		{"a table", "DELETE FROM a WHERE id = ?", "v1", 1, []string{step("DROP TABLE a", "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT)")}, "00002_m.sql:2 no such table: a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := query.Parse("sql/q.sql", []byte("-- name: Rows :many\n"+c.query+";\n"))
			if err != nil {
				t.Fatal(err)
			}
			of := &check.Queries{Version: c.version, List: list, Migrations: map[string]bool{}}
			for i := range c.has {
				of.Migrations[fmt.Sprintf("%05d_m.sql", i+1)] = true
			}
			var got []string
			for _, f := range judgeWith(t, check.Options{Queries: []*check.Queries{of}}, append([]string{first}, c.migrations...)...) {
				if f.Name == "used" {
					_, msg, _ := strings.Cut(f.Msg, "fails: ")
					got = append(got, fmt.Sprintf("%s:%d %s", f.File, f.Line, msg))
				}
			}
			if join := strings.Join(got, "\n"); join != c.want {
				t.Errorf("found %q, want %q", join, c.want)
			}
		})
	}
}
