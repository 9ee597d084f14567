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
		cluster          string // in drey_rqlite.go
		migrate          bool
	}{
		{"goose", "migrations/00001_a.sql", "-- +goose Up\n-- +goose StatementBegin\n" + ddl + "-- +goose StatementEnd\n-- +goose Down\nDROP TABLE users;\n", "goose's", "drey migrate up --db http://host:4001", true},
		{"golang-migrate", "migrations/000000_a.up.sql", ddl, "migrate -path migrations -database sqlite://FILE up", `run migrate -path migrations -database "rqlite://HOST:4001?x-connect-insecure=true" up`, false},
		{"dbmate", "migrations/2026_a.sql", "-- migrate:up\n" + ddl + "\n-- migrate:down\nDROP TABLE users;\n", "dbmate -d migrations --url sqlite:FILE up", "run dbmate -d migrations --url sqlite:FILE up on a backup of it", false},
		{"sql-migrate", "migrations/1-a.sql", "-- +migrate Up\n-- +migrate StatementBegin\n" + ddl + "-- +migrate StatementEnd\n", "sql-migrate up", "run sql-migrate up on a backup", false},
		{"Atlas", "migrations/2026.sql", ddl, "atlas migrate apply --dir file://migrations", "sqlite://FILE on a backup of it", false},
		{"plain", "migrations/a.sql", "PRAGMA foreign_keys = ON;\n" + ddl, "brings no database up to date", "migrate a backup of it", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := plant(t, map[string]string{test.file: test.text, "sql/a.sql": "-- name: Names :many\nSELECT name FROM users;\n"}, "own runtime")
			config, err := os.ReadFile(dir + "/sqlc.yaml")
			if err != nil {
				t.Fatal(err)
			}
			write(t, dir+"/sqlc.yaml", string(config)+"options: {drey: {rqlite: true}}\n")
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
			clusters := got["db/"+emit.RqliteFile]
			if !strings.Contains(strings.ReplaceAll(clusters, "\n// ", " "), test.cluster) || strings.Contains(clusters, "migrationNames") != (test.name == "goose") {
				t.Errorf("%s", clusters)
			}
			delete(got, "db/"+emit.EngineFile)
			delete(got, "db/"+emit.RqliteFile)
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
