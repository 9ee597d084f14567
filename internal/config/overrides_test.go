package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/config"
	"github.com/dreysql/drey/internal/sqlctest"
)

// TestNoNull asks sqlc which column gets which override. The types called
// Bare… are the ones that are not known to have NULL.
func TestNoNull(t *testing.T) {
	const overrides = `[
		{column: t.one, go_type: {type: Bare1}},
		{column: t.one, go_type: {type: Bare2, pointer: true}},
		{column: "t.t*o", go_type: {type: Bare3}},
		{column: main.t.three, go_type: {type: Bare4}},
		{column: other.t.four, go_type: {type: Bare5}},
		{column: 't.f\*ve', go_type: {type: Bare6}},
		{column: 't.s\?x', go_type: {type: Bare7}},
		{column: t.seven, go_struct_tag: "x:\"y\""},
		{column: t.eight, go_type: database/sql.NullString},
		{column: t.nine, go_type: {type: JSON}},
		{column: t.ten, go_type: {import: database/sql, type: NullString}},
		{db_type: TEXT, nullable: true, go_type: {type: Bare8}},
		{db_type: REAL, go_type: {type: Bare9}},
		{db_type: INTEGER, nullable: true, unsigned: true, go_type: {type: Bare10}},
		{db_type: DOUBLEPRECISION, "null": true, go_type: {type: Bare11}},
		{db_type: "DECIMAL(10,2)", nullable: true, go_type: {type: Bare12}},
		{db_type: BLOB, nullable: true, go_type: {type: Bare13, slice: true}}]`
	columns := []struct{ name, dbType string }{
		{"one", "TEXT"}, {"two", "TEXT"}, {"three", "TEXT"}, {"four", "INTEGER"}, {"five", "INTEGER"}, {"f*ve", "INTEGER"},
		{"six", "INTEGER"}, {"s?x", "INTEGER"}, {"seven", "INTEGER"}, {"eight", "TEXT"}, {"nine", "TEXT"}, {"ten", "TEXT"},
		{"text_", "TEXT"}, {"small", "text"}, {"real", "REAL"}, {"whole", "INTEGER"}, {"double", "DOUBLE  PRECISION"},
		{"price", "DECIMAL (10, 2)"}, {"bytes", "BLOB"},
	}
	var ddl []string
	for _, c := range columns {
		ddl = append(ddl, `"`+c.name+`" `+c.dbType)
	}
	content := `{version: "2", sql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {out: db, overrides: ` + overrides + `}}}]}`
	dir := sqlctest.Generate(t, map[string]string{
		"sqlc.yaml": content, "migrations/t.sql": "CREATE TABLE t (" + strings.Join(ddl, ", ") + ");", "sql/q.sql": "-- name: One :one\nSELECT 1;",
	})
	models, err := os.ReadFile(filepath.Join(dir, "db", "models.go"))
	if err != nil {
		t.Fatal(err)
	}
	fields := regexp.MustCompile(`(?m)^\t(\w+) +(\S+)`).FindAllStringSubmatch(string(models), -1)
	if len(fields) != len(columns) {
		t.Fatalf("%d fields for %d columns:\n%s", len(fields), len(columns), models)
	}
	cfg, err := config.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range columns {
		want := strings.HasPrefix(fields[i][2], "Bare")
		if got := cfg.Blocks[0].NoNull("t", c.name, c.dbType); got != want {
			t.Errorf("NoNull(%s %s) = %t, and sqlc has %s %s", c.name, c.dbType, got, fields[i][1], fields[i][2])
		}
	}
}

// TestNoNullGlobally: a global override counts before the block's.
func TestNoNullGlobally(t *testing.T) {
	cfg := load(t, "sqlc.yaml", `{version: "2", overrides: {go: {overrides: [{column: t.a, go_type: "*string"}]}},
		sql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {out: db, overrides: [{column: "t.*", go_type: Name}]}}}]}`)
	for column, want := range map[string]bool{"a": false, "b": true} {
		if got := cfg.Blocks[0].NoNull("t", column, "TEXT"); got != want {
			t.Errorf("NoNull(%s) = %t, want %t", column, got, want)
		}
	}
}
