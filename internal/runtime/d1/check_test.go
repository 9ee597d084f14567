package d1_test

import (
	"errors"
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/d1"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
)

func TestCheckD1(t *testing.T) {
	numbered := []string{"00001_a.sql", "00002_b.sql", "00003_c.sql"}
	for _, tt := range []struct {
		name    string
		applied []string
		want    error
		says    string
	}{
		{"all", []string{"00001_a.sql", "00002_b.sql", "00003_c.sql"}, nil, ""},
		{"a schema, and what follows", []string{"00002_b.sql", "00003_c.sql"}, nil, ""},
		{"the schema of all", []string{"00003_c.sql"}, nil, ""},
		{"somebody's own", []string{"00003_c.sql", "seed.sql", "00001_seed.sql"}, nil, ""},
		{"nothing", nil, drey.ErrSchemaOlder, "lacks 00001_a.sql, 00002_b.sql, 00003_c.sql: run wrangler"},
		{"the last is missing", []string{"00001_a.sql", "00002_b.sql"}, drey.ErrSchemaOlder, "lacks 00003_c.sql"},
		{"one between is missing", []string{"00001_a.sql", "00003_c.sql"}, drey.ErrSchemaOlder, "lacks 00002_b.sql"},
		{"a later one", []string{"00003_c.sql", "00004_d.sql", "20260102030405_e.sql"}, drey.ErrSchemaNewer, "has 00004_d.sql, 20260102030405_e.sql"},
		{"golang-migrate's", []string{"000000_a.up.sql", "000001_b.up.sql", "000002_c.up.sql"}, drey.ErrSchemaNewer, "has 000002_c.up.sql"},
		{"sql-migrate's", []string{"1-a.sql", "2-b.sql"}, drey.ErrSchemaNewer, "has 2-b.sql"},
		{"Atlas's", []string{"20260101.sql", "20260102.sql"}, drey.ErrSchemaNewer, "has 20260102.sql"},
		{"plain", []string{"tables.sql", "seed.sql"}, nil, ""},
		{"plain, older", []string{"seed.sql"}, drey.ErrSchemaOlder, "lacks tables.sql"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			migrations := numbered
			switch tool, _, _ := strings.Cut(tt.name, ","); tool {
			case "golang-migrate's":
				migrations = []string{"000000_a.up.sql", "000001_b.up.sql"}
			case "sql-migrate's":
				migrations = []string{"1-a.sql"}
			case "Atlas's":
				migrations = []string{"20260101.sql"}
			case "plain":
				migrations = []string{"tables.sql"}
			}
			c := fixture.Open(t, 0)
			if err := d1.Check(t.Context(), c, migrations); !errors.Is(err, drey.ErrSchemaOlder) || !strings.Contains(err.Error(), "no table d1_migrations") {
				t.Error(err)
			}
			if _, err := c.ExecContext(t.Context(), "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)"); err != nil {
				t.Fatal(err)
			}
			for _, name := range tt.applied {
				if _, err := c.ExecContext(t.Context(), "INSERT INTO d1_migrations (name) VALUES (?)", name); err != nil {
					t.Fatal(err)
				}
			}
			err := d1.Check(t.Context(), c, migrations)
			if !errors.Is(err, tt.want) || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Error(err)
			}
		})
	}
}
