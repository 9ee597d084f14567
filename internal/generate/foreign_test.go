package generate

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/emit"
)

// Whoever keeps the schema, the package is the same but for how it is opened.
func TestForeign(t *testing.T) {
	const ddl = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE TRIGGER t AFTER INSERT ON users BEGIN\n  SELECT 1;\nEND;\n"
	var first map[string]string
	for _, test := range []struct {
		name, file, text string
		says             string // in drey_sqlite.go
		migrate          bool
	}{
		{"goose", "migrations/00001_a.sql", "-- +goose Up\n-- +goose StatementBegin\n" + ddl + "-- +goose StatementEnd\n-- +goose Down\nDROP TABLE users;\n", "goose's", true},
		{"golang-migrate", "migrations/000000_a.up.sql", ddl, "migrate -path migrations -database sqlite://FILE up", false},
		{"dbmate", "migrations/2026_a.sql", "-- migrate:up\n" + ddl + "\n-- migrate:down\nDROP TABLE users;\n", "dbmate -d migrations --url sqlite:FILE up", false},
		{"sql-migrate", "migrations/1-a.sql", "-- +migrate Up\n-- +migrate StatementBegin\n" + ddl + "-- +migrate StatementEnd\n", "sql-migrate up", false},
		{"Atlas", "migrations/2026.sql", ddl, "atlas migrate apply --dir file://migrations", false},
		{"plain", "migrations/a.sql", "PRAGMA foreign_keys = ON;\n" + ddl, "brings no database up to date", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := plant(t, map[string]string{test.file: test.text, "sql/a.sql": "-- name: Names :many\nSELECT name FROM users;\n"}, "")
			if test.name == "Atlas" {
				write(t, dir+"/migrations/atlas.sum", "h1:x\n")
			}
			if planted := "migrations/00001_a.sql"; test.file != planted {
				if err := os.Remove(dir + "/" + planted); err != nil {
					t.Fatal(err)
				}
			}
			result, err := Run(t.Context(), Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, c := range result.Changes {
				got[c.Path] = string(c.New)
			}
			opens := got["db/"+emit.EngineFile]
			if strings.Contains(opens, "func Migrate(") != test.migrate || !strings.Contains(strings.ReplaceAll(opens, "\n// ", " "), test.says) {
				t.Errorf("%s", opens)
			}
			delete(got, "db/"+emit.EngineFile)
			delete(got, "db/"+emit.MigrationsFile)
			if first == nil {
				first = got
			}
			if diff := cmp.Diff(first, got); diff != "" {
				t.Errorf("-goose +%s:\n%s", test.name, diff)
			}
		})
	}
}
