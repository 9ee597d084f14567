package query_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
)

func TestMain(m *testing.M) { sqlctest.Main(m) }

// parsed are files that sqlc reads as well, and what is in them.
var parsed = []struct {
	name, content string
	want          []*query.Query
}{
	{"several", "-- name: GetLink :one\nSELECT 1;\n\n-- name: Tick :exec\nDELETE FROM t;\n", []*query.Query{
		{Name: "GetLink", Cmd: ":one", Line: 1, Text: "SELECT 1", SQLLine: 2, SQLCol: 1},
		{Name: "Tick", Cmd: ":exec", Line: 4, Text: "DELETE FROM t", SQLLine: 5, SQLCol: 1},
	}},
	{"comments", "-- Of links.\n/* More\nof them. */\n-- name: A :many\n-- gets\n\nSELECT a -- c\n  FROM t /* d */ -- e\n-- f\n;\n-- the end\n", []*query.Query{
		{Name: "A", Cmd: ":many", Line: 4, Text: "SELECT a -- c\n  FROM t", SQLLine: 7, SQLCol: 1},
	}},
	{"the other comment", "/* name: A :execrows */\nDELETE FROM t", []*query.Query{
		{Name: "A", Cmd: ":execrows", Line: 1, Text: "DELETE FROM t", SQLLine: 2, SQLCol: 1},
	}},
	{"carriage returns", "-- name: A :one\r\n-- b\r\nSELECT 1\r\nLIMIT 1;\r\n\r\n-- name: B :one\r\nSELECT 2;\r\n", []*query.Query{
		{Name: "A", Cmd: ":one", Line: 1, Text: "SELECT 1\r\nLIMIT 1", SQLLine: 3, SQLCol: 1},
		{Name: "B", Cmd: ":one", Line: 6, Text: "SELECT 2", SQLLine: 7, SQLCol: 1},
	}},
	{"blanks behind", "-- name: A :one  \t\nSELECT 1;", []*query.Query{{Name: "A", Cmd: ":one", Line: 1, Text: "SELECT 1", SQLLine: 2, SQLCol: 1}}},
	{"semicolons that end nothing", "-- name: A :one\nSELECT ';' AS \"b\" -- c;d\n/* e;f */;\n", []*query.Query{
		{Name: "A", Cmd: ":one", Line: 1, Text: "SELECT ';' AS \"b\"", SQLLine: 2, SQLCol: 1},
	}},
	{"names that are none", "-- The name: first.\n  -- name: B :one\n-- name: A :one\nSELECT a -- name: C :one\nFROM t WHERE a <> '\n/* name: D :one */\n';", []*query.Query{
		{Name: "A", Cmd: ":one", Line: 3, Text: "SELECT a -- name: C :one\nFROM t WHERE a <> '\n/* name: D :one */\n'", SQLLine: 4, SQLCol: 1},
	}},
	{"what is allowed", "-- drey:allow tenant: the sweep is everybody's\n-- name: A :exec\n--drey:allow tenant:  and so on \nDELETE FROM t;\n", []*query.Query{
		{Name: "A", Cmd: ":exec", Line: 2, Text: "DELETE FROM t", SQLLine: 4, SQLCol: 1,
			Allowed: []query.Allowed{{Rule: "tenant", Reason: "the sweep is everybody's", Line: 1}, {Rule: "tenant", Reason: "and so on", Line: 3}}},
	}},
	{"every command", "-- name: A :execresult\nDELETE FROM t;\n-- name: B :execlastid\nDELETE FROM t;\n", []*query.Query{
		{Name: "A", Cmd: ":execresult", Line: 1, Text: "DELETE FROM t", SQLLine: 2, SQLCol: 1},
		{Name: "B", Cmd: ":execlastid", Line: 3, Text: "DELETE FROM t", SQLLine: 4, SQLCol: 1},
	}},
}

func TestParse(t *testing.T) {
	for _, tt := range parsed {
		for _, q := range tt.want {
			q.File = "sql/a.sql"
		}
		got, err := query.Parse("sql/a.sql", []byte(tt.content))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	for _, content := range []string{"", ";;\n", "-- nothing\n/* here */\n;", "\ufeff"} {
		if got, err := query.Parse("a.sql", []byte(content)); err != nil || got != nil {
			t.Errorf("Parse(%q) = %v, %v, want nothing", content, got, err)
		}
	}
}

// TestSameNamesAsSQLC has sqlc read the files.
func TestSameNamesAsSQLC(t *testing.T) {
	constant := regexp.MustCompile("(?m)^const \\w+ = `-- name: (\\w+) (:\\w+)$")
	for _, tt := range parsed {
		dir := sqlctest.Generate(t, map[string]string{
			"sqlc.yaml":  `{version: "2", sql: [{engine: sqlite, schema: schema.sql, queries: q.sql, gen: {go: {out: db}}}]}`,
			"schema.sql": "CREATE TABLE t (a TEXT);",
			"q.sql":      tt.content,
		})
		code, err := os.ReadFile(filepath.Join(dir, "db", "q.sql.go"))
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, m := range constant.FindAllStringSubmatch(string(code), -1) {
			got = append(got, m[1]+" "+m[2])
		}
		for _, q := range tt.want {
			want = append(want, q.Name+" "+q.Cmd)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +sqlc):\n%s", tt.name, diff)
		}
	}
}

func TestProblems(t *testing.T) {
	const (
		nameIt    = "\n\tfix: put a line like \"-- name: GetLink :one\" above it, or remove it"
		writeName = "\n\tfix: write it as in \"-- name: GetLink :one\", with single spaces and nothing else on the line"
		commands  = ":one, :many, :exec, :execrows, :execresult, :execlastid"
	)
	for _, tt := range []struct{ name, content, want string }{
		{"no name", "SELECT 1;\n-- c\nSELECT\n2;", "a.sql:1:1: the statement has no name, so sqlc drops it" + nameIt +
			"\na.sql:3:1: the statement has no name, so sqlc drops it" + nameIt},
		{"a second statement", "-- name: A :one\nSELECT 1; SELECT 2;", "a.sql:2:11: the statement has no name, so sqlc drops it" + nameIt},
		{"an indented name", " -- name: A :one\nSELECT 1;", "a.sql:1:2: sqlc does not see this name, because it does not begin its line\n\tfix: put it at the beginning of a line of its own, above the statement"},
		{"a name behind a statement", "-- name: A :one\nSELECT 1; -- name: B :one\nSELECT 2;", "a.sql:2:11: sqlc does not see this name, because it does not begin its line\n\tfix: put it at the beginning of a line of its own, above the statement"},
		{"a name in a comment", "/* Once\n-- name: Old :one\n*/\n-- name: A :one\nSELECT 1;", "a.sql:2:1: sqlc takes this line for the name of the query below, although it is within a comment\n\tfix: indent the line, or remove it"},
		{"a name in a statement", "SELECT 1\n-- name: A :one\n;", "a.sql:2:1: query A: the name stands within a statement\n\tfix: end the statement before with a semicolon, or put the name above its statement"},
		{"no semicolon", "-- name: A :one\nSELECT 1\n-- name: B :one\nSELECT 2;", "a.sql:3:1: the statement of A goes on above this name\n\tfix: end it with a semicolon"},
		{"no statement", "-- name: A :one\n-- name: B :one\nSELECT 2;\n-- name: C :one\n;", "a.sql:1:1: query A: there is no statement under the name\n\tfix: write the statement below" +
			"\na.sql:4:1: query C: there is no statement under the name\n\tfix: write the statement below"},

		{"two spaces", "-- name: A  :one\nSELECT 1;", "a.sql:1:1: sqlc cannot read this name" + writeName},
		{"a tab", "--\tname: A :one\nSELECT 1;", "a.sql:1:1: sqlc cannot read this name" + writeName},
		{"a sentence", "-- names: two of them\n-- name: A :one\nSELECT 1;", "a.sql:1:1: sqlc cannot read this name" + writeName},
		{"a statement on the line", "/* name: A :one */ SELECT 1;", "a.sql:1:1: sqlc cannot read this name" + writeName},
		{"more on the line", "-- name: A :one -- of all\nSELECT 1;", "a.sql:1:1: sqlc cannot read this name" + writeName},
		{"no command", "-- name: A\nSELECT 1;\n/* name: B */\nSELECT 2;", "a.sql:1:1: query A: the query has no command\n\tfix: add one of " + commands +
			"\na.sql:3:1: query B: the query has no command\n\tfix: add one of " + commands},
		{"no name but a command", "-- name: :one\nSELECT 1;", "a.sql:1:1: sqlc cannot read this name" + writeName},
		{"another command", "-- name: A :copyfrom\nSELECT 1;", "a.sql:1:1: query A: :copyfrom is no command for SQLite\n\tfix: use one of " + commands},
		{"no identifier", "-- name: Get-Link :one\nSELECT 1;", "a.sql:1:1: \"Get-Link\" is no name for a Go method\n\tfix: use letters, digits and underscores, beginning with a capital letter"},
		{"a keyword", "-- name: func :one\nSELECT 1;", "a.sql:1:1: \"func\" is no name for a Go method\n\tfix: use letters, digits and underscores, beginning with a capital letter"},

		{"a string without end", "-- name: A :one\nSELECT 'a;\n\nand b;\n", "a.sql:2:8: SQLite cannot read \"'a;\\n\\nand b;\\n\"\n\tfix: close the string or comment that begins here, or remove the character"},
		{"another comment", "# name: A :one\nSELECT 1;", "a.sql:1:1: SQLite cannot read \"#\"\n\tfix: close the string or comment that begins here, or remove the character"},
		{"no UTF-8", "-- name: A :one\nSELECT 'ä\xe4';", "a.sql:2:11: the file is not UTF-8\n\tfix: save the file as UTF-8"},
		{"a NUL byte", "-- name: A :one\nSELECT \x001;", "a.sql:2:8: the file has a NUL byte: SQLite stops reading there\n\tfix: remove it"},
	} {
		queries, err := query.Parse("a.sql", []byte(tt.content))
		if err == nil {
			t.Errorf("%s: Parse has nothing to say, and %d queries", tt.name, len(queries))
			continue
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestByteOrderMark: sqlc would not find the first name after one. drey stages
// the file without it.
func TestByteOrderMark(t *testing.T) {
	got, err := query.Parse("a.sql", []byte("\ufeff-- name: A :one\nSELECT 1;"))
	if err != nil || len(got) != 1 || got[0].Name != "A" || got[0].Line != 1 || got[0].SQLLine != 2 {
		t.Errorf("Parse = %v, %v", got, err)
	}
}

// FuzzParse: whatever is read stands where it is said to stand, and reads the
// same alone.
func FuzzParse(f *testing.F) {
	for _, tt := range parsed {
		f.Add(tt.content)
	}
	f.Add("-- name: B :many\nSELECT a FROM t WHERE /* drey:where t */ TRUE; -- drey:where t")
	f.Add("\ufeff/* a\n-- name: B :one\n*/ SELECT 'x'; -- name: C :many\nSELECT [a;b];\n")
	f.Fuzz(func(t *testing.T, content string) {
		queries, err := query.Parse("a.sql", []byte(content))
		lines := strings.Split(content, "\n")
		for _, q := range queries {
			if heading := strings.TrimPrefix(lines[q.Line-1], "\ufeff"); !strings.HasPrefix(heading, "-- name: "+q.Name+" "+q.Cmd) && !strings.HasPrefix(heading, "/* name: "+q.Name+" "+q.Cmd+" */") {
				t.Errorf("%s is not on line %d of %q", q.Name, q.Line, content)
			}
			if rest := strings.Join(lines[q.SQLLine-1:], "\n"); !strings.Contains(rest, q.Text) || q.SQLLine <= q.Line {
				t.Errorf("the statement of %s is not on line %d of %q", q.Name, q.SQLLine, content)
			}
			for _, p := range query.Read(q.Text).Places {
				if !strings.EqualFold(q.Text[p.Start:p.Start+4], "TRUE") || p.Name == "" {
					t.Errorf("%v is not a place of %q", p, q.Text)
				}
			}
			if strings.HasSuffix(q.Text, "/*") {
				continue // which is a comment where anything follows
			}
			again, err := query.Parse("a.sql", []byte("-- name: "+q.Name+" "+q.Cmd+"\n"+q.Text+";"))
			if err != nil || len(again) != 1 || again[0].Text != q.Text || again[0].Name != q.Name {
				t.Errorf("%s alone: %v, %v", q.Name, again, err)
			}
		}
		if err != nil && !strings.HasPrefix(err.Error(), "a.sql:") {
			t.Errorf("no place: %v", err)
		}
	})
}
