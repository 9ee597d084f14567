package generate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/version"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// planted is a project of two tables, and what a case adds to it.
var planted = map[string]string{
	"sqlc.yaml": `version: "2"
sql:
  - engine: sqlite
    schema: migrations
    queries: sql
    gen:
      go:
        package: db
        out: db
        overrides: [OVERRIDES]
OPTIONS`,
	"migrations/00001_a.sql": `-- +goose Up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL DEFAULT 0);
CREATE TABLE links (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), url TEXT NOT NULL);
`,
	"sql/a.sql": "-- name: Names :many\nSELECT name FROM users;\n",
}

// override has the column name's type written in that way.
func override(goType string) map[string]string {
	return map[string]string{"OVERRIDES": `{column: users.name, go_type: ` + goType + `}`}
}

func with(maps ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range maps {
		for name, content := range m {
			all[name] = content
		}
	}
	return all
}

// TestVerdict: drey says that a package is fine where go vet does, and nowhere
// else. What drey says names the place, and what to do.
func TestVerdict(t *testing.T) {
	money := map[string]string{"money/money.go": "package money\n\ntype Cents string\n\ntype hidden string\n\nvar Euro Cents\n"}
	for i, test := range []struct {
		name  string
		files map[string]string
		goMod string   // what is done with it, see plant
		env   []string // NAME=value
		want  []string // in what drey says, none if it generates
		said  string   // in drey's notes
	}{
		{name: "nothing of their own"},
		{name: "a function of their own", files: map[string]string{"db/a.go": "package db\n\nfunc Fee(u User) int64 { return u.Price }\n"}},
		{name: "a file that names no package", files: map[string]string{"db/a.go": "package db\n\nfunc Fee(q *Queries) { q.GetUser() }\n"},
			want: []string{"db/a.go:3:34: not enough arguments in call to q.GetUser", "nothing has been written"}},
		{name: "a method that is not there", files: map[string]string{"db/a.go": "package db\n\nfunc Fee(q *Queries) { q.GetUsr() }\n"},
			want: []string{"db/a.go:3:26: q.GetUsr undefined"}},
		{name: "Migrate gives way", files: map[string]string{"db/a.go": "package db\n\nfunc Migrate() {}\n"},
			said: "Migrate is declared in db/a.go:3, so drey's own is called DreyMigrate"},
		{name: "a name within gives way", files: map[string]string{"db/a.go": "package db\n\nvar newQuery, statements, quote = 1, 2, 3\n"}},
		{name: "a helper of a test gives no other name to Migrate", files: map[string]string{"db/a_test.go": "package db\n\nfunc Migrate() {}\n"},
			want: []string{"db/a_test.go:3:6: Migrate is declared here, and generated at db/drey_sqlite.go:"}},
		{name: "names of imports", files: map[string]string{"db/a.go": "package db\n\nfunc slices() {}\n\nfunc squirrel() {}\n"}},
		{name: "a name that sqlc imports", files: map[string]string{"db/a.go": "package db\n\nfunc context() {}\n"},
			want: []string{"db/a.go:3:6: context is declared here, and generated at db/"}},
		{name: "a type of sqlc's", files: map[string]string{"db/a.go": "package db\n\ntype User struct{}\n"},
			want: []string{"db/a.go:3:6: User is declared here, and generated at db/models.go:", "gen.go.rename"}},
		{name: "a method of sqlc's", files: map[string]string{"db/a.go": "package db\n\nfunc (q *Queries) Names() {}\n"},
			want: []string{"db/a.go:3:19: Queries.Names is declared here, and generated at db/a.sql.go:", "or the query"}},
		{name: "a method of drey's", files: map[string]string{"db/a.go": "package db\n\nfunc (c *Client) Snapshot() {}\n"},
			want: []string{"db/a.go:3:18: Client.Snapshot is declared here, and generated at db/drey_client.go:"}},
		{name: "a name of the runtime's", files: map[string]string{"db/a_test.go": "package db\n\nvar _ = Not\n"},
			want: []string{"db/a_test.go:3:9: undefined: Not", "if drey.Not is meant: drey lint --fix ./... renames it"}},
		{name: "a source's name gives way", files: map[string]string{"db/a.go": "package db\n\ntype UsersSource struct{}\n"}},
		{name: "another platform's file", files: map[string]string{"db/a_windows.go": "package db\n\nfunc (q *Queries) Names() {}\n"}},
		{name: "a build tag that is off", files: map[string]string{"db/a.go": "//go:build integration\n\npackage db\n\nfunc (q *Queries) Names() {}\n"}},
		{name: "a build tag that is on", files: map[string]string{"db/a.go": "//go:build integration\n\npackage db\n\nfunc (q *Queries) Names() {}\n"},
			env: []string{"GOFLAGS=-tags=integration"}, want: []string{"db/a.go:5:19: Queries.Names is declared here"}},
		{name: "a file that is ignored", files: map[string]string{"db/a.go": "//go:build ignore\n\npackage main\n\nfunc Migrate() {}\n"}},
		{name: "another package", files: map[string]string{"db/a.go": "package store\n"},
			want: []string{"db/a.go: this file is of package store, and what is generated beside it of package db", "or call the generated package so: package: store"}},
		{name: "no Go", files: map[string]string{"db/a.go": "package db\n\nfunc {\n"},
			want: []string{"db/a.go:3:6: expected 'IDENT'"}},
		{name: "no Go in a test", files: map[string]string{"db/a_test.go": "package db\n\nfunc {\n"},
			want: []string{"db/a_test.go:3:6: expected 'IDENT'"}},
		{name: "cgo, without it", files: map[string]string{"db/a.go": "package db\n\nimport \"C\"\n\nfunc (q *Queries) Names() {}\n"}, env: []string{"CGO_ENABLED=0"}},
		{name: "a test", files: map[string]string{"db/a_test.go": "package db\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { _ = New(nil) }\n"}},
		{name: "a test of what is gone", files: map[string]string{"db/a_test.go": "package db\n\nvar _ = (*Queries).Gone\n"},
			want: []string{"db/a_test.go:3:20: (*Queries).Gone undefined"}},
		{name: "an external test", files: map[string]string{"db/a_test.go": "package db_test\n\nimport \"example.com/planted/db\"\n\nvar _ = db.New\n\nfunc Migrate() {}\n"}},
		{name: "an external test of what is gone", files: map[string]string{"db/a_test.go": "package db_test\n\nimport \"example.com/planted/db\"\n\nvar _ = db.Gone\n"},
			want: []string{"db/a_test.go:5:12: undefined: db.Gone"}},
		{name: "an external test with a package that imports this one", files: map[string]string{
			"app/app.go":   "package app\n\nimport \"example.com/planted/db\"\n\nfunc Run(*db.Queries) {}\n",
			"db/a_test.go": "package db_test\n\nimport (\n\t\"example.com/planted/app\"\n\t\"example.com/planted/db\"\n)\n\nvar _ = func() { app.Run(db.New(nil)) }\n"}},
		{name: "an embedded file that is missing", files: map[string]string{"db/a.go": "package db\n\nimport _ \"embed\"\n\n//go:embed a.txt\nvar text string\n"},
			want: []string{"db/a.go:5:12: pattern a.txt: no matching files found"}},
		{name: "an import that is missing", files: map[string]string{"db/a.go": "package db\n\nimport _ \"github.com/no/such\"\n"},
			want: []string{"go.mod: package db imports github.com/no/such, which this module does not have", "go get github.com/no/such"}},
		{name: "an import cycle", files: map[string]string{"db/a.go": "package db\n\nimport _ \"example.com/planted/app\"\n", "app/app.go": "package app\n\nimport _ \"example.com/planted/db\"\n"},
			want: []string{"import cycle not allowed"}},
		{name: "an import that does not compile", files: map[string]string{"db/a.go": "package db\n\nimport _ \"example.com/planted/app\"\n", "app/app.go": "package app\n\nvar a string = 1\n"},
			want: []string{"app/app.go:3:16"}},

		{name: "a type from a package", files: with(money, override(`"example.com/planted/money.Cents"`))},
		{name: "a type in this package", files: with(override(`{type: Cents}`), map[string]string{"db/a.go": "package db\n\ntype Cents string\n"})},
		{name: "a type that is not in this package", files: override(`{type: Cents}`), want: []string{"undefined: Cents"}},
		{name: "no such package in this module", files: override(`"example.com/planted/money.Cents"`),
			want: []string{"sqlc.yaml:10: go_type: ", "example.com/planted/money", "create the package"}},
		{name: "no such type", files: with(money, override(`"example.com/planted/money.Euros"`)),
			want: []string{"sqlc.yaml:10: go_type: the package example.com/planted/money has no type Euros"}},
		{name: "a variable for a type", files: with(money, override(`"example.com/planted/money.Euro"`)),
			want: []string{"sqlc.yaml:10: go_type: the package example.com/planted/money has no type Euro"}},
		{name: "a type that is not exported", files: with(money, override(`"example.com/planted/money.hidden"`)),
			want: []string{"sqlc.yaml:10: go_type: example.com/planted/money.hidden is not exported"}},
		{name: "a package of another name", files: with(override(`"example.com/planted/coins.Cents"`), map[string]string{"coins/a.go": "package money\n\ntype Cents string\n"}),
			want: []string{"sqlc.yaml:10: go_type: the package example.com/planted/coins is called money, not coins", `{import: "example.com/planted/coins", package: "money", type: "Cents"}`}},
		{name: "a package of another name, named", files: with(override(`{import: "example.com/planted/coins", package: "money", type: "Cents"}`), map[string]string{"coins/a.go": "package money\n\ntype Cents string\n"})},
		{name: "a major version as a name", files: with(override(`"example.com/planted/money/v2.Cents"`), map[string]string{"money/v2/a.go": "package money\n\ntype Cents string\n"}),
			want: []string{"sqlc.yaml:10: go_type: the package example.com/planted/money/v2 is called money, not v2"}},
		{name: "a major version, taken apart", files: with(override(`{import: "example.com/planted/money/v2", type: Cents}`), map[string]string{"money/v2/a.go": "package money\n\ntype Cents string\n"})},
		{name: "a version behind a dot", files: with(override(`"example.com/planted/money.v3.Cents"`), map[string]string{"money.v3/a.go": "package money\n\ntype Cents string\n"}),
			want: []string{"sqlc.yaml:10: go_type: sqlc calls the package money.v3", `{import: "example.com/planted/money.v3", package: "money", type: "Cents"}`}},
		{name: "a standard package by half", files: override(`"sql.NullString"`), want: []string{"sqlc.yaml:10: go_type: sqlc imports both database/sql and sql as sql"}},
		{name: "an internal package of others", files: override(`"golang.org/x/mod/internal/lazyregexp.Regexp"`), want: []string{"sqlc.yaml:10: go_type: use of internal package golang.org/x/mod/internal/lazyregexp not allowed"}},
		{name: "an internal package of their own", files: with(override(`"example.com/planted/db/internal/money.Cents"`), map[string]string{"db/internal/money/a.go": "package money\n\ntype Cents string\n"})},
		{name: "an override that imports this package", files: with(override(`"example.com/planted/app.Cents"`), map[string]string{"app/a.go": "package app\n\nimport _ \"example.com/planted/db\"\n\ntype Cents string\n"}),
			want: []string{"sqlc.yaml:10: go_type: example.com/planted/app imports example.com/planted/db"}},
		{name: "a package with the name of one of sqlc's", files: with(override(`"example.com/planted/context.Cents"`), map[string]string{"context/a.go": "package context\n\ntype Cents string\n"}),
			want: []string{"sqlc.yaml:10: go_type: sqlc imports both context and example.com/planted/context as context", `{import: "example.com/planted/context", package: "context2", type: "Cents"}`}},
		{name: "a package with the name of one of drey's", files: with(override(`"example.com/planted/squirrel.Cents"`), map[string]string{"squirrel/a.go": "package squirrel\n\ntype Cents string\n"})},
		{name: "two packages of one name", files: with(
			map[string]string{"OVERRIDES": `{column: users.name, go_type: example.com/planted/a/money.Cents}, {column: links.url, go_type: example.com/planted/b/money.Cents}`},
			map[string]string{"a/money/a.go": "package money\n\ntype Cents string\n", "b/money/a.go": "package money\n\ntype Cents string\n"}),
			want: []string{"sqlc.yaml:10: go_type: sqlc imports both example.com/planted/a/money and example.com/planted/b/money as money"}},
		{name: "a function with the name of an override's package", files: with(money, override(`"example.com/planted/money.Cents"`), map[string]string{"db/a.go": "package db\n\nfunc money() {}\n"}),
			want: []string{"db/a.go:3:6: money is declared here, and generated at db/"}},

		{name: "no squirrel", goMod: "no Masterminds/squirrel", want: []string{"go.mod: package db imports github.com/Masterminds/squirrel, which this module does not have", "fix: go get github.com/Masterminds/squirrel@v1."}},
		{name: "a driver that only others require", goMod: "no (?:Masterminds/squirrel|modernc.org/sqlite) ",
			want: []string{"go.mod: package db imports", "fix: go get github.com/Masterminds/squirrel@v1.5.4 modernc.org/sqlite@v1."}},
		{name: "nothing", goMod: "empty", want: []string{"go.mod: package db imports github.com/Masterminds/squirrel and modernc.org/sqlite, which this module does not have", "fix: go get github.com/Masterminds/squirrel@v1.5.4 modernc.org/sqlite@v1."}},
		{name: "nothing, of an old Go", goMod: "empty old", want: []string{"go get"}},
		{name: "no go.sum", goMod: "no sum", want: []string{"go get"}},
		{name: "a module that cannot be had", goMod: "lost", env: []string{"GOPROXY=off", "GOFLAGS=-mod=mod"}, files: map[string]string{"db/a.go": "package db\n\nimport \"example.com/lost\"\n\nvar Lost = lost.Lost\n"},
			want: []string{"go.mod: package db needs github.com/Masterminds/squirrel and modernc.org/sqlite and modernc.org/sqlite/lib, and go build refuses that: example.com/lost@v1.0.0: module lookup disabled"}},
		{name: "an old Go", goMod: "go 1.20", want: []string{"go.mod:3: package db needs Go " + strings.TrimSuffix(MinGo, ".0") + " or later, and this module is for go 1.20", "go get go@"}},
		{name: "the oldest Go", goMod: "go " + MinGo},
		{name: "the Go before it", goMod: "go 1.22.0", want: []string{"go.mod:3"}},
		{name: "a Go from the future", goMod: "go 1.99", want: []string{"go.mod: the go command can build nothing here", "1.99"}},
		{name: "no Go in go.mod", goMod: "go ", want: []string{"go.mod: package db needs Go"}},
		{name: "a go.mod that is none", goMod: "broken", want: []string{"go.mod: the go command can build nothing here"}},
		{name: "a replacement that is missing", goMod: "replace github.com/Masterminds/squirrel => ../nowhere", want: []string{"nowhere"}},
		{name: "a replacement of the driver, too old", goMod: "replace modernc.org/sqlite => ./sqlite", files: oldSQLite,
			want: []string{"go.mod: package db does not compile with the replacement of modernc.org/sqlite", "v1.52.0 or later"}},
		{name: "a vendor folder without them", goMod: "vendor", files: map[string]string{"vendor/modules.txt": "# nothing\n"}, want: []string{"go.mod: the go command can build nothing here"}},
		{name: "a folder that cannot be imported", goMod: "empty", files: map[string]string{"sqlc.yaml": "version: 2\nsql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {package: db, out: my db}}}]\n"},
			want: []string{`sqlc.yaml:2: package db cannot be imported: malformed import path "example.com/planted/my db": invalid char ' '`}},
		{name: "build tags that do not hold", goMod: "empty", files: map[string]string{"sqlc.yaml": "version: 2\nsql: [{engine: sqlite, schema: migrations, queries: sql, gen: {go: {package: db, out: db, build_tags: 'a && !b'}}}]\n"},
			want: []string{"sqlc.yaml:2: package db is built where a && !b holds", "GOFLAGS=-tags=… drey generate"}},
		{name: "a workspace", files: map[string]string{"go.work": "go 1.26.0\n\nuse .\n"}},
		{name: "a workspace without this module", files: map[string]string{"go.work": "go 1.26.0\n\nuse ./money\n", "money/go.mod": "module example.com/money\n\ngo 1.26\n"},
			want: []string{"go.mod: package db cannot be built: directory db is contained in a module that is not one of the workspace modules", "go work use ."}},
	} {
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			if len(test.env) == 0 {
				t.Parallel()
			}
			for _, e := range test.env {
				name, value, _ := strings.Cut(e, "=")
				if name == "GOFLAGS" {
					value += " " + os.Getenv(name)
				}
				t.Setenv(name, value)
			}
			dir := plant(t, test.files, test.goMod)
			before := snapshot(t, dir)
			r, err := open(Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			defer r.close()
			said := 0 // problems before the types are checked
			result, err := r.all(t.Context(), func(step string, _, _ int) {
				if step == "checking types" {
					said = len(r.problems)
				}
			})
			switch {
			case err != nil:
				if len(test.want) == 0 {
					t.Errorf("drey refuses it: %v", err)
				}
				for _, want := range test.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("drey says\n%v\nwant %s", err, want)
					}
				}
				if said == 0 { // so there may be what compiles
					if err := r.result.Write(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			default:
				if len(test.want) > 0 {
					t.Errorf("drey generates it, want %s", test.want)
				}
				if !strings.Contains(strings.Join(result.Notes, "\n"), test.said) {
					t.Errorf("the notes are %q, want %s", result.Notes, test.said)
				}
				if !maps.Equal(before, snapshot(t, dir)) {
					t.Error("it has written files")
				}
				if err := result.Write(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if out, vetErr := goVet(dir, "./db"); (vetErr == nil) != (err == nil) {
				t.Errorf("drey: %v\ngo vet: %v\n%s", err, vetErr, out)
			}
		})
	}
}

// TestScannedTypes: an override's type is refused if database/sql cannot scan into it.
func TestScannedTypes(t *testing.T) {
	good := []string{
		"string", "int8", "float32", "[]byte", "time.Time", "any", "*int64", "struct{}\n\nfunc (*T) Scan(any) error { return nil }",
		"struct{ sql.NullString }", "map[string]int\n\nfunc (T) Scan(any) error { return nil }",
	}
	bad := []string{"url.URL", "struct{ n int }", "struct{ big.Int }", "map[string]int", "[]string", "[4]byte", "func()", "chan int", "fmt.Stringer", "complex128"}
	try := func(pkg, types string, list []string) error {
		code := "package " + pkg + "\n\nimport (\n\t\"database/sql\"\n\t\"fmt\"\n\t\"math/big\"\n\t\"net/url\"\n\t\"time\"\n)\n\n" +
			"var (\n\t_ sql.NullString\n\t_ fmt.Stringer\n\t_ big.Int\n\t_ url.URL\n\t_ time.Time\n)\n"
		var columns, overrides []string
		for i, declared := range list {
			name := fmt.Sprintf("T%d", i)
			code += "\ntype " + name + " " + strings.ReplaceAll(strings.ReplaceAll(declared, "*T", "*"+name), "(T", "("+name) + "\n"
			columns = append(columns, fmt.Sprintf("c%d NOT NULL", i))
			overrides = append(overrides, fmt.Sprintf("{column: all_types.c%d, go_type: {%stype: %s}}", i, types, name))
		}
		dir := plant(t, map[string]string{
			pkg + "/types.go":        code,
			"migrations/00002_b.sql": "-- +goose Up\nCREATE TABLE all_types (id INTEGER PRIMARY KEY, " + strings.Join(columns, ", ") + ");\n",
			"OVERRIDES":              strings.Join(overrides, ", "),
		}, "")
		_, err := Run(t.Context(), Options{Dir: dir})
		return err
	}
	for pkg, types := range map[string]string{"db": "", "money": "import: example.com/planted/money, "} {
		if err := try(pkg, types, good); err != nil {
			t.Error(err)
		}
		for list := range slices.Chunk(bad, maxFailures) {
			err := try(pkg, types, list)
			if err == nil {
				t.Fatalf("no error for any of %s", list)
			}
			for i, declared := range list {
				want := fmt.Sprintf("sqlc.yaml:10: go_type: no value can be scanned into a %sT%d:", strings.Replace(pkg+".", "db.", "", 1), i)
				if !strings.Contains(err.Error(), want) {
					t.Errorf("nothing is said of %s: %v", declared, err)
				}
			}
		}
	}
}

// TestNeeded: the versions that drey asks for are those that it is tested with.
func TestNeeded(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for module, versions := range needed {
		if !strings.Contains(string(mod), "\t"+module+" "+versions.Tried+"\n") {
			t.Errorf("go.mod has another version of %s than %s", module, versions.Tried)
		}
	}
}

// oldSQLite is a driver without what the generated code needs.
var oldSQLite = map[string]string{
	"sqlite/go.mod": "module modernc.org/sqlite\n\ngo 1.16\n",
	"sqlite/sqlite.go": "package sqlite\n\ntype Backup struct{}\n\nfunc (*Backup) Step(int32) (bool, error) { return false, nil }\n\n" +
		"func (*Backup) Finish() error { return nil }\n",
	"sqlite/lib/a.go": "package sqlite3\n\nfunc Xsqlite3_interrupt(*int, uintptr) {}\n",
}

// newSQLite is a driver that has it.
var newSQLite = with(oldSQLite, map[string]string{
	"sqlite/a.go": "package sqlite\n\nimport \"database/sql/driver\"\n\nfunc (*Backup) Commit() (driver.Conn, error) { return nil, nil }\n\n" +
		"func (*Backup) PageCount() int { return 0 }\n\nfunc (*Backup) Remaining() int { return 0 }\n\n" +
		"type Error struct{ error }\n\nfunc (*Error) Code() int { return 0 }\n",
	"sqlite/lib/b.go": "package sqlite3\n\nfunc Xsqlite3_total_changes64(*int, uintptr) int64 { return 0 }\n\n" +
		"func Xsqlite3_changes64(*int, uintptr) int64 { return 0 }\n\nfunc Xsqlite3_last_insert_rowid(*int, uintptr) int64 { return 0 }\n\n" +
		"func Xsqlite3_get_autocommit(*int, uintptr) int32 { return 0 }\n",
})

var goLine = regexp.MustCompile(`(?m)^go .*$`)

// plant lays the project with its go.mod. Where that is not what the case is about, the
// runtime is the shared one.
func plant(t *testing.T, files map[string]string, goMod string) string {
	t.Helper()
	dir := t.TempDir()
	root := filepath.Join("..", "..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	mod = bytes.Replace(mod, []byte("module github.com/dreysql/drey\n"), []byte("module example.com/planted\n"), 1)
	without, omit := strings.CutPrefix(goMod, "no ")
	switch {
	case goMod == "empty":
		mod = []byte("module example.com/planted\n\ngo 1.26\n")
	case goMod == "empty old":
		mod = []byte("module example.com/planted\n\ngo 1.20\n")
	case goMod == "lost":
		mod = []byte("module example.com/planted\n\ngo 1.26\n\nrequire example.com/lost v1.0.0\n")
	case goMod == "no sum":
		sum = nil
	case goMod == "broken":
		mod = append(mod, "require nonsense\n"...)
	case omit:
		mod = regexp.MustCompile(`(?m)^.*`+without+`.*\n`).ReplaceAll(mod, nil)
	case goMod == "go ", strings.HasPrefix(goMod, "go 1.") && version.Compare("go"+goMod[3:], "go1.26") < 0:
		// The driver itself needs a newer one.
		mod = []byte("module example.com/planted\n\n" + strings.TrimSuffix(goMod, "go ") + "\n\nrequire (\n" +
			"\tgithub.com/Masterminds/squirrel v1.5.4\n\tgithub.com/lann/builder v0.0.0-20180802200727-47ae307949d0\n" +
			"\tgithub.com/lann/ps v0.0.0-20150810152359-62de8c46ede0\n\tmodernc.org/sqlite v1.62.0\n)\n\nreplace modernc.org/sqlite => ./sqlite\n")
		files = with(newSQLite, files)
	case strings.HasPrefix(goMod, "go 1."):
		mod = goLine.ReplaceAll(mod, []byte(goMod))
	case strings.HasPrefix(goMod, "replace"):
		mod = append(mod, "\n"+goMod+"\n"...)
	}
	options := ""
	if goMod == "" {
		mod = SharedModule(mod, "example.com/planted", SharedRuntime(t))
		options = "options: {drey: {runtime: " + SharedPath + "}}\n"
	}
	project := maps.Clone(planted)
	project["go.mod"], project["go.sum"] = string(mod), string(sum)
	project["sqlc.yaml"] = strings.NewReplacer("OVERRIDES", files["OVERRIDES"], "OPTIONS", options).Replace(project["sqlc.yaml"])
	for name, content := range files {
		if name != "OVERRIDES" {
			project[name] = content
		}
	}
	for name, content := range project {
		write(t, filepath.Join(dir, name), content)
	}
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// goVet has go vet judge what compiles. One of its analyzers is enough for that.
func goVet(dir string, packages ...string) (string, error) {
	cmd := exec.CommandContext(context.Background(), "go", append([]string{"vet", "-nilfunc"}, packages...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return string(out), nil
	}
	return string(out), err
}
