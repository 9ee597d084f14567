package sqlc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

func TestMain(m *testing.M) {
	sqlc.RunChild()
	sqlctest.Main(m)
}

// migrated returns the schema that SQLite has after the statements.
func migrated(tb testing.TB, ddl string) *schema.Schema {
	tb.Helper()
	memory, err := sqlite.NewMemory()
	if err != nil {
		tb.Fatal(err)
	}
	defer memory.Close()
	db, err := memory.Open(nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(tb.Context(), ddl); err != nil {
		tb.Fatalf("SQLite refuses %s: %v", ddl, err)
	}
	s, err := schema.Read(tb.Context(), db)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// block makes a block of queries by file.
func block(tb testing.TB, ddl string, queries ...string) sqlc.Block {
	b := sqlc.Block{Schema: migrated(tb, ddl), Out: "internal/db"}
	for i := 0; i < len(queries); i += 2 {
		b.Queries = append(b.Queries, query.File{Path: queries[i], Content: []byte(queries[i+1])})
	}
	return b
}

// config writes a configuration in which each block has the options of gen.go
// that stand at its number, in YAML's flow style.
func config(options ...string) sqlc.Config {
	return func(place func(int) (string, []string, string)) ([]byte, error) {
		var b strings.Builder
		b.WriteString("version: \"2\"\nsql:\n")
		for i, o := range options {
			schema, queries, out := place(i)
			b.WriteString(sqlBlock(schema, queries, out, o))
		}
		return []byte(b.String()), nil
	}
}

func sqlBlock(schema string, queries []string, out, options string) string {
	if options != "" {
		options = ", " + options
	}
	return fmt.Sprintf("- engine: sqlite\n  schema: %q\n  queries: %s\n  gen: {go: {package: db, out: %s%s}}\n",
		schema, strings.ReplaceAll(fmt.Sprintf("%q", queries), `" "`, `", "`), out, options)
}

// run generates one block.
func run(tb testing.TB, b sqlc.Block, options string) (*sqlc.Package, error) {
	tb.Helper()
	packages, err := sqlc.Run(tb.Context(), []sqlc.Block{b}, config(options))
	if err != nil {
		return nil, err
	}
	return packages[0], nil
}

func mustRun(tb testing.TB, b sqlc.Block, options string) *sqlc.Package {
	tb.Helper()
	p, err := run(tb, b, options)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}
