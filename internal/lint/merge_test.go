package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/lint/report"
)

// TestOneCause: two analyzers that report one cause give one report, for all statements.
func TestOneCause(t *testing.T) {
	dir := writeModule(t, `
-- go.mod --
module example.com/shop
go 1.26
require github.com/Masterminds/squirrel v1.5.4
-- store/store.go --
package store
import ("database/sql"; sq "github.com/Masterminds/squirrel")
type Store struct {
	db    *sql.DB
	table string
}
func New(db *sql.DB, table string) *Store { return &Store{db, table} }
func (s *Store) Delete()                  { s.db.Exec("DELETE FROM " + s.table) }
func (s *Store) Count()                   { s.db.Exec("SELECT count(*) FROM " + s.table) }
func (s *Store) All()                     { sq.Select("id").From(s.table).ToSql() }
func (s *Store) One()                     { sq.Select("name").From(s.table).ToSql() }
`)
	reports, failed := run(t, dir, "")
	if failed != "" {
		t.Fatal(failed)
	}
	var got []string
	for _, r := range reports {
		if strings.Contains(r.Message, "injected") {
			got = append(got, r.Message[:min(70, len(r.Message))])
		}
	}
	if diff := cmp.Diff([]string{"the field table is not constant, and 4 statements that are built from "}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	separate := []report.Report{{File: "a.go", Line: 1, Message: "x is not constant"}, {File: "a.go", Line: 1, Message: "y"}}
	if diff := cmp.Diff(separate, merged(separate)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
