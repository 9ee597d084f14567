package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
)

// TestOverridden asks sqlc which column gets an override.
func TestOverridden(t *testing.T) {
	const overrides = `[
		{column: t.one, go_type: {type: Bare1}},
		{column: t.one, go_type: {type: Bare2, pointer: true}},
		{column: "t.t*o", go_type: {type: Bare3}},
		{column: main.t.three, go_type: {type: Bare4}},
		{column: other.t.four, go_type: {type: Bare5}},
		{column: 't.f\*ve', go_type: {type: Bare6}},
		{column: 't.s\?x', go_type: {type: Bare7}},
		{column: t.seven, go_struct_tag: "x:\"y\""},
		{column: t.eight, go_type: "example.com/a.Bare"},
		{column: t.nine, go_type: {import: example.com/a, type: Bare, slice: true}},
		{column: t.ten, go_type: {type: Bare14, pointer: true}},
		{db_type: TEXT, nullable: true, go_type: {type: Bare8}},
		{db_type: REAL, go_type: {type: Bare9}},
		{db_type: INTEGER, nullable: true, unsigned: true, go_type: {type: Bare10}},
		{db_type: DOUBLEPRECISION, "null": true, go_type: {type: Bare11}},
		{db_type: "DECIMAL(10,2)", nullable: true, go_type: {type: Bare12}},
		{db_type: CLOB, go_type: {type: Bare15}},
		{db_type: BLOB, nullable: true, go_type: {type: Bare13, slice: true}}]`
	columns := []struct{ name, dbType string }{
		{"one", "TEXT"}, {"two", "TEXT"}, {"three", "TEXT"}, {"four", "INTEGER"}, {"five", "INTEGER"}, {"f*ve", "INTEGER"},
		{"six", "INTEGER"}, {"s?x", "INTEGER"}, {"seven", "INTEGER"}, {"eight", "TEXT"}, {"nine", "TEXT"}, {"ten", "TEXT"},
		{"text_", "TEXT"}, {"small", "text"}, {"real", "REAL"}, {"whole", "INTEGER"}, {"double", "DOUBLE  PRECISION"},
		{"price", "DECIMAL (10, 2)"}, {"bytes", "BLOB"}, {"number", "REAL NOT NULL"}, {"never", "INTEGER NOT NULL"}, {"word", "CLOB NOT NULL"},
	}
	for i, dbType := range []string{"INT", "INTEGER", "TINYINT", "SMALLINT", "MEDIUMINT", "BIGINT", "UNSIGNED BIG INT", "INT2", "INT8", "BIGSERIAL", "HUGEINT",
		"BLOB", "REAL", "DOUBLE", "FLOAT", "FLOAT4", "BOOLEAN", "BOOL", "DATE", "DATETIME", "TIMESTAMP", "TIME", "JSON", "JSONB", "ANY", "UUID", "TEXT", "TINYTEXT",
		"CHARACTER(20)", "CHARACTER VARYING(20)", "VARCHAR", "VARCHAR(255)", "VARYING CHARACTER(255)", "NCHAR(55)", "NATIVE CHARACTER(70)", "NVARCHAR(100)", "CHAR(3)",
		"STRING", "DECIMAL", "DECIMAL(10,5)", "DECIMAL128", "NUMERIC", "NUMERIC(10,5)", "MONEY", "DATETIME(6)"} {
		columns = append(columns, struct{ name, dbType string }{fmt.Sprint("d", i), dbType})
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
		want := strings.Contains(fields[i][2], "Bare")
		dbType, notNull := strings.CutSuffix(c.dbType, " NOT NULL")
		if got := cfg.Blocks[0].Overridden("t", c.name, dbType, notNull); got != want {
			t.Errorf("Overridden(%s %s) = %t, and sqlc has %s %s", c.name, c.dbType, got, fields[i][1], fields[i][2])
		}
		text, ok := cfg.Blocks[0].GoType("t", c.name, dbType, notNull)
		if base := gotype.Parse(fields[i][2]).Base; ok && text != fields[i][2] || !ok && gotype.Of(dbType) != base {
			t.Errorf("the Go type of %s %s is %q by an override, %s without one, and sqlc has %s", c.name, c.dbType, text, gotype.Of(dbType), fields[i][2])
		}
	}
}

// TestOverriddenGlobally: a global override counts, too.
func TestOverriddenGlobally(t *testing.T) {
	cfg := load(t, "sqlc.yaml", `{version: "2", overrides: {go: {overrides: [{column: t.a, go_type: "*string"}]}},
		sql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {out: db}}}]}`)
	for column, want := range map[string]bool{"a": true, "b": false} {
		if got := cfg.Blocks[0].Overridden("t", column, "TEXT", true); got != want {
			t.Errorf("Overridden(%s) = %t, want %t", column, got, want)
		}
	}
}
