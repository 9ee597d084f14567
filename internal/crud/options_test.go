package crud_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/crud"
	"github.com/dreysql/drey/internal/names"
	"github.com/dreysql/drey/internal/project/query"
	"github.com/google/go-cmp/cmp"
)

const twoTables = `
	CREATE TABLE links (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE);
	CREATE TABLE log (message TEXT);
	CREATE VIEW recent AS SELECT * FROM links;`

// queries are the names of all queries, by file.
func queries(files map[string]string) map[string][]string {
	list := map[string][]string{}
	for name, content := range files {
		for line := range strings.Lines(content) {
			if rest, ok := strings.CutPrefix(line, "-- name: "); ok {
				list[name] = append(list[name], strings.Fields(rest)[0])
			}
		}
	}
	return list
}

func TestSkip(t *testing.T) {
	_, s := open(t, twoTables)
	links := []string{"GetLink", "GetLinkBySlug", "ListLinks", "CountLinks", "CreateLink", "CreateLinkWithID", "UpdateLink", "UpsertLink", "UpsertLinkBySlug", "DeleteLink"}
	log := []string{"ListLogs", "CountLogs", "CreateLog"}
	tests := []struct {
		name string
		skip map[string][]string
		want map[string][]string
	}{
		{"nothing", nil, map[string][]string{"links.sql": links, "log.sql": log}},
		{"a table", map[string][]string{"log": {"all"}}, map[string][]string{"links.sql": links}},
		{"operations", map[string][]string{"LINKS": {"get", "list", "count", "create", "delete"}},
			map[string][]string{"links.sql": {"UpdateLink", "UpsertLink", "UpsertLinkBySlug"}, "log.sql": log}},
		{"one query", map[string][]string{"links": {"UpsertLink"}, "log": {"CountLogs", "list"}},
			map[string][]string{"links.sql": {"GetLink", "GetLinkBySlug", "ListLinks", "CountLinks", "CreateLink", "CreateLinkWithID", "UpdateLink", "UpsertLinkBySlug", "DeleteLink"}, "log.sql": {"CreateLog"}}},
		{"an operation of every table", map[string][]string{"*": {"get", "create", "update", "upsert", "delete", "list"}},
			map[string][]string{"links.sql": {"CountLinks"}, "log.sql": {"CountLogs"}}},
		{"everything", map[string][]string{"*": {"all"}}, map[string][]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, _, err := crud.Generate(s, crud.Options{Skip: tt.skip})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, queries(files)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWritten: a query that somebody has written takes the place of the
// generated one, also where only the first letter's case differs, because the
// Go constants would be the same.
func TestWritten(t *testing.T) {
	_, s := open(t, twoTables)
	files, _, err := crud.Generate(s, crud.Options{Written: []*query.Query{
		{Name: "GetLink", File: "sql/links.sql"},
		{Name: "createLink", File: "sql/links.sql"},
		{Name: "Getlink", File: "sql/links.sql"},
		{Name: "ListLogs", File: "sql/a.sql"}, {Name: "CountLogs", File: "sql/a.sql"}, {Name: "CreateLog", File: "sql/a.sql"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"links.sql": {"GetLinkBySlug", "ListLinks", "CountLinks", "CreateLinkWithID", "UpdateLink", "UpsertLink", "UpsertLinkBySlug", "DeleteLink"}}
	if diff := cmp.Diff(want, queries(files)); diff != "" {
		t.Error(diff)
	}
	const notes = "\n-- GetLink is written by hand, in sql/links.sql.\n-- CreateLink is written by hand, in sql/links.sql.\n"
	if !strings.HasSuffix(files["links.sql"], notes) {
		t.Errorf("no note about it in\n%s", files["links.sql"])
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name, ddl string
		options   crud.Options
		want      string
	}{
		{
			name: "one row type, two rename keys", ddl: "CREATE TABLE link_tags (id INTEGER PRIMARY KEY); CREATE TABLE [link-tags] (id INTEGER PRIMARY KEY);",
			want: "sqlc.yaml: the tables link-tags and link_tags both become the Go type LinkTag\n\tfix: rename one of them under gen.go: rename: {\"link_tag\": LinkTagRow}",
		},
		{
			name: "no Go name", ddl: "CREATE TABLE [-] (id INTEGER PRIMARY KEY)",
			want: "sqlc.yaml: sqlc makes no Go name of the table \"-\"\n\tfix: name its row type under gen.go: rename: {\"-\": SomeName}",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, s := open(t, tt.ddl)
			tt.options.Config = "sqlc.yaml"
			_, _, err := crud.Generate(s, tt.options)
			if err == nil {
				t.Fatal("no problem found")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCheckSkip: an entry has to fit one block of those that it is for.
func TestCheckSkip(t *testing.T) {
	_, one := open(t, twoTables)
	_, two := open(t, `CREATE TABLE clicks (id INTEGER PRIMARY KEY); CREATE TABLE recent (id INTEGER PRIMARY KEY); CREATE TABLE "quo""te" (id INTEGER);`)
	const operations = "get, list, count, create, update, upsert, delete, all"
	tests := []struct {
		name  string
		skip  map[string][]string
		other bool // there is a second block
		want  string
	}{
		{"all of one block", map[string][]string{"LINKS": {"get", "UpsertLinkBySlug"}, "log": {"all"}, "*": {"delete"}}, false, ""},
		{"something of each", map[string][]string{"links": {"get"}, "clicks": {"GetClick"}, "recent": {"all"}, "quo\"te": {"all"}}, true, ""},
		{
			"a table that is none", map[string][]string{"clicks": {"all"}}, false,
			`sqlc.yaml:7: options.drey.crud.skip: there is no table "clicks"` + "\n\tfix: did you mean links?\n\t     use one of links, log",
		},
		{
			"a slip", map[string][]string{"link": {"all"}, "clicsk": {"get"}}, true,
			`sqlc.yaml:7: options.drey.crud.skip: there is no table "clicsk"` + "\n\tfix: did you mean clicks?\n\t     use one of clicks, links, log, quo\"te, recent\n" +
				`sqlc.yaml:7: options.drey.crud.skip: there is no table "link"` + "\n\tfix: did you mean links?\n\t     use one of clicks, links, log, quo\"te, recent",
		},
		{
			"a view", map[string][]string{"recent": {"all"}}, false,
			"sqlc.yaml:7: options.drey.crud.skip: recent is a view, which has no CRUD queries\n\tfix: remove it there",
		},
		{
			"operations that are none", map[string][]string{"log": {"insert", "createlog"}, "*": {"remove"}}, true,
			"sqlc.yaml:7: options.drey.crud.skip: * has no operation or query \"remove\"\n\tfix: use one of " + operations + "\n" +
				"sqlc.yaml:7: options.drey.crud.skip: log has no operation or query \"insert\"\n\tfix: did you mean upsert?\n\t     use one of " + operations + ", ListLogs, CountLogs, CreateLog\n" +
				"sqlc.yaml:7: options.drey.crud.skip: log has no operation or query \"createlog\"\n\tfix: did you mean CreateLog?\n\t     use one of " + operations + ", ListLogs, CountLogs, CreateLog",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			blocks := []crud.Block{{Schema: one}}
			if tt.other {
				blocks = append(blocks, crud.Block{Schema: two})
			}
			lines := map[string]int{}
			for table := range tt.skip {
				lines[table] = 7
			}
			got := ""
			if problems := crud.CheckSkip("sqlc.yaml", tt.skip, lines, blocks); len(problems) > 0 {
				got = problems.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnreadable: sqlc cannot read some names. A table with such a name does not
// get queries; the others do.
func TestUnreadable(t *testing.T) {
	_, s := open(t, `
		CREATE TABLE links (id INTEGER PRIMARY KEY);
		CREATE TABLE [quo"te] (id INTEGER PRIMARY KEY);
		CREATE TABLE columns (id INTEGER PRIMARY KEY, [back\slash] TEXT);`)
	files, warnings, err := crud.Generate(s, crud.Options{Config: "sqlc.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(maps.Keys(files)); len(got) != 1 || got[0] != "links.sql" {
		t.Errorf("files %v", got)
	}
	const why = " has a character that sqlc cannot read in a name (a double quote, a backslash, a control character)\n\tfix: give it another name in a migration, or say that it needs none in options.drey.crud: skip: "
	const want = `sqlc.yaml: table "columns" has no CRUD queries: a column's name` + why + `{"columns": all}` + "\n" +
		`sqlc.yaml: table "quo\"te" has no CRUD queries: its name` + why + `{"quo\"te": all}`
	if diff := cmp.Diff(want, warnings.Error()); diff != "" {
		t.Error(diff)
	}
	_, warnings, err = crud.Generate(s, crud.Options{Skip: map[string][]string{"columns": {"all"}, `quo"te`: {"all"}}})
	if err != nil || len(warnings) > 0 {
		t.Errorf("skipped, but %v %v", warnings, err)
	}
}

// TestNames: the queries take up renames, and the plural of a row type where
// the table has none of its own.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		table   string
		options names.Options
		want    string
	}{
		{"links", names.Options{}, "GetLink ListLinks"},
		{"link", names.Options{}, "GetLink ListLinks"},
		{"LinkTag", names.Options{}, "GetLinkTag ListLinkTags"},
		{"news", names.Options{}, "GetNews ListNews"},
		{"data", names.Options{}, "GetDatum ListData"},
		{"data", names.Options{Rename: map[string]string{"datum": "Record"}}, "GetRecord ListRecords"},
		{"data", names.Options{Rename: map[string]string{"datum": "Record", "data": "AllData"}}, "GetRecord ListAllData"},
		{"data", names.Options{InflectionExclude: []string{"data"}}, "GetData ListData"},
		{"links", names.Options{ExactTableNames: true}, "GetLinks ListLinks"},
		{"api_keys", names.Options{Initialisms: []string{"api"}}, "GetAPIKey ListAPIKeys"},
		{"order items", names.Options{}, "GetOrderItem ListOrderItems"},
	} {
		_, s := open(t, `CREATE TABLE "`+tt.table+`" ("id" INTEGER PRIMARY KEY)`)
		files, _, err := crud.Generate(s, crud.Options{Names: tt.options})
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range queries(files) {
			if got := list[0] + " " + list[1]; got != tt.want {
				t.Errorf("%s, %+v: have %s, want %s", tt.table, tt.options, got, tt.want)
			}
		}
	}
}

// TestFileNames: tables whose names differ in what a file name cannot show.
func TestFileNames(t *testing.T) {
	_, s := open(t, `
		CREATE TABLE "a b" (id INTEGER PRIMARY KEY);
		CREATE TABLE "a/b" (x INTEGER);
		CREATE TABLE "A.B" (y INTEGER);
		CREATE TABLE "../up" (z INTEGER);
		CREATE TABLE "-" (z INTEGER);
		CREATE TABLE "?" (z INTEGER);
		CREATE TABLE "größe" (z INTEGER);`)
	files, _, err := crud.Generate(s, crud.Options{Names: names.Options{Rename: map[string]string{"a/b": "Slash", "A.B": "Dot", "-": "Dash", "?": "Mark"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"A_B.sql", "a_b_2.sql", "a_b_3.sql", "größe.sql", "table.sql", "table_2.sql", "up.sql"} // none is one that Go refuses
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(files))); diff != "" {
		t.Error(diff)
	}
}

// Two tables whose queries would have one name: the first in the schema's order
// has it, and the other is warned of once.
func TestCollisions(t *testing.T) {
	_, s := open(t, "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE); CREATE TABLE user_by_emails (id INTEGER PRIMARY KEY);")
	files, warnings, err := crud.Generate(s, crud.Options{Config: "sqlc.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `sqlc.yaml: table "users" has no generated GetUserByEmail, UpsertUserByEmail: table "user_by_emails" has queries of those names
	fix: name a row type under gen.go.rename, or say that they are not needed, in options.drey.crud: skip: {"users": [GetUserByEmail, UpsertUserByEmail]}`
	if got := warnings.Error(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for _, name := range []string{"GetUserByEmail", "UpsertUserByEmail"} {
		if n := strings.Count(files["users.sql"]+files["user_by_emails.sql"], "-- name: "+name+" "); n != 1 {
			t.Errorf("%d queries %s", n, name)
		}
	}
}
