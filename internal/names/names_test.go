package names_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/sqlc/sqlctest"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { sqlctest.Main(m) }

// words are tables and columns whose names are not simply made singular and
// capitalised.
var words = []string{
	"links", "link_tags", "api_tokens", "users", "user", "people", "children", "men",
	"data", "Metadata", "metadata", "meta", "META", "campus", "calories", "Calories", "waves", "shock_waves",
	"news", "series", "species", "sheep", "fish", "money", "rice", "police", "equipment",
	"statuses", "aliases", "buses", "boxes", "quizzes", "indices", "matrices", "vertices", "mice", "oxen",
	"users_fts", "2fa", "_2fa", "users__x", "_private", "trailing_", "id", "ids", "user_id", "ID", "Id", "userId",
	"url", "api_url", "html_id", "order", "order date", "order-items", "a.b", "a b c", "tab\tle", "100%", "select",
	"AlbumId", "PlaylistTrack", "InvoiceLines", "x", "as", "ss", "us", "is",
}

// random returns n names of letters, digits and what SQLite allows between
// quotes, the same in each run.
func random(n int) []string {
	const alphabet = "abcdeinorstuxy_ABIDS019 -.$"
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]string, n)
	for i := range list {
		b := make([]byte, 1+r.IntN(8))
		for j := range b {
			b[j] = alphabet[r.IntN(len(alphabet))]
		}
		b[r.IntN(len(b))] = alphabet[r.IntN(13)] // of symbols alone sqlc makes no name at all
		list[i] = string(b) + "es"[:r.IntN(3)]
	}
	return list
}

func TestNamesAreSqlcs(t *testing.T) {
	tests := []struct {
		name    string
		config  string
		options names.Options
	}{
		{name: "defaults"},
		{
			name:    "exact table names",
			config:  "emit_exact_table_names: true",
			options: names.Options{ExactTableNames: true},
		},
		{
			name:    "excluded",
			config:  "inflection_exclude_table_names: [data, LINKS, waves, metadata]",
			options: names.Options{InflectionExclude: []string{"data", "LINKS", "waves", "metadata"}},
		},
		{
			name:    "initialisms",
			config:  "initialisms: [id, url, api]",
			options: names.Options{Initialisms: []string{"id", "url", "api"}},
		},
		{
			name:    "no initialisms",
			config:  "initialisms: []",
			options: names.Options{Initialisms: []string{}},
		},
		{
			name:    "renamed",
			config:  `rename: {link: ShortLink, links: Ignored, datum: Record, order date: OrderedAt, 2fa: SecondFactor}`,
			options: names.Options{Rename: map[string]string{"link": "ShortLink", "links": "Ignored", "datum": "Record", "order date": "OrderedAt", "2fa": "SecondFactor"}},
		},
	}
	tables := unique(append(words, random(300)...))
	tables = slices.DeleteFunc(tables, func(name string) bool { return (names.Options{}).Struct(name) == "" })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, want := map[string][2]string{}, structsOfSqlc(t, tables, tt.config)
			for i, table := range tables {
				got[marker(i)] = [2]string{tt.options.Struct(table), tt.options.Field(table)}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("sqlc's names (-) and these (+) by table:\n%s", diff)
			}
		})
	}
}

// structsOfSqlc returns the names of the row type and the field that sqlc gives
// to each table and a column of the same name.
func structsOfSqlc(t *testing.T, tables []string, config string) map[string][2]string {
	var ddl strings.Builder
	for i, table := range tables {
		fmt.Fprintf(&ddl, "CREATE TABLE %s (%s INTEGER, %s TEXT);\n", sqltext.Quote(table), marker(i), sqltext.Quote(table))
	}
	dir := sqlctest.Generate(t, map[string]string{
		"schema.sql":  ddl.String(),
		"queries.sql": "-- name: One :one\nSELECT 1;\n",
		"sqlc.yaml": `version: "2"
sql:
  - engine: sqlite
    schema: schema.sql
    queries: queries.sql
    gen:
      go:
        package: db
        out: db
        ` + config + "\n",
	})
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "db", "models.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][2]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		fields := spec.Type.(*ast.StructType).Fields.List
		found[fields[0].Names[0].Name] = [2]string{spec.Name.Name, fields[1].Names[0].Name}
		return false
	})
	return found
}

// marker is the field, and the column, that tells which table a struct is of.
func marker(i int) string { return fmt.Sprintf("Marker%d", i) }

func unique(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if key := strings.ToLower(s); !seen[key] {
			seen[key] = true
			out = append(out, s)
		}
	}
	return out
}

// TestNoName: of some names sqlc makes no name at all, and so no valid Go.
func TestNoName(t *testing.T) {
	for _, table := range []string{"s", "-", "_", "__s", ""} {
		if got := (names.Options{}).Struct(table); got != "" {
			t.Errorf("%q: have %q", table, got)
		}
	}
}

func TestPlural(t *testing.T) {
	want := map[string]string{
		"Link": "Links", "LinkTag": "LinkTags", "Links": "Links", "T": "Ts",
		"API": "APIs", "UserID": "UserIDs", "APIToken": "APITokens",
		"Category": "Categories", "Status": "Statuses", "Box": "Boxes", "Quiz": "Quizzes",
		"Person": "People", "SalesPerson": "SalesPeople", "Datum": "Data",
		"News": "News", "Sheep": "Sheep", "Series": "Series", "Metadata": "Metadata",
		"_2fa": "_2fas", "": "",
	}
	got := map[string]string{}
	for name := range maps.Keys(want) {
		got[name] = names.Plural(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRenameKey(t *testing.T) {
	for _, tt := range []struct {
		options     names.Options
		table, want string
	}{
		{names.Options{}, "links", "link"},
		{names.Options{ExactTableNames: true}, "links", "links"},
		{names.Options{InflectionExclude: []string{"Links"}}, "links", "links"},
	} {
		if got := tt.options.RenameKey(tt.table); got != tt.want {
			t.Errorf("%+v: %q: have %q, want %q", tt.options, tt.table, got, tt.want)
		}
	}
}

func TestIsIdentifier(t *testing.T) {
	for s, want := range map[string]bool{
		"slug": true, "_x": true, "größe": true, "x2": true,
		"": false, "2x": false, "count(*)": false, "a b": false, "a.b": false,
	} {
		if got := names.IsIdentifier(s); got != want {
			t.Errorf("%q: have %v", s, got)
		}
	}
}

// FuzzStruct: whatever a table is called, its Go name has nothing in it but
// letters, digits and underscores.
func FuzzStruct(f *testing.F) {
	for _, w := range words {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, table string) {
		if name := (names.Options{}).Struct(table); strings.Trim(name, "_") != "" && !token.IsIdentifier(name) {
			t.Errorf("%q becomes %q", table, name)
		}
		names.Plural(table)
	})
}

// TestExcluding: every table gets a row type of its own where one can be had.
func TestExcluding(t *testing.T) {
	for _, tt := range []struct{ tables, want []string }{
		{[]string{"links", "users"}, []string{"Link", "User"}},
		{[]string{"s", "ss"}, []string{"S", "Ss"}},
		{[]string{"user", "users"}, []string{"User", "Users"}},
		{[]string{"users", "user"}, []string{"Users", "User"}},
		{[]string{"data", "datum"}, []string{"Data", "Datum"}},
		{[]string{"matrices", "matrixes"}, []string{"Matrix", "Matrixes"}},
		{[]string{"news", "as", "status", "statuses"}, []string{"News", "A", "Status", "Statuses"}},
		{[]string{"a_b", "aB", "a_bs"}, []string{"AB", "AB", "ABs"}}, // the first two cannot be told apart
		{[]string{"-"}, []string{""}},
	} {
		o := names.Options{}.Excluding(tt.tables)
		var got []string
		for _, table := range tt.tables {
			got = append(got, o.Struct(table))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v: %s", tt.tables, diff)
		}
	}
	if o := (names.Options{ExactTableNames: true}).Excluding([]string{"s"}); o.InflectionExclude != nil {
		t.Error(o.InflectionExclude)
	}
}

// FuzzExcluding: it ends, and no table has lost its row type.
func FuzzExcluding(f *testing.F) {
	for _, w := range words {
		f.Add(w, w+"s", "s")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		tables := unique([]string{a, b, c})
		o := names.Options{}.Excluding(tables)
		for _, table := range tables {
			if (names.Options{}).Struct(table) != "" && o.Struct(table) == "" {
				t.Errorf("%q has no row type any more", table)
			}
		}
	})
}
