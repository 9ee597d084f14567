package config_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/project/config"
)

var crudOff = config.Option{Key: "crud", Value: "false", Comment: "off"}

func TestAdopt(t *testing.T) {
	const sql = "sql: [{engine: sqlite}]"
	const block = "options:\n  drey:\n    crud: false # off\n"
	for _, test := range []struct{ name, file, text, want string }{
		{"the end", "sqlc.yaml", "version: 2\n" + sql + "\n", "version: 2\n" + sql + "\n\n" + block},
		{"an end without a line break", "sqlc.yaml", "version: 2 # two\n" + sql, "version: 2 # two\n" + sql + "\n\n" + block},
		{"lines of Windows", "sqlc.yaml", "\ufeffversion: 2\r\n" + sql + "\r\n", "\ufeffversion: 2\r\n" + sql + "\r\n\r\n" + strings.ReplaceAll(block, "\n", "\r\n")},
		{"lines of Windows, options", "sqlc.yaml", sql + "\r\noptions:\r\n  go: {}\r\n", sql + "\r\noptions:\r\n  drey:\r\n    crud: false # off\r\n  go: {}\r\n"},
		{"lines of both", "sqlc.yaml", "version: 2\r\n" + sql + "\n", "version: 2\r\n" + sql + "\n\n" + block},
		{"other options", "sqlc.yaml", "# a\noptions: # b\n    # c\n    go: {x: 1} # d\n" + sql + "\n", "# a\noptions: # b\n    drey:\n      crud: false # off\n    # c\n    go: {x: 1} # d\n" + sql + "\n"},
		{"no options", "sqlc.yaml", "options: # none\n" + sql + "\n", "options: # none\n  drey:\n    crud: false # off\n" + sql + "\n"},
		{"no options at the end", "sqlc.yaml", sql + "\noptions:", sql + "\noptions:\n  drey:\n    crud: false # off\n"},
		{"options in a line", "sqlc.yaml", "é: 1\noptions: {go: {}} # b\n" + sql + "\n", "é: 1\noptions: {\"drey\": {\"crud\": false}, go: {}} # b\n" + sql + "\n"},
		{"empty options in a line", "sqlc.yaml", "options: {}\n", "options: {\"drey\": {\"crud\": false}}\n"},
		{"all in a line", "sqlc.yaml", "{version: 2, sql: []} # }\n", ""},
		{"a list in a flow", "sqlc.yaml", "{version: 2, sql: []}\n", "{version: 2, sql: [], \"options\": {\"drey\": {\"crud\": false}}}\n"},
		{"JSON", "sqlc.json", "{\n  \"version\": \"2\",\n  \"sql\": []\n}\n", "{\n  \"version\": \"2\",\n  \"sql\": [],\n  \"options\": {\"drey\": {\"crud\": false}}\n}\n"},
		{"JSON with tabs", "sqlc.json", "{\n\t\"version\": \"2\"\n}", "{\n\t\"version\": \"2\",\n\t\"options\": {\"drey\": {\"crud\": false}}\n}"},
		{"JSON with options", "sqlc.json", "{\n  \"options\": {\n    \"go\": {}\n  }\n}\n", "{\n  \"options\": {\"drey\": {\"crud\": false}, \n    \"go\": {}\n  }\n}\n"},
		{"an anchor", "sqlc.yaml", "options: &a\n  go: {}\nx: *a\n", ""},
		{"an end that is marked", "sqlc.yaml", "version: 2\n...\n", ""},
		{"no mapping", "sqlc.yaml", "- a\n", ""},
	} {
		got, err := config.Adopt(test.file, []byte(test.text), crudOff)
		if test.want == "" {
			if err == nil {
				t.Errorf("%s: %q", test.name, got)
			}
			continue
		}
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\ngot:  %q\nwant: %q", test.name, err, got, test.want)
		}
	}
	if _, err := config.Adopt("sqlc.yaml", []byte("options: {drey: {}}\n"), crudOff); !errors.Is(err, config.ErrAdopted) {
		t.Errorf("adopted twice: %v", err)
	}
}

// Whatever the text: all of it stays, byte for byte, and one option comes.
func FuzzAdopt(f *testing.F) {
	for _, text := range []string{
		"version: 2\nsql: []\n", "{\"version\": \"2\"}", "options:\n  a: 1\n", "options: {a: 1}", "options:\n\n# c\nx: 1", "{}", "options: {\n}\n", "a: |\n  b\n",
		"a: |+\n  b\n\n", "? options\n: {a: b}\n", "\"options\": null\nb: c", "options: !!map {}\n", "options: &x {a: b}\n", "---\noptions:\n- a\n", "a: b\n...\n", "a: 'b\n\n  c'\n", "a: b #c",
		"version: 2\r\noptions:\r\n  a: 1\r\n", "\ufeffa: b\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := config.Adopt("sqlc.yaml", text, crudOff)
		if err != nil {
			return
		}
		prefix := 0
		for prefix < len(text) && text[prefix] == got[prefix] {
			prefix++
		}
		if !bytes.HasSuffix(got, text[prefix:]) || len(got) <= len(text) {
			t.Fatalf("%q became %q", text, got)
		}
		var is struct {
			Options struct {
				Drey struct {
					CRUD *bool `yaml:"crud"`
				}
			}
		}
		if err := yaml.Unmarshal(got, &is); err != nil || is.Options.Drey.CRUD == nil || *is.Options.Drey.CRUD {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
		if _, err := config.Adopt("sqlc.yaml", got, crudOff); !errors.Is(err, config.ErrAdopted) {
			t.Fatalf("%q can be adopted again: %v", got, err)
		}
	})
}

func TestUpgrade(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"sqlc.yaml", `# The configuration.
version: "1" # one
# All packages.
packages:
  # The shop.
  - name: "db" # its name
    path: "internal/db"
    queries: "./sql/query/" # ours
    schema: "./migrations/"
    engine: "sqlite"
    # For the API.
    emit_json_tags: true
# Names.
rename:
  sku: SKU # as it is written
`, `# The configuration.
version: "2" # one
# All packages.
sql:
  # The shop.
  - queries: "./sql/query/" # ours
    schema: "./migrations/"
    engine: "sqlite"
    gen:
      go:
        package: "db" # its name
        out: "internal/db"
        # For the API.
        emit_json_tags: true
overrides:
  go:
    # Names.
    rename:
      sku: SKU # as it is written
`},
		{"sqlc.json", `{"version": "1", "packages": [{"path": "db", "engine": "sqlite", "schema": "m", "queries": ["q", "r"], "query_parameter_limit": 0, "emit_interface": true}]}`, `{
  "version": "2",
  "sql": [
    {
      "engine": "sqlite",
      "schema": "m",
      "queries": [
        "q",
        "r"
      ],
      "gen": {
        "go": {
          "out": "db",
          "query_parameter_limit": 0,
          "emit_interface": true
        }
      }
    }
  ]
}
`},
	} {
		got, err := config.Upgrade(test.name, []byte(test.text))
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\ngot:\n%s\nwant:\n%s", test.name, err, got, test.want)
		}
		if !config.Version1([]byte(test.text)) || config.Version1(got) {
			t.Errorf("%s: the versions are not told apart", test.name)
		}
	}
	for _, text := range []string{"version: 1\n", "", "version: 1\npackages: {a: b}\n", "[", "- a"} {
		if got, err := config.Upgrade("sqlc.yaml", []byte(text)); err == nil {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Whatever the text, version 1 becomes version 2 or an error.
func FuzzUpgrade(f *testing.F) {
	for _, text := range []string{
		"version: 1\npackages:\n- name: a # b\n  path: c\n", "version: 1\npackages: [{}]", "packages: [&a {path: x}, *a]\nversion: 1\n", "packages: [1, [a], null]\n",
		"{\"version\": \"1\", \"packages\": [{\"path\": \"db\", \"queries\": [null, 1.5, true]}]}", "version: 1\npackages:\n- <<: {a: b}\n  c: |\n    d\n", "? [a]\n: b\npackages: [{? {a: b} : c}]\n",
	} {
		f.Add([]byte(text), true)
		f.Add([]byte(text), false)
	}
	f.Fuzz(func(t *testing.T, text []byte, json bool) {
		name := "sqlc.yaml"
		if json {
			name = "sqlc.json"
		}
		got, err := config.Upgrade(name, text)
		if err != nil {
			return
		}
		var is struct{ Version string }
		if err := yaml.Unmarshal(got, &is); err != nil || is.Version != "2" {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
	})
}

func TestRename(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"sql:\n  - schema: schema.sql # the one\n    queries: schema.sql\n", "sql:\n  - schema: migrations # the one\n    queries: schema.sql\n"},
		{"sql:\n  - schema:\n      - 'schema.sql'\n  - {schema: \"schema.sql\", queries: q}\n  - schema: other.sql\n", "sql:\n  - schema:\n      - 'migrations'\n  - {schema: \"migrations\", queries: q}\n  - schema: other.sql\n"},
		{`{"sql": [{"schema": ["schema.sql"]}]}`, `{"sql": [{"schema": ["migrations"]}]}`},
		{"sql:\n  - schema: [schema.sql, other.sql]\n", ""},
		{"sql:\n  - schema: \"schema\\x2esql\"\n", ""},
		{"sql:\n  - schema: other.sql\n", ""},
		{"sql: 1\n", ""},
		{":", ""},
	} {
		got, ok := config.Rename([]byte(test.text), "schema.sql", "migrations")
		if ok != (test.want != "") || ok && string(got) != test.want {
			t.Errorf("%s: %s, %t", test.text, got, ok)
		}
	}
	if _, ok := config.Rename([]byte("sql:\n  - schema: schema.sql\n"), "schema.sql", "a: b # c"); ok {
		t.Error("a path that YAML takes for something else is written")
	}
}
