package sqlc_test

import (
	"errors"
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
)

const ddl = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "order" INTEGER);
CREATE TABLE links (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, slug VARCHAR(20) NOT NULL, note TEXT, price DECIMAL(10,2));
CREATE VIEW active AS SELECT u.name, count(*) AS links FROM users AS u JOIN links ON links.user_id = u.id GROUP BY u.id;
CREATE VIRTUAL TABLE docs USING fts5(title, body);`

// stock has sqlc generate a block from the statements themselves, without
// staging.
func stock(tb testing.TB, ddl string, b sqlc.Block, options string) map[string]string {
	tb.Helper()
	return stockIn(tb, map[string]string{"schema.sql": ddl}, "schema.sql", b, options)
}

// stockIn is stock for a schema in files.
func stockIn(tb testing.TB, files map[string]string, schema string, b sqlc.Block, options string) map[string]string {
	tb.Helper()
	files = maps.Clone(files)
	var queries []string
	for _, f := range b.Queries {
		files[f.Path] = string(f.Content)
		queries = append(queries, f.Path)
	}
	files["sqlc.yaml"] = "version: \"2\"\nsql:\n" + sqlBlock(schema, queries, "out", options)
	dir := filepath.Join(sqlctest.Generate(tb, files), "out")
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			tb.Fatal(err)
		}
		got[e.Name()] = string(content)
	}
	return got
}

func text(files map[string][]byte) map[string]string {
	m := map[string]string{}
	for name, content := range files {
		m[name] = string(content)
	}
	return m
}

// TestSameGoAsSQLC compares the Go with that of sqlc without staging, file by
// file and byte by byte.
func TestSameGoAsSQLC(t *testing.T) {
	b := block(t, ddl,
		"sql/links.sql", `/* A comment before. */
-- name: GetLink :one
-- Gets a link; it must exist.
SELECT * FROM links WHERE id = ? LIMIT 1;

-- name: ListLinks :many
SELECT links.*, users.name FROM links JOIN users ON users.id = links.user_id
-- a comment within; with a semicolon
WHERE note LIKE '%;%' OR slug IN (sqlc.slice('slugs'));
`,
		"sql/more/links.sql", "-- name: Active :many\nSELECT * FROM active;\n/* name: Docs :many */\nSELECT * FROM docs",
		"sql/users.sql", "-- name: Order :exec\nUPDATE users SET \"order\" = sqlc.narg('order') WHERE id = @id;\n\n\n-- the end\n",
	)
	for _, options := range []string{"", "emit_interface: true, emit_json_tags: true, emit_db_tags: true, emit_sql_as_comment: true"} {
		got := text(mustRun(t, b, options).Files)
		if diff := cmp.Diff(stock(t, ddl, b, options), got); diff != "" {
			t.Errorf("{%s}: -sqlc +drey:\n%s", options, diff)
		}
	}
}

// TestBeyondASCII compares the Go with what sqlc writes for the same project
// with ASCII words in place of the others, and those put back.
func TestBeyondASCII(t *testing.T) {
	words := strings.NewReplacer("Groexsse", "Größe", "groexsse", "größe",
		"Aexrger", "Ärger", "aexrger", "ärger", "UEX", "Über – “alles” 😀", "Jaxpan", "日本", "jaxpan", "日本")
	const (
		ascii   = `CREATE TABLE groexssen (id INTEGER PRIMARY KEY, aexrger TEXT NOT NULL DEFAULT 'UEX', jaxpan_no INTEGER);`
		options = "emit_json_tags: true, emit_interface: true, rename: {aexrger: Aexrger2}"
		queries = `-- name: Groexsse :one
-- UEX
SELECT aexrger FROM groexssen WHERE id = @aexrger;

-- name: ListGroexsse :many
SELECT *, 'UEX' AS jaxpan FROM groexssen WHERE aexrger = @Aexrger AND id IN (sqlc.slice('groexsse')) AND aexrger <> 'UEX';

-- name: groexsseWeg :exec
DELETE FROM groexssen WHERE aexrger = ?; -- UEX
`
	)
	want := map[string]string{}
	plain := sqlc.Block{Queries: []query.File{{Path: "aexrger.sql", Content: []byte(queries)}}}
	for name, content := range stock(t, ascii, plain, options) {
		formatted, err := format.Source([]byte(words.Replace(content)))
		if err != nil {
			t.Fatal(err)
		}
		want[words.Replace(name)] = string(formatted)
	}
	b := block(t, words.Replace(ascii), "sql/ärger.sql", words.Replace(queries))
	p := mustRun(t, b, words.Replace(options))
	if diff := cmp.Diff(want, text(p.Files)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got, want := p.Queries[2].Const, "größeWeg"; got != want {
		t.Errorf("constant %s, want %s", got, want)
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name    string
		queries []string // files
		options string
		want    []string
	}{
		{
			"places in two files of one name",
			[]string{
				"a/q.sql", "-- name: One :one\nSELECT id FROM users;\n\n-- name: Two :one\nSELECT nme\nFROM users;\n",
				"b/q.sql", "-- name: Three :one\nSELECT id,\n  slg FROM links;",
			},
			"",
			[]string{
				`a/q.sql:5:8: query Two: sqlc: column "nme" does not exist`,
				`b/q.sql:3:3: query Three: sqlc: column "slg" does not exist`,
			},
		},
		{
			"places behind other characters than ASCII, in bytes",
			[]string{"q.sql", "-- name: One :one\n-- ä\nSELECT 'ö', '€' AS \"ü\", größe FROM users;"},
			"",
			[]string{`q.sql:3:29: query One: sqlc: column "größe" does not exist`},
		},
		{
			"a byte order mark",
			[]string{"q.sql", "\ufeff-- name: One :one\nSELECT no FROM users;"}, "",
			[]string{`q.sql:2:8: query One: sqlc: column "no" does not exist`},
		},
		{
			"a syntax error, whose place sqlc does not know",
			[]string{"q.sql", "-- name: One :one\nSELECT id FROM users;\n-- name: Two :one\nSELECT id FROM users\nWHERE id == = 1;"}, "",
			[]string{`q.sql:5:13: query Two: sqlc: extraneous input '='`},
		},
		{
			"the statement where the place is that of the comment",
			[]string{"q.sql", "-- name: One :one\n\n-- more\nSELECT id FROM nosuch;"}, "",
			[]string{`q.sql:4:1: query One: sqlc: relation "nosuch" does not exist`},
		},
		{
			"two queries of one name",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;", "b.sql", "-- name: One :one\nSELECT 2;"}, "",
			[]string{"b.sql:2:1: query One: sqlc: duplicate query name: One"},
		},
		{
			"a statement that sqlc passes over",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;\n-- name: Two :exec\nPRAGMA optimize;"}, "",
			[]string{"a.sql:4:1: query Two: sqlc generates nothing for this statement, without a word\n" +
				"\tfix: queries are SELECT, VALUES, INSERT, UPDATE, DELETE and the statements that change the schema; leave others to code"},
		},
		{
			"a crash",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;\n-- name: Two :exec\nALTER TABLE users ADD COLUMN c;\n-- name: Three :one\nSELECT 3;"}, "",
			[]string{"a.sql:4:1: query Two: sqlc crashes:\npanic: runtime error: invalid memory address or nil pointer dereference"},
		},
		{
			"a crash of which sqlc says nothing, half of the time",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;\n-- name: Two :one\nSELECT 2;\n-- name: Three :one\nSELECT 3;\n" +
				"-- name: Four :many\nSELECT id FROM links WHERE price > -@n;\n-- name: Five :one\nSELECT 5;\n-- name: Six :one\nSELECT 6;"}, "",
			[]string{"a.sql:8:1: query Four: sqlc crashes:\npanic: "},
		},
		{
			"rows without columns",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;\n\n-- name: Two :many\nVALUES (1, 2)"}, "",
			[]string{"a.sql:5:1: query Two: what sqlc generates for it cannot be used: it is :many and its method reads no column; " +
				"sqlc knows none of a bare VALUES, which SELECT … UNION ALL SELECT … can replace"},
		},
		{
			"a slice for PostgreSQL",
			[]string{"a.sql", "-- name: One :exec\nUPDATE links SET note = ?"}, "overrides: [{column: links.note, go_type: {type: string, slice: true}}]",
			[]string{"a.sql:2:1: query One: what sqlc generates for it cannot be used: it binds pq.Array(note), which is for PostgreSQL: an override has given the parameter a slice for its type"},
		},
		{
			"no queries",
			[]string{"a.sql", "-- nothing\n;"}, "",
			[]string{"there are no queries for internal/db, and without any sqlc generates nothing\n\tfix: write one into a file under \"queries\", or have those of the tables generated, without crud: false"},
		},
		{
			"names of files",
			[]string{".a.sql", "SELECT 1", "a.down.sql", "SELECT 2"}, "",
			[]string{
				".a.sql: sqlc passes over a file of this name\n\tfix: give it a name that ends in .sql, does not begin with a dot and does not end in .down.sql",
				"a.down.sql: sqlc passes over a file of this name",
				"there are no queries for internal/db",
			},
		},
		{
			"bytes that are no characters",
			[]string{"a.sql", "SELECT 'a',\n '\xff';"}, "",
			[]string{"a.sql:2:3: this is not valid UTF-8\n\tfix: save the file as UTF-8", "there are no queries"},
		},
		{
			"names that Go cannot have",
			[]string{
				"a.sql", "-- name: One :one\nSELECT id AS \"a b\" FROM users;\n-- name: Two :one\nSELECT 2;\n" +
					"-- name: Three :many\nSELECT id FROM users WHERE name = sqlc.arg('first name');",
				"b.sql", "-- name: Four :one\nSELECT 4;",
			},
			"",
			[]string{
				"a.sql:2:1: query One: what sqlc generates for it is no Go: expected ';', found int64: var a b int64\n" +
					"\tfix: give the result columns and parameters names that Go can have, as in AS total and sqlc.arg(total)",
				"a.sql:6:1: query Three: what sqlc generates for it is no Go: missing ',' in parameter list: ",
			},
		},
		{
			"a name that is no letter",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;\n-- name: Two :one\nSELECT id AS \"€\" FROM users;"}, "",
			[]string{"a.sql:4:1: query Two: what sqlc generates for it is no Go: illegal character U+20AC '€': var € int64"},
		},
		{
			"a type that is no Go",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;"}, "overrides: [{db_type: TEXT, go_type: {type: my name}}]",
			[]string{"sqlc: package db: what it generates is no Go: expected ';', found name: Name my name"},
		},
		{
			"the names of sqlc's own variables",
			[]string{"a.sql", "-- name: One :many\nSELECT id FROM users WHERE name = @rows;"}, "",
			[]string{"a.sql:2:1: query One: what sqlc generates for it cannot be used: its parameter or column rows has the name of a variable in sqlc's method\n" +
				"\tfix: give it another name, as in sqlc.arg(rows_value) or AS rows_value"},
		},
		{
			"the names of sqlc's own parameters",
			[]string{"a.sql", "-- name: One :exec\nDELETE FROM users WHERE name = @ctx;\n-- name: Two :exec\nDELETE FROM links WHERE slug = @ctx;"}, "",
			[]string{
				"a.sql:2:1: query One: what sqlc generates for it cannot be used: its parameter or column ctx has the name of a variable in sqlc's method",
				"a.sql:4:1: query Two: what sqlc generates for it cannot be used: its parameter or column ctx has the name of a variable in sqlc's method",
			},
		},
		{
			"the names of sqlc's own rows",
			[]string{"a.sql", "-- name: One :many\nSELECT id AS items FROM users;"}, "",
			[]string{"a.sql:2:1: query One: what sqlc generates for it cannot be used: its parameter or column items has the name of a variable in sqlc's method"},
		},
		{
			"options",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;"}, "emit_methods_with_db_argument: true, emit_prepared_queries: true",
			[]string{"sqlc: package db: error generating code: invalid options: emit_methods_with_db_argument and emit_prepared_queries options are mutually exclusive"},
		},
		{
			"the configuration",
			[]string{"a.sql", "-- name: One :one\nSELECT 1;"}, "nonsense: 1",
			[]string{"sqlc: error parsing sqlc.yaml: yaml: unmarshal errors:\n  line 6: field nonsense not found in type opts.Options"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, block(t, ddl, tt.queries...), tt.options)
			var problems diag.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("Run: %v, want problems", err)
			}
			if !errors.Is(err, sqlc.ErrRefused) {
				t.Errorf("%v does not wrap ErrRefused", err)
			}
			for i, p := range problems {
				if i >= len(tt.want) || !strings.HasPrefix(p.Error(), tt.want[i]) {
					t.Errorf("problem %d: %v", i, p)
				}
			}
			if len(problems) < len(tt.want) {
				t.Errorf("want %q", tt.want[len(problems):])
			}
		})
	}
}

// TestSpelling: a query finds tables and columns in whatever case and quotes,
// as in SQLite. The SQL that runs has the names in one spelling.
func TestSpelling(t *testing.T) {
	b := block(t, `CREATE TABLE Users (UserID INTEGER PRIMARY KEY, Name TEXT); CREATE TABLE [Link] ([LinkId] INT, "ownerId" INT)`,
		"q.sql", `-- name: One :many
SELECT [U].[USERID], name FROM "USERS" AS u WHERE "UserID" = @UserID;
-- name: Two :many
SELECT LinkId, OwnerId FROM link JOIN users ON users.userid = [link].[Ownerid];
-- name: Three :many
SELECT * FROM `+"`link`"+` ORDER BY LinkId;
-- name: Four :many
SELECT [LinkId], nosuch FROM [Link];
`)
	_, err := run(t, b, "")
	if want := `q.sql:8:18: query Four: sqlc: column "nosuch" does not exist`; err == nil || err.Error() != want {
		t.Fatalf("Run: %v, want %s", err, want)
	}
	b.Queries[0].Content = b.Queries[0].Content[:strings.Index(string(b.Queries[0].Content), "-- name: Four")]
	p := mustRun(t, b, "")
	var got []string
	for _, m := range p.Queries {
		got = append(got, fields(m.Scan)+": "+m.SQL)
	}
	want := []string{
		"Userid int64; Name sql.NullString: -- name: One :many\nSELECT \"u\".\"userid\", name FROM \"users\" AS u WHERE \"userid\" = ?1\n",
		"LinkId sql.NullInt64; OwnerId sql.NullInt64: -- name: Three :many\nSELECT LinkId, ownerId FROM \"Link\" ORDER BY \"LinkId\"\n",
		"LinkId sql.NullInt64; OwnerId sql.NullInt64: -- name: Two :many\nSELECT \"LinkId\", \"ownerId\" FROM \"Link\" JOIN users ON users.userid = \"Link\".\"ownerId\"\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestViewsThatSQLCCannotRead: they are tables to it, and views of them views.
func TestViewsThatSQLCCannotRead(t *testing.T) {
	b := block(t, ddl+`
		CREATE VIEW n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3) SELECT i, u.name FROM c, users AS u;
		CREATE VIEW a_reads_n AS SELECT n.name, count(*) AS c FROM n GROUP BY n.name;
		CREATE VIEW "m m" AS SELECT j.value, links.price FROM links, json_each(links.note) AS j`,
		"q.sql", "-- name: N :many\nSELECT * FROM n;\n-- name: R :many\nSELECT * FROM a_reads_n;\n-- name: M :many\nSELECT price FROM \"m m\"")
	var got []string
	for _, m := range mustRun(t, b, "").Models {
		got = append(got, structText(m))
	}
	want := []string{
		"AReadsN {Name sql.NullString; C int64}",
		"Active {Name string; Links int64}",
		"Doc {Title string; Body string}",
		"Link {ID int64; UserID int64; Slug string; Note sql.NullString; Price sql.NullFloat64}",
		"MM {Value interface{}; Price sql.NullFloat64}",
		"N {I interface{}; Name sql.NullString}",
		"User {ID int64; Name string; Order sql.NullInt64}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestBlocks: what one block is generated from does not reach another.
func TestBlocks(t *testing.T) {
	one := block(t, "CREATE TABLE t (id INTEGER PRIMARY KEY)", "q.sql", "-- name: Get :one\nSELECT * FROM t")
	two := block(t, "CREATE TABLE t (id TEXT)", "q.sql", "-- name: Get :one\nSELECT * FROM t")
	packages, err := sqlc.Run(t.Context(), []sqlc.Block{one, two}, config("", "emit_pointers_for_null_types: true"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"int64", "*string"} {
		if got := packages[i].Queries[0].Row; got != want {
			t.Errorf("block %d: Get returns %s, want %s", i, got, want)
		}
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("SQLCDEBUG", "dumpast=1,trace=/nonexistent/trace")
	t.Setenv("SQLC_AUTH_TOKEN", "x")
	mustRun(t, block(t, ddl, "q.sql", "-- name: One :one\nSELECT 1"), "")
}

func TestTemporaryFolderThatIsAPattern(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a[b]")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	_, err := run(t, block(t, ddl, "q.sql", "-- name: One :one\nSELECT 1"), "")
	if err == nil || !strings.Contains(err.Error(), "set TMPDIR") {
		t.Errorf("Run: %v", err)
	}
}

func TestConfigError(t *testing.T) {
	_, err := sqlc.Run(t.Context(), []sqlc.Block{block(t, ddl, "q.sql", "-- name: One :one\nSELECT 1")},
		func(func(int) (string, []string, string)) ([]byte, error) { return nil, os.ErrInvalid })
	if !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Run: %v, want %v", err, os.ErrInvalid)
	}
}

// TestRelease: v131 is about the release that is linked. Another one needs a folder
// of its own beside it, see release.go.
func TestRelease(t *testing.T) {
	p := mustRun(t, block(t, "CREATE TABLE t (id INTEGER PRIMARY KEY);", "q.sql", "-- name: One :one\nSELECT id FROM t;\n"), "")
	for name, content := range p.Files {
		if !strings.Contains(string(content), "\n//   sqlc v1.31.1\n") {
			t.Errorf("%s is of another release:\n%.200s", name, content)
		}
	}
}
