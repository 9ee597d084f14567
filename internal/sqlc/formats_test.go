package sqlc_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	own "github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/migration"
)

// The Go is that of sqlc which reads another tool's migrations in place.
func TestSameGoInPlace(t *testing.T) {
	const (
		init  = "CREATE TABLE links (id INTEGER PRIMARY KEY, slug TEXT NOT NULL);\n"
		owner = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nALTER TABLE links ADD COLUMN user_id INTEGER REFERENCES users (id);\n"
		last  = "ALTER TABLE links ADD COLUMN note TEXT;\nCREATE VIEW named AS SELECT links.id, users.name FROM links JOIN users ON users.id = links.user_id;\n"
		drops = "DROP VIEW named;\nDROP TABLE links;\n"
	)
	for _, test := range []struct {
		format *migration.Format
		schema string
		files  map[string]string
	}{
		{migration.Goose, "m", map[string]string{
			"m/1_a.sql": "-- +goose Up\n" + init + "-- +goose Down\n" + drops, "m/2_b.sql": "-- +goose Up\n" + owner, "m/3_c.sql": "-- +goose Up\n" + last + "-- +goose Down\n" + drops}},
		{migration.GolangMigrate, "m", map[string]string{
			"m/0000_a.up.sql": init, "m/0000_a.down.sql": drops, "m/0001_b.up.sql": "BEGIN;\n" + owner + "COMMIT;\n", "m/0001_b.down.sql": drops, "m/0010_c.up.sql": last}},
		{migration.Dbmate, "m", map[string]string{
			"m/2026_a.sql": "-- migrate:up\n" + init + "-- migrate:down\n" + drops, "m/2027_b.sql": "-- migrate:up transaction:false\n" + owner + "\n-- migrate:down\n" + drops,
			"m/2028_c.sql": "-- migrate:up\n" + last + "\n-- migrate:down\n"}},
		{migration.SQLMigrate, "m", map[string]string{
			"m/1_a.sql": "-- +migrate Up\n" + init + "-- +migrate Down\n" + drops, "m/2_b.sql": "-- +migrate Up\n" + owner, "m/3_c.sql": "-- +migrate Up\n" + last}},
		{migration.Tern, "m", map[string]string{
			"m/001_a.sql": init + "---- create above / drop below ----\n" + drops, "m/002_b.sql": owner, "m/003_c.sql": last}},
		{migration.Atlas, "m", map[string]string{
			"m/20260101000000.sql": init, "m/20260102000000_b.sql": owner, "m/20260103000000_c.sql": last, "m/atlas.sum": "h1:x\n"}},
		// Neither by number nor by time, but as sqlc reads them.
		{migration.Plain, "m", map[string]string{"m/10_a.sql": init, "m/2_b.sql": owner, "m/A.SQL.txt": drops, "m/b.sql": last, "m/below/a.sql": drops}},
		{migration.Plain, "m/*.sql", map[string]string{"m/10_a.sql": init, "m/2_b.sql": owner, "m/b.sql": last, "m/.hidden.sql.off": drops}},
		{migration.Plain, "schema.sql", map[string]string{"schema.sql": init + owner + last}},
	} {
		t.Run(test.format.Name+" "+filepath.Base(test.schema), func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range test.files {
				name = filepath.Join(dir, filepath.FromSlash(name))
				if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			s := own.NewSchema(dir, test.schema)
			defer s.Close()
			d, err := s.Applied(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if kind, _ := s.Kind(); kind.Format != test.format {
				t.Errorf("it is taken for %s", kind.Format)
			}
			b := block(t, "", "sql/q.sql", "-- name: Links :many\nSELECT * FROM links;\n\n-- name: Named :many\nSELECT * FROM named;\n")
			b.Schema = d.Schema
			if diff := cmp.Diff(stockIn(t, test.files, test.schema, b, ""), text(mustRun(t, b, "").Files)); diff != "" {
				t.Errorf("-sqlc +drey:\n%s", diff)
			}
		})
	}
}
