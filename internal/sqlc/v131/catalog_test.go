package v131_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/sqlc/sqlctest"
	v131 "github.com/dreysql/drey/internal/sqlc/v131"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

func TestMain(m *testing.M) { sqlctest.Main(m) }

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

func objects(tb testing.TB, s *schema.Schema) string {
	tb.Helper()
	var b strings.Builder
	for _, o := range v131.Objects(s, nil, nil) {
		b.WriteString(o.SQL + "\n")
	}
	return b.String()
}

// models has sqlc generate the row types of each schema and returns the bare
// declarations.
func models(tb testing.TB, schemas ...string) []string {
	tb.Helper()
	config := "version: \"2\"\nsql:\n"
	files := map[string]string{"q.sql": "-- name: One :one\nSELECT 1;\n"}
	for i, s := range schemas {
		config += fmt.Sprintf("- {engine: sqlite, schema: s%d.sql, queries: q.sql, gen: {go: {package: db, out: db%d}}}\n", i, i)
		files[fmt.Sprintf("s%d.sql", i)] = s
	}
	files["sqlc.yaml"] = config
	dir := sqlctest.Generate(tb, files)
	got := make([]string, len(schemas))
	for i := range schemas {
		content, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("db%d", i), "models.go"))
		if err != nil {
			tb.Fatal(err)
		}
		_, got[i], _ = strings.Cut(string(content), "package db\n")
	}
	return got
}

// TestSameTypesAsSQLC has sqlc read each schema as the migrations write it and
// as the catalog does.
func TestSameTypesAsSQLC(t *testing.T) {
	ddl := []string{
		`CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio text)`,
		`CREATE TABLE Mixed (UserID integer PRIMARY KEY AUTOINCREMENT, "Quoted" TEXT NOT NULL DEFAULT 'a,b', "order" TEXT, plain_ TEXT COLLATE NOCASE)`,
		`CREATE TABLE "Quoted" ("Id" TEXT PRIMARY KEY, "other_Id" INT)`,
		`CREATE TABLE "with spaces" ("a b" TEXT, "c-d" INTEGER NOT NULL)`,
		`CREATE TABLE types (a DECIMAL(10,2), b VARCHAR(20) NOT NULL, c UNSIGNED BIG INT, d, e DOUBLE PRECISION, f BOOLEAN,
			g DATETIME NOT NULL, h NATIVE CHARACTER(70), i NUMERIC, j JSON, k JSONB NOT NULL, l BLOB, m CLOB, n DATE, o TIMESTAMP,
			p ANY, q UUID, r VARYING CHARACTER(255), s "my type", t INT8 NOT NULL, u decimal(10, -5), v nvarchar(100),
			w UNSIGNED  BIG /* very */ INT NOT NULL, x 'quoted', y "TEXT", z [int])`,
		`CREATE TABLE keys (a TEXT, b INTEGER, c REAL, PRIMARY KEY (a, b))`,
		`CREATE TABLE inline (a TEXT PRIMARY KEY, b INTEGER CONSTRAINT n NOT NULL UNIQUE, d INT CHECK (d > 0), e REFERENCES inline)`,
		`CREATE TABLE strict (a TEXT PRIMARY KEY, b ANY) STRICT`,
		`CREATE TABLE generated (a INTEGER, b TEXT GENERATED ALWAYS AS (a || 'x') STORED, c INT AS (a + 1) VIRTUAL)`,
		`CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL, y REAL);
		 CREATE VIEW z AS SELECT id, x, y FROM a;
		 CREATE VIEW b AS SELECT count(*) AS n, z.x FROM z GROUP BY z.x`,
		`CREATE VIRTUAL TABLE docs USING fts5(title, body UNINDEXED, tokenize = 'porter')`,
		`CREATE TABLE old (id INTEGER PRIMARY KEY, a TEXT);
		 ALTER TABLE old ADD COLUMN b VARCHAR(3) NOT NULL DEFAULT '';
		 ALTER TABLE old RENAME COLUMN a TO c;
		 ALTER TABLE old DROP COLUMN c;
		 ALTER TABLE old RENAME TO Renamed`,
	}
	var both []string
	for _, d := range ddl {
		both = append(both, d+";", objects(t, migrated(t, d)))
	}
	got := models(t, both...)
	for i, d := range ddl {
		if diff := cmp.Diff(got[2*i], got[2*i+1]); diff != "" {
			t.Errorf("%s\n\nas\n\n%s\n(-sqlc +catalog):\n%s", d, both[2*i+1], diff)
		}
	}
}

// TestDifferencesFromSQLC are all known differences between the row types
// from the migrations and those from the catalog. A schema that sqlc refuses
// as a whole has none from the migrations.
func TestDifferencesFromSQLC(t *testing.T) {
	const table = "CREATE TABLE t (id INTEGER PRIMARY KEY); "
	const T = "type T struct { ID int64 } "
	tests := []struct {
		why, ddl, sqlc, catalog string
	}{
		{
			"NULL is no part of the type", "CREATE TABLE t (a INT NULL)",
			"type T struct { A interface{} }", "type T struct { A sql.NullInt64 }",
		},
		{
			"sqlc keeps the capitals of a column that is added, and then no query finds it",
			table + "ALTER TABLE t ADD COLUMN UserName TEXT",
			"type T struct { ID int64 UserName sql.NullString }", "type T struct { ID int64 Username sql.NullString }",
		},
		{
			"sqlc reads what is between double quotes as a string of Go", `CREATE TABLE "a\b" ("c""d" TEXT)`,
			"type A struct { sql.NullString }", "type AB struct { CD sql.NullString }",
		},
		{
			"the columns of a view have the names that its list gives them",
			table + `CREATE VIEW v(b, "C") AS SELECT id AS x, count(*) c FROM t GROUP BY id`,
			T + "type V struct { X int64 C int64 }", T + "type V struct { B int64 C int64 }",
		},
		{
			"a * in a view stands for the columns that the table has in the end",
			table + "CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t ADD COLUMN b TEXT",
			"type T struct { ID int64 B sql.NullString } type V struct { ID int64 }",
			"type T struct { ID int64 B sql.NullString } type V struct { ID int64 B sql.NullString }",
		},
		{
			"brackets and backticks are quotes", "CREATE TABLE [a b] (id TEXT); CREATE VIEW `v` AS SELECT [a b].[id] FROM `a b`",
			"", "type AB struct { ID sql.NullString } type V struct { ID sql.NullString }",
		},
		{
			"sqlc knows fts5 in small letters, and no other module",
			"CREATE VIRTUAL TABLE f USING FTS5(Title, [Body]); CREATE VIRTUAL TABLE r USING rtree(id, x, y)",
			"", "type F struct { Title string Body string } type R struct { ID sql.NullInt64 X sql.NullFloat64 Y sql.NullFloat64 }",
		},
		{
			"SQLite knows the columns of CREATE TABLE AS", table + "CREATE TABLE u AS SELECT id AS n, 'x' AS s FROM t",
			T + "type U struct { }", T + "type U struct { N sql.NullInt64 S interface{} }",
		},
	}
	var schemas []string
	for _, tt := range tests {
		schemas = append(schemas, tt.ddl+";", objects(t, migrated(t, tt.ddl)))
		if tt.sqlc == "" {
			schemas[len(schemas)-2] = ""
		}
	}
	got := models(t, schemas...)
	for i, tt := range tests {
		if g := declarations(got[2*i]); g != tt.sqlc {
			t.Errorf("%s:\n%s\ngives %s\nwant  %s", tt.why, tt.ddl, g, tt.sqlc)
		}
		if g := declarations(got[2*i+1]); g != tt.catalog {
			t.Errorf("%s:\n%s\ngives %s\nwant  %s", tt.why, schemas[2*i+1], g, tt.catalog)
		}
	}
}

// declarations are the types of a file on one line.
func declarations(file string) string {
	if at := strings.Index(file, "type "); at >= 0 {
		return strings.Join(strings.Fields(file[at:]), " ")
	}
	return ""
}

func TestSpelling(t *testing.T) {
	tests := []struct{ ddl, want string }{
		{`CREATE TABLE Users (UserID INT, "Name" TEXT, [Key] INT)`, "users [userid Name Key]"},
		{`CREATE TABLE "Users" (ID INT)`, "users [id]"}, // as SQLite writes it after ALTER TABLE … RENAME
		{`CREATE TABLE "Users" ("ID" INT)`, "Users [ID]"},
		{`CREATE TABLE "Two Words" (id INT)`, "Two Words [id]"},
		{"CREATE VIRTUAL TABLE f USING fts5(Title, \"Body\")", "f [title Body]"},
		{`CREATE TABLE t (a CHECK (a IN ('b', "A")), PRIMARY KEY (A), UNIQUE ("A"))`, "t [a]"},
		{`CREATE TABLE t ("Id" INT); CREATE TABLE u (Id INT)`, "t [id]"},
	}
	for _, tt := range tests {
		s := migrated(t, tt.ddl)
		sp := v131.NewSpelling(s)
		var columns []string
		for _, c := range s.Tables[0].Columns {
			columns = append(columns, sp.Of(c.Name))
		}
		if got := fmt.Sprint(sp.Of(s.Tables[0].Name), " ", columns); got != tt.want {
			t.Errorf("%s: spelled %s, want %s", tt.ddl, got, tt.want)
		}
	}
}

func TestQuerySpelling(t *testing.T) {
	sp := v131.NewSpelling(migrated(t, `CREATE TABLE bare (UserID INT, "Max" INT, "Order" INT, "a\b" INT); CREATE TABLE [Quoted] ([Id] INT)`))
	for query, want := range map[string]string{
		`SELECT UserID, "UserID", [userid] FROM Bare`:               `SELECT UserID, "userid", "userid" FROM Bare`,
		"SELECT q.ID, `q`.[iD] FROM quoted AS q":                    `SELECT q."Id", "q"."Id" FROM "Quoted" AS q`,
		`SELECT max(Max), max (max) FROM x ORDER BY "order"`:        `SELECT max("Max"), max ("Max") FROM x ORDER BY "Order"`,
		`SELECT sqlc.embed(quoted), sqlc.arg(id), sqlc.narg( 'Id')`: `SELECT sqlc.embed("Quoted"), sqlc.arg(id), sqlc.narg( 'Id')`,
		`INSERT INTO Quoted (Id) VALUES (max(1))`:                   `INSERT INTO "Quoted" ("Id") VALUES (max(1))`,
		`REPLACE INTO main."QUOTED"("ID", max) VALUES (max(2), 3)`:  `REPLACE INTO main."Quoted"("Id", "Max") VALUES (max(2), 3)`,
		`SELECT @id, 'quoted' /* [Id] */ AS [other]`:                `SELECT @id, 'quoted' /* [Id] */ AS "other"`,
		"SELECT [a\\b], \"A\\b\", `x\"y`":                           "SELECT [a\\b], \"A\\b\", `x\"y`",
	} {
		got := ""
		for _, tok := range sp.Query(query) {
			got += tok.Spelled
		}
		if got != want {
			t.Errorf("%s\nspelled %s\nwant    %s", query, got, want)
		}
	}
}

// TestPlainViews has what stands for a view that sqlc cannot read.
func TestPlainViews(t *testing.T) {
	s := migrated(t, `CREATE TABLE t (a TEXT NOT NULL, B DECIMAL(4,2));
		CREATE VIEW v(x, "Y") AS SELECT * FROM t;
		CREATE VIEW w AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i, a FROM n, t`)
	list := v131.Objects(s, nil, nil)
	if got, want := list[1].SQL, "CREATE TABLE \"v\" (\n\t\"x\" TEXT,\n\t\"Y\" DECIMAL(4,2)\n);"; got != want {
		t.Errorf("a list of columns for a *: %s, want %s", got, want)
	}
	if got, want := list[2].Plain, "CREATE TABLE \"w\" (\n\t\"i\",\n\t\"a\" TEXT\n);"; got != want {
		t.Errorf("a recursive view: %s, want %s", got, want)
	}
}
